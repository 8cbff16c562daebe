package dev.skerry;

/** A command whose result was checked, and that did not exit with 0. */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Result result;

  CommandFailed(Result result) {
    super(message(result));
    this.result = result;
  }

  /** How it ended, and what it wrote. */
  public Result result() {
    return result;
  }

  private static String message(Result result) {
    var lines = result.stderr().strip().split("\n");
    var last = lines[lines.length - 1];
    var cause = result.timedOut() ? "timed out, " : result.oomKilled() ? "out of memory, " : "";
    return cause + "exit code " + result.exitCode() + (last.isEmpty() ? "" : ": " + last);
  }
}
