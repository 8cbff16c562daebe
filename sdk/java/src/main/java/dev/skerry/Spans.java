package dev.skerry;

import com.google.protobuf.Duration;

/** Spans as messages. */
final class Spans {
  private Spans() {}

  static Duration of(java.time.Duration span) {
    return Duration.newBuilder().setSeconds(span.getSeconds()).setNanos(span.getNano()).build();
  }
}
