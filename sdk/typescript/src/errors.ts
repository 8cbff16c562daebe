/** What can go wrong. */

import { Code as ConnectCode, ConnectError } from "@connectrpc/connect";

import { readDetails } from "./details.js";
import { LASTING, ofConnection, ofCut, ofStranger, withNextStep } from "./faults.js";
import type { Result } from "./result.js";

/** The canonical code of a failed call. */
export type Code =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED";

/** What a lost connection looks like, where the daemon itself said nothing: its
 * own errors have a reason, always. */
const CUT = new Set<Code>(["UNAVAILABLE", "INTERNAL", "UNKNOWN", "ABORTED", "CANCELLED"]);

/** A field of the request that the daemon refused. */
export interface FieldViolation {
  /** Its path, for example `limits.memory_bytes`. */
  field: string;
  /** What is wrong with it. */
  description: string;
}

/** A call that failed. `reason` is what to match on. */
export class SkerryError extends Error {
  override readonly name = "SkerryError";
  /** Milliseconds after which to try again, where the daemon said so. */
  retryAfter: number | undefined;
  /** The fields that were wrong, for INVALID_ARGUMENT. */
  fields: FieldViolation[] = [];
  /** What else the daemon said about the reason. */
  metadata: Record<string, string> = {};

  constructor(
    /** The canonical code. */
    readonly code: Code,
    /** The stable reason, for example `SANDBOX_NOT_FOUND`; empty where nobody
     * answered, or the call was cut. */
    public reason: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    const passing = this.code === "UNAVAILABLE" && !LASTING.has(this.reason);
    return passing || this.retryAfter !== undefined;
  }

  /** Whether the connection was lost, rather than the call refused. */
  get cut(): boolean {
    if (this.reason) return this.code === "UNAVAILABLE" && !LASTING.has(this.reason);
    return CUT.has(this.code);
  }
}

/** A command whose result was checked, and that did not exit with 0. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  constructor(readonly result: Result) {
    const last = result.stderr.trimEnd().split("\n").at(-1);
    const cause = result.timedOut ? "timed out, " : result.oomKilled ? "out of memory, " : "";
    super(`${cause}exit code ${result.exitCode}` + (last ? `: ${last}` : ""));
  }
}

/** The error that a failed call is; what is none of a call's stays as it is. */
export function fromRpc(failed: unknown, address: string): unknown {
  if (!(failed instanceof ConnectError)) return failed;
  const name = ConnectCode[failed.code].replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
  const code = (name === "CANCELED" ? "CANCELLED" : name) as Code;
  const details = readDetails(failed);
  // A connection that is not made is told as one that was broken off.
  const connection = details.reason ? undefined : ofConnection(told(failed), address);
  const error = connection
    ? new SkerryError("UNAVAILABLE", connection.reason, connection.message, { cause: failed })
    : new SkerryError(code, details.reason, message(code, details.reason, failed, address), {
        cause: failed,
      });
  error.retryAfter = details.retryAfter;
  error.fields = details.fields;
  error.metadata = details.metadata;
  return error;
}

function message(code: Code, reason: string, failed: ConnectError, address: string): string {
  const said = failed.rawMessage;
  if (reason) return withNextStep(reason, said);
  const lost = code === "CANCELLED" ? said.startsWith("http/2") : CUT.has(code);
  if (lost) return ofCut(said, address);
  return code === "UNIMPLEMENTED" ? ofStranger(said, address) : said;
}

/** All that is said of a failure: Node's codes are in its causes. */
function told(failed: ConnectError): string {
  const texts: string[] = [];
  for (let at: unknown = failed; at instanceof Error && texts.length < 8; at = at.cause) {
    texts.push(at.message, String((at as { code?: unknown }).code ?? ""));
  }
  return texts.join(" ");
}
