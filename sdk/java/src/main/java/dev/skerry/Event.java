package dev.skerry;

import java.nio.charset.StandardCharsets;

/**
 * What comes of a command that runs.
 *
 * @param kind what it is
 * @param data the piece; empty for TRUNCATED
 * @param offset of its first byte, in stdout and stderr counted together; of TRUNCATED, of what
 *     comes next
 */
public record Event(Kind kind, byte[] data, long offset) {
  /** What an event is. */
  public enum Kind {
    /** A piece of standard output. */
    STDOUT,
    /** A piece of standard error output. */
    STDERR,
    /** Output before {@code offset} was not kept, and is missing. */
    TRUNCATED
  }

  /** The data as UTF-8; what is not becomes U+FFFD. */
  public String text() {
    return new String(data, StandardCharsets.UTF_8);
  }
}
