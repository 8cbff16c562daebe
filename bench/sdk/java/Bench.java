import dev.skerry.Command;
import dev.skerry.Event;
import dev.skerry.ExecOptions;
import dev.skerry.Sandbox;
import dev.skerry.Skerry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * Skerry's Java SDK: a line each on standard input is an order, and a figure each is the answer.
 */
public final class Bench {
  /** dd's blocks of 64 KiB in a MiB. */
  private static final int BLOCKS = 16;

  private final Sandbox sandbox;

  private Bench(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  public static void main(String[] arguments) {
    try (var skerry = new Skerry()) {
      // Not closed: whoever made it deletes it.
      new Bench(skerry.sandboxes().get(arguments[0])).serve();
    } catch (RuntimeException | IOException failed) {
      System.err.println(failed);
      System.exit(1);
    }
  }

  /**
   * Answers {@code exec N} with the milliseconds of one of N commands, and {@code stream MIB} with
   * the MiB a second.
   */
  private void serve() throws IOException {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var words = line.split(" ");
      var count = Integer.parseInt(words[1]);
      var started = System.nanoTime();
      if (words[0].equals("exec")) {
        run(count);
        System.out.println((System.nanoTime() - started) / 1e6 / count);
      } else {
        stream(count);
        System.out.println(count / ((System.nanoTime() - started) / 1e9));
      }
    }
  }

  private void run(int count) {
    for (var at = 0; at < count; at++) {
      sandbox.commands().run(Command.of("/bin/true"), new ExecOptions()).check();
    }
  }

  private void stream(int mib) {
    var dd = Command.of("/bin/dd", "if=/dev/zero", "bs=64k", "count=" + mib * BLOCKS);
    var got = 0L;
    try (var command = sandbox.commands().stream(dd, new ExecOptions())) {
      for (var event : command) {
        if (event.kind() == Event.Kind.STDOUT) {
          got += event.data().length;
        }
      }
      var code = command.exitCode().orElse(-1);
      if (code != 0 || got != (long) mib << 20) {
        var told = "the command ended with %d, and %d bytes came of %d MiB";
        throw new IllegalStateException(told.formatted(code, got, mib));
      }
    }
  }
}
