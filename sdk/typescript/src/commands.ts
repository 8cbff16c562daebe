/** Commands in a sandbox. */

import type { MessageInitShape } from "@bufbuild/protobuf";

import { type Client, pages } from "./client.js";
import { Exec, type WaitOptions } from "./exec.js";
import type {
  ExecInfo,
  ExecSpec,
  InteractExecRequestSchema,
} from "./gen/skerry/v1/exec_service_pb.js";
import type { Result } from "./result.js";
import { type Command, type Data, type ExecOptions, execSpec, pieces } from "./spec.js";

type Message = MessageInitShape<typeof InteractExecRequestSchema>;

/** What `run` takes. */
export interface RunOptions extends ExecOptions, WaitOptions {
  /** Its standard input. A lost connection is an error then (`INPUT_CUT`). */
  input?: Data;
}

/** A command is a line for the shell, or a list: a program and its arguments. */
export class Commands {
  constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
  ) {}

  /** Runs a command to its end. A non-zero exit code is a result: see
   * `Result.check`. */
  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    const { input } = options;
    const spec = execSpec(command, options, { keepStdin: input !== undefined });
    await using exec =
      input === undefined ? await this.begin(spec) : await this.beginWith(input, spec);
    return await exec.wait(options);
  }

  /** Runs a command whose output is iterated over as it comes. The command
   * waits while nobody reads. */
  async stream(command: Command, options: ExecOptions = {}): Promise<Exec> {
    return await this.begin(execSpec(command, options));
  }

  /** Starts a command in the background, which waits for nobody: of its output
   * the last MiB is kept. With `stdin` it can be written to. */
  async start(command: Command, options: ExecOptions & { stdin?: boolean } = {}): Promise<Exec> {
    const stdin = options.stdin ?? false;
    const spec = execSpec(command, options, { keepStdin: stdin });
    return await start(this.client, this.sandboxId, spec, stdin);
  }

  /** A command that was started before, its output from an offset on. With
   * `stdin` its input is taken from whoever has it. */
  attach(execId: string, options: { offset?: number; stdin?: boolean } = {}): Exec {
    const { offset = 0, stdin = false } = options;
    return Exec.attached(this.client, this.sandboxId, execId, offset, stdin);
  }

  /** The sandbox's commands, oldest first. */
  list(options: { runningOnly?: boolean } = {}): AsyncGenerator<ExecInfo> {
    const request = { sandboxId: this.sandboxId, runningOnly: options.runningOnly ?? false };
    return pages(
      (pageToken) => this.client.execs.listExecs({ ...request, pageToken }),
      (page) => page.execs,
    );
  }

  private begin(spec: ExecSpec): Promise<Exec> {
    const { client, sandboxId } = this;
    return Exec.begun(client, sandboxId, false, (signal) =>
      client.execs.execStream({ sandboxId, spec }, { signal }),
    );
  }

  private beginWith(input: Data, spec: ExecSpec): Promise<Exec> {
    const { client, sandboxId } = this;
    return Exec.begun(client, sandboxId, true, (signal) =>
      client.execs.interactExec(withInput(sandboxId, spec, input), { signal }),
    );
  }
}

/** Starts a command in the background. */
export async function start(
  client: Client,
  sandboxId: string,
  spec: ExecSpec,
  stdin: boolean,
): Promise<Exec> {
  const info = await client.execs.startExec({ sandboxId, spec });
  return Exec.attached(client, sandboxId, info.id, 0, stdin);
}

async function* withInput(sandboxId: string, spec: ExecSpec, input: Data): AsyncGenerator<Message> {
  yield { message: { case: "start", value: { sandboxId, spec } } };
  for await (const value of pieces(input)) yield { message: { case: "stdin", value } };
  yield { message: { case: "stdinEnd", value: {} } };
}
