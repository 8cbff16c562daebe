/** Terminals in a sandbox. */

import type { Client } from "./client.js";
import { start } from "./commands.js";
import { Exec } from "./exec.js";
import { type Command, type ExecOptions, execSpec } from "./spec.js";

/** Commands on a terminal, which is their input and all of their output. */
export class Pty {
  constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
  ) {}

  /** Starts a command on a terminal, of 24 rows and 80 columns unless said. */
  async start(
    command: Command = "exec bash",
    options: ExecOptions & { rows?: number; columns?: number } = {},
  ): Promise<Exec> {
    const { rows = 24, columns = 80 } = options;
    const spec = execSpec(command, options, { terminal: { rows, columns } });
    return await start(this.client, this.sandboxId, spec, true);
  }

  /** A terminal that was started before. */
  attach(execId: string, options: { offset?: number } = {}): Exec {
    return Exec.attached(this.client, this.sandboxId, execId, options.offset ?? 0, true);
  }
}
