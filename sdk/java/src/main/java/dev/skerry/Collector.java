package dev.skerry;

import dev.skerry.v1.ExecResult;
import java.io.ByteArrayOutputStream;

/** Keeps output up to a bound. */
final class Collector {
  private final int maxOutput;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private boolean truncated;

  Collector(int maxOutput) {
    this.maxOutput = maxOutput;
  }

  void add(Event event) {
    if (event.kind() == Event.Kind.TRUNCATED) {
      truncated = true;
      return;
    }
    var kept = event.kind() == Event.Kind.STDOUT ? stdout : stderr;
    var room = Math.min(maxOutput - kept.size(), event.data().length);
    kept.write(event.data(), 0, room);
    truncated |= room < event.data().length;
  }

  Result result(ExecResult ended) {
    return new Result(
        stdout.toByteArray(),
        stderr.toByteArray(),
        ended.getExitCode(),
        ended.getSignal(),
        ended.getTimedOut(),
        ended.getOomKilled(),
        truncated);
  }
}
