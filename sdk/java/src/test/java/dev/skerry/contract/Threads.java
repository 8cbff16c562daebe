package dev.skerry.contract;

import dev.skerry.Command;
import dev.skerry.ExecOptions;
import dev.skerry.Skerry;

/** A thousand streams, read to their end or left, some with input: no thread stays behind. */
public final class Threads {
  private static final int STREAMS = 1000;

  /** Threads that grpc's pools may start late. */
  private static final int MOST_GROWTH = 8;

  private Threads() {}

  public static void main(String[] arguments) {
    try (var skerry = new Skerry(); var sandbox = skerry.sandboxes().create("host")) {
      var before = 0;
      for (var number = 0; number < STREAMS; number++) {
        switch (number % 3) {
          case 0 -> sandbox.commands().run(Command.of("cat"), new ExecOptions().input("x")).check();
          case 1 -> {
            try (var exec = sandbox.commands().stream("echo x")) {
              exec.forEach(event -> {});
            }
          }
          default -> {
            try (var exec = sandbox.commands().stream("yes")) {
              exec.next();
              exec.kill();
            }
          }
        }
        if (number == STREAMS / 10) {
          before = Thread.activeCount();
        }
      }
      var after = Thread.activeCount();
      if (after > before + MOST_GROWTH) {
        throw new AssertionError(before + " threads, then " + after);
      }
      System.out.println(STREAMS + " streams, " + before + " threads, then " + after);
    }
  }
}
