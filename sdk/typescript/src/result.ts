/** What a command does and how it ends. */

import { CommandFailed } from "./errors.js";
import type { ExecResult } from "./gen/skerry/v1/exec_service_pb.js";

/** Bytes that are kept of stdout and of stderr, unless a caller says otherwise. */
export const MAX_OUTPUT = 16 << 20;

/** A piece of what a command writes. */
export interface Output {
  kind: "stdout" | "stderr";
  data: Uint8Array;
  /** Of its first byte, in stdout and stderr counted together. */
  offset: number;
}

/** Output before `offset` was not kept, and is missing here. */
export interface Truncated {
  kind: "truncated";
  offset: number;
}

/** What comes of a command that runs. */
export type Event = Output | Truncated;

/** How a command ended, and what it wrote. */
export class Result {
  constructor(
    readonly stdoutBytes: Uint8Array,
    readonly stderrBytes: Uint8Array,
    /** 0 to 255; 128 and the signal's number where a signal ended it. */
    readonly exitCode: number,
    /** The signal that ended it, or 0. */
    readonly signal: number,
    /** Its `timeout` ran out. */
    readonly timedOut: boolean,
    /** The sandbox was out of memory. */
    readonly oomKilled: boolean,
    /** Output is missing: there was more than `maxOutput`, or it was not kept. */
    readonly truncated: boolean,
  ) {}

  /** As UTF-8; what is not becomes U+FFFD. */
  get stdout(): string {
    return text(this.stdoutBytes);
  }

  /** As UTF-8; what is not becomes U+FFFD. */
  get stderr(): string {
    return text(this.stderrBytes);
  }

  /** Itself, or `CommandFailed` unless the exit code is 0. */
  check(): Result {
    if (this.exitCode !== 0) throw new CommandFailed(this);
    return this;
  }
}

/** Bytes as UTF-8; what is not becomes U+FFFD. */
export function text(data: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
}

/** Keeps output up to a bound. */
export class Collector {
  private readonly kept = { stdout: new Kept(), stderr: new Kept() };
  private truncated = false;

  constructor(private readonly maxOutput: number) {}

  add(event: Event): void {
    if (event.kind === "truncated") {
      this.truncated = true;
      return;
    }
    const kept = this.kept[event.kind];
    const room = this.maxOutput - kept.length;
    if (room > 0) kept.add(event.data.subarray(0, room));
    this.truncated ||= event.data.length > room;
  }

  result(ended: ExecResult): Result {
    const { stdout, stderr } = this.kept;
    const { exitCode, signal, timedOut, oomKilled } = ended;
    const output = [stdout.joined(), stderr.joined()] as const;
    return new Result(...output, exitCode, signal, timedOut, oomKilled, this.truncated);
  }
}

/** Pieces, joined at the end. */
export class Kept {
  length = 0;
  private readonly pieces: Uint8Array[] = [];

  add(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.length += piece.length;
  }

  joined(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
