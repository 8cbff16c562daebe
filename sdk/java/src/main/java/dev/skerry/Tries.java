package dev.skerry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Counts what failed, and waits or says that it is enough. */
final class Tries {
  /** Of one wait, in milliseconds. */
  private static final long SHORTEST = 100;

  private static final long LONGEST = 2000;

  /** Tries of a call that may safely be made again. */
  private static final int MOST = 5;

  /** For which a stream that was cut is taken up again, without a byte. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Client client;
  private int failures;
  private long since;

  Tries(Client client) {
    this.client = client;
  }

  /** Something came: start anew. */
  void progress() {
    failures = 0;
  }

  /** Waits before a call is made again; throws when it is enough. */
  void afterCall(SkerryException failed) {
    if (!failed.retryable() || failures + 1 >= MOST) {
      throw failed;
    }
    await(failed);
  }

  /** Waits before a stream is taken up again; throws when it is enough. */
  void afterCut(SkerryException failed) {
    if (failures == 0) {
      since = System.nanoTime();
    }
    if (!failed.cut() || System.nanoTime() - since > PATIENCE.toNanos()) {
      throw failed;
    }
    await(failed);
  }

  private void await(SkerryException failed) {
    var longest = Math.min(LONGEST, SHORTEST << Math.min(failures, 10));
    failures++;
    var told = failed.retryAfter();
    var random = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    try {
      Thread.sleep(told == null ? random : told.toMillis());
    } catch (InterruptedException interrupted) {
      throw SkerryException.interrupted(interrupted);
    }
    client.channel().resetConnectBackoff();
  }
}
