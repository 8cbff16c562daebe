/** One command. */

import type { MessageInitShape } from "@bufbuild/protobuf";

import { Backoff } from "./backoff.js";
import { call, type Client, failure } from "./client.js";
import { SkerryError } from "./errors.js";
import type {
  ExecInfo,
  ExecResult,
  ExecStreamResponse,
  InteractExecRequestSchema,
} from "./gen/skerry/v1/exec_service_pb.js";
import { Requests } from "./requests.js";
import { Collector, type Event, MAX_OUTPUT, type Result } from "./result.js";
import { type Signal, signalNumber } from "./signals.js";
import { type Data, pieces } from "./spec.js";

/** Told of each piece of output; waited for. */
export type Callback = (data: Uint8Array) => void | Promise<void>;

/** Who is told, and how much is kept. */
export interface WaitOptions {
  onStdout?: Callback;
  onStderr?: Callback;
  /** Bytes of stdout and of stderr each; none: 16 MiB. */
  maxOutput?: number;
}

type Message = MessageInitShape<typeof InteractExecRequestSchema>;
type Open = (signal: AbortSignal) => AsyncIterable<ExecStreamResponse>;

/** A command in a sandbox: iterate over it for its output.
 *
 * The output survives a lost connection by itself: it is taken up again where
 * it was, no byte lost or doubled. Input does not, as nobody can know what has
 * arrived: with `stdin`, a lost connection is an error (`INPUT_CUT`), and
 * `commands.attach(exec.id, { offset: exec.offset, stdin: true })` goes on.
 *
 * A reader that is slow holds the command back; `close` lets it go on alone. */
export class Exec implements AsyncIterableIterator<Event>, AsyncDisposable {
  private frames: AsyncIterator<ExecStreamResponse> | undefined;
  private leaving = new AbortController();
  private requests: Requests<Message> | undefined;
  private ended: ExecResult | undefined;
  private readonly backoff = new Backoff();

  private constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
    /** The exec's id, for `attach`. */
    public id: string,
    /** Of the first byte that has not come, stdout and stderr together. */
    public offset: number,
    private readonly stdin: boolean,
  ) {}

  /** One that was started. @internal */
  static attached(client: Client, sandboxId: string, id: string, offset: number, stdin: boolean): Exec {
    return new Exec(client, sandboxId, id, offset, stdin);
  }

  /** One that this call starts; waits until it runs. @internal */
  static async begun(client: Client, sandboxId: string, stdin: boolean, open: Open): Promise<Exec> {
    const exec = new Exec(client, sandboxId, "", 0, stdin);
    exec.frames = open(exec.leaving.signal)[Symbol.asyncIterator]();
    try {
      while (!exec.id) exec.take(await exec.frames.next());
    } catch (failed) {
      await exec.close();
      throw failure(failed);
    }
    return exec;
  }

  /** Undefined until all of its output was read. */
  get exitCode(): number | undefined {
    return this.ended?.exitCode;
  }

  /** Reads to the end. A non-zero exit code is a result. */
  async wait(options: WaitOptions = {}): Promise<Result> {
    const collected = new Collector(options.maxOutput ?? MAX_OUTPUT);
    for await (const event of this) {
      collected.add(event);
      if (event.kind === "stdout") await options.onStdout?.(event.data);
      if (event.kind === "stderr") await options.onStderr?.(event.data);
    }
    return collected.result(this.ended!);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Event>> {
    while (this.ended === undefined) {
      try {
        const event = this.take(await this.open().next());
        this.backoff.progress();
        if (event) return { value: event, done: false };
      } catch (failed) {
        await this.lost(failure(failed));
      }
    }
    await this.close();
    return { value: undefined, done: true };
  }

  /** Writes to its standard input; waits for it to read. */
  async write(data: Data): Promise<void> {
    for await (const value of pieces(data)) await this.send({ message: { case: "stdin", value } });
  }

  /** Ends its standard input; on a terminal, types the end-of-file character. */
  async endInput(): Promise<void> {
    await this.send({ message: { case: "stdinEnd", value: {} } });
  }

  /** Gives its terminal another size. */
  async resize(rows: number, columns: number): Promise<void> {
    await this.send({ message: { case: "resize", value: { rows, columns } } });
  }

  /** Sends a signal to its process group: `15`, `"TERM"` or `"SIGTERM"`. */
  async signal(signal: Signal): Promise<void> {
    const request = { sandboxId: this.sandboxId, execId: this.id, signal: signalNumber(signal) };
    await this.client.execs.signalExec(request);
  }

  /** Sends SIGKILL to its process group. */
  async kill(): Promise<void> {
    await this.signal("KILL");
  }

  /** What the daemon knows of it. */
  async info(): Promise<ExecInfo> {
    const request = { sandboxId: this.sandboxId, execId: this.id };
    return await call(() => this.client.execs.getExec(request));
  }

  /** Stops reading; the command goes on, and can be attached to. */
  async close(): Promise<void> {
    this.requests?.close();
    this.leaving.abort();
    this.leaving = new AbortController();
    this.frames = this.requests = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The frames that its output comes by. */
  private open(): AsyncIterator<ExecStreamResponse> {
    if (this.frames) return this.frames;
    const attach = { sandboxId: this.sandboxId, execId: this.id, fromOffset: BigInt(this.offset) };
    const options = { signal: this.leaving.signal };
    let frames: AsyncIterable<ExecStreamResponse>;
    if (this.stdin) {
      this.requests = new Requests();
      const value = { ...attach, takeover: true };
      void this.requests.put({ message: { case: "attach", value } });
      frames = this.client.execs.interactExec(this.requests, options);
    } else {
      frames = this.client.execs.attachExec(attach, options);
    }
    this.frames = frames[Symbol.asyncIterator]();
    return this.frames;
  }

  private async send(message: Message): Promise<void> {
    if (!this.stdin) throw closed("start or attach to it with stdin");
    if (!this.ended) this.open();
    if (this.ended || !(await this.requests?.put(message))) {
      throw closed("the command takes no input any more");
    }
  }

  private take(frame: IteratorResult<ExecStreamResponse>): Event | undefined {
    if (frame.done) throw new SkerryError("UNAVAILABLE", "", "the stream ended before the command");
    const { event } = frame.value;
    switch (event.case) {
      case "started":
        this.id = event.value.id;
        return undefined;
      case "stdout":
      case "stderr": {
        const start = Number(event.value.offset);
        // What was had already is not given again.
        const data = event.value.data.subarray(Math.max(0, this.offset - start));
        this.offset = start + event.value.data.length;
        return data.length ? { kind: event.case, data, offset: this.offset - data.length } : undefined;
      }
      case "truncated":
        this.offset = Number(event.value.before);
        return { kind: "truncated", offset: this.offset };
      case "exited":
        this.ended = event.value;
        return undefined;
      default:
        return undefined;
    }
  }

  /** Waits before the stream is taken up again, where it may be. */
  private async lost(error: SkerryError): Promise<void> {
    await this.close();
    if (this.stdin && error.cut) {
      const told = `how much of the input of ${this.id} has arrived is not known: ${error.message}`;
      throw gone("INPUT_CUT", `${told}; attach to it with its offset and its input to go on`, error);
    }
    try {
      await this.backoff.afterCut(error);
    } catch {
      if (!error.cut) throw error;
      const told = `the output of ${this.id} from byte ${this.offset} on has not come: ${error.message}`;
      throw gone("OUTPUT_CUT", `${told}; attach to it with its offset once the daemon answers`, error);
    }
  }
}

function gone(reason: string, message: string, cause: SkerryError): SkerryError {
  return new SkerryError("UNAVAILABLE", reason, message, { cause });
}

function closed(message: string): SkerryError {
  return new SkerryError("FAILED_PRECONDITION", "STDIN_CLOSED", message);
}
