package dev.skerry;

import java.nio.charset.StandardCharsets;

/**
 * How a command ended, and what it wrote.
 *
 * @param stdoutBytes its standard output
 * @param stderrBytes its standard error output
 * @param exitCode 0 to 255; 128 and the signal's number where a signal ended it
 * @param signal the signal that ended it, or 0
 * @param timedOut its timeout ran out
 * @param oomKilled the sandbox was out of memory
 * @param truncated output is missing: there was more than {@code maxOutput}, or it was not kept
 */
public record Result(
    byte[] stdoutBytes,
    byte[] stderrBytes,
    int exitCode,
    int signal,
    boolean timedOut,
    boolean oomKilled,
    boolean truncated) {

  /** As UTF-8; what is not becomes U+FFFD. */
  public String stdout() {
    return new String(stdoutBytes, StandardCharsets.UTF_8);
  }

  /** As UTF-8; what is not becomes U+FFFD. */
  public String stderr() {
    return new String(stderrBytes, StandardCharsets.UTF_8);
  }

  /** Itself, or {@link CommandFailed} unless the exit code is 0. */
  public Result check() {
    if (exitCode != 0) {
      throw new CommandFailed(this);
    }
    return this;
  }
}
