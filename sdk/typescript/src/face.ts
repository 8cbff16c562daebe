/** What every runtime's entry exports. */

export { Client } from "./client.js";
export { type RunOptions } from "./commands.js";
export { type Code, CommandFailed, type FieldViolation, SkerryError } from "./errors.js";
export { type Callback, Exec, type WaitOptions } from "./exec.js";
export { type WriteOptions } from "./files.js";
export { type Event, type Output, Result, type Truncated } from "./result.js";
export { Sandbox } from "./sandbox.js";
export type { Signal } from "./signals.js";
export type { Command, Data, ExecOptions, Path, SandboxOptions } from "./spec.js";
export * as v1 from "./v1.js";
