/** Requests from what callers give. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";

import { type ExecSpec, ExecSpecSchema } from "./gen/skerry/v1/exec_service_pb.js";
import { OnExec, OnIdle, PullPolicy } from "./gen/skerry/v1/sandbox_service_pb.js";
import type {
  CreateSandboxRequestSchema,
  NetworkPolicySchema,
  PortSchema,
} from "./gen/skerry/v1/sandbox_service_pb.js";

/** A line for the shell, or a program and its arguments. */
export type Command = string | readonly string[];
/** A path; bytes where it is not UTF-8. */
export type Path = string | Uint8Array;
/** Content, whole or in pieces. */
export type Data = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Well below the 1 MiB that one message of input may have. */
const PIECE = 256 << 10;
const ON_IDLE = { stop: OnIdle.STOP, pause: OnIdle.PAUSE, delete: OnIdle.DELETE };

/** How a command is run. Spans are in milliseconds. */
export interface ExecOptions {
  /** Added to the sandbox's environment. */
  env?: Record<string, string>;
  /** Absolute; none: /workspace. */
  cwd?: string;
  /** User name or uid, optionally with `:` and a group; none: root. */
  user?: string;
  /** Ends the command after so long; none: never. */
  timeout?: number;
  /** How long it has after SIGTERM; none: 5 seconds. */
  gracePeriod?: number;
}

/** What a sandbox is to be like, where the daemon's defaults won't do. Spans
 * are in milliseconds. */
export interface SandboxOptions {
  labels?: Record<string, string>;
  /** Environment of every command. */
  env?: Record<string, string>;
  /** Bytes, swap included. */
  memory?: number;
  /** Processors: 1.5 is one and a half. */
  cpus?: number;
  /** Processes and threads at once. */
  pids?: number;
  /** Bytes on its disk beyond its image. */
  disk?: number;
  /** How long without work until `onIdle` happens; none: for ever. */
  idleTimeout?: number;
  /** What happens then; none: stop. */
  onIdle?: "stop" | "pause" | "delete";
  /** How long after its start it is stopped, whatever it does; none: never. */
  maxLifetime?: number;
  /** How long after its stop it is deleted; none: never. */
  autoDelete?: number;
  /** It never counts as idle, and runs again when its host does. */
  alwaysOn?: boolean;
  /** The image is pulled where it is not there. */
  pull?: boolean;
  /** A command starts it where it is stopped and resumes it where it is paused. */
  wake?: boolean;
  /** Ports that may be reached from outside. */
  ports?: readonly (number | MessageInitShape<typeof PortSchema>)[];
  /** Volumes, by id or name, at paths. */
  volumes?: Record<string, string>;
  /** A snapshot to start from, by id or name. */
  snapshot?: string;
  /** What it may reach; none: the daemon's default. */
  network?: MessageInitShape<typeof NetworkPolicySchema>;
  /** The user of commands that name none. */
  user?: string;
  /** The working directory of commands that name none. */
  cwd?: string;
}

/** A duration from milliseconds; none for none. */
export function span(milliseconds: number | undefined) {
  if (milliseconds === undefined) return undefined;
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

/** The field that a path goes into. */
export function pathFields(path: Path): { path: string } | { rawPath: Uint8Array } {
  return typeof path === "string" ? { path } : { rawPath: path };
}

/** Content in pieces that fit into a message. */
export async function* pieces(data: Data): AsyncIterable<Uint8Array> {
  const whole = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for await (const part of whole instanceof Uint8Array ? [whole] : whole) {
    for (let start = 0; start < part.length; start += PIECE) {
      yield part.subarray(start, start + PIECE);
    }
  }
}

/** What to run and how. */
export function execSpec(
  command: Command,
  options: ExecOptions,
  input: { keepStdin?: boolean; terminal?: { rows: number; columns: number } } = {},
): ExecSpec {
  return create(ExecSpecSchema, {
    ...(typeof command === "string" ? { shell: command } : { command: [...command] }),
    env: options.env ?? {},
    cwd: options.cwd ?? "",
    user: options.user ?? "",
    timeout: span(options.timeout),
    gracePeriod: span(options.gracePeriod),
    ...input,
  });
}

/** The request to make a sandbox. */
export function createRequest(
  image: string,
  name: string,
  options: SandboxOptions,
): MessageInitShape<typeof CreateSandboxRequestSchema> {
  const { memory, cpus, pids, disk } = options;
  return {
    image,
    name,
    requestId: crypto.randomUUID(),
    labels: options.labels ?? {},
    env: options.env ?? {},
    limits: {
      memoryBytes: integer(memory),
      cpuMillis: integer(cpus === undefined ? undefined : cpus * 1000),
      pids: integer(pids),
      diskBytes: integer(disk),
    },
    timeouts: {
      idleTimeout: span(options.idleTimeout),
      onIdle: ON_IDLE[options.onIdle ?? "stop"],
      maxLifetime: span(options.maxLifetime),
      autoDelete: span(options.autoDelete),
      alwaysOn: options.alwaysOn ?? false,
    },
    onExec: options.wake ? OnExec.WAKE : OnExec.REFUSE,
    ports: (options.ports ?? []).map((port) => (typeof port === "number" ? { port } : port)),
    mounts: Object.entries(options.volumes ?? {}).map(([path, volumeId]) => ({ path, volumeId })),
    snapshotId: options.snapshot ?? "",
    networkPolicy: options.network,
    user: options.user ?? "",
    cwd: options.cwd ?? "",
    pullPolicy: options.pull ? PullPolicy.MISSING : PullPolicy.NEVER,
  };
}

function integer(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(Math.round(value));
}
