/** How long to wait before a call is tried again. */

import type { SkerryError } from "./errors.js";

/** Of one wait, in milliseconds. */
const [SHORTEST, LONGEST] = [100, 2000];
/** Tries of a call that may safely be made again. */
const TRIES = 5;
/** For which a stream that was cut is taken up again, without a byte. */
const PATIENCE = 60_000;

/** Counts what failed, and waits or says that it is enough. */
export class Backoff {
  private failures = 0;
  private since = 0;

  /** Something came: start anew. */
  progress(): void {
    this.failures = 0;
  }

  /** Waits before a call is made again; throws when it is enough. */
  async afterCall(error: SkerryError): Promise<void> {
    if (!error.retryable || this.failures + 1 >= TRIES) throw error;
    await this.wait(error.retryAfter);
  }

  /** Waits before a stream is taken up again; throws when it is enough. */
  async afterCut(error: SkerryError): Promise<void> {
    if (this.failures === 0) this.since = Date.now();
    if (!error.cut || Date.now() - this.since > PATIENCE) throw error;
    await this.wait(error.retryAfter);
  }

  private async wait(told: number | undefined): Promise<void> {
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.failures);
    this.failures += 1;
    const time = told ?? longest / 2 + (Math.random() * longest) / 2;
    await new Promise((resolve) => setTimeout(resolve, time));
  }
}
