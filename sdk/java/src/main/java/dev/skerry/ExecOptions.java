package dev.skerry;

import dev.skerry.v1.ExecSpec;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** How a command is run. */
public final class ExecOptions {
  /** Bytes that are kept of stdout and of stderr, unless a caller says otherwise. */
  public static final int MAX_OUTPUT = 16 << 20;

  private final ExecSpec.Builder spec = ExecSpec.newBuilder();
  InputStream input;
  Consumer<byte[]> onStdout = data -> {};
  Consumer<byte[]> onStderr = data -> {};
  int maxOutput = MAX_OUTPUT;
  boolean stdin;

  /** Adds to the sandbox's environment. */
  public ExecOptions env(Map<String, String> env) {
    spec.putAllEnv(env);
    return this;
  }

  /** Absolute; else /workspace. */
  public ExecOptions cwd(String cwd) {
    spec.setCwd(cwd);
    return this;
  }

  /** User name or uid, optionally with {@code :} and a group; else root. */
  public ExecOptions user(String user) {
    spec.setUser(user);
    return this;
  }

  /** Ends the command after so long; else never. */
  public ExecOptions timeout(Duration timeout) {
    spec.setTimeout(Spans.of(timeout));
    return this;
  }

  /** How long it has after SIGTERM; else 5 seconds. */
  public ExecOptions gracePeriod(Duration gracePeriod) {
    spec.setGracePeriod(Spans.of(gracePeriod));
    return this;
  }

  /** For {@code run}: its standard input. A lost connection is an error then (INPUT_CUT). */
  public ExecOptions input(InputStream input) {
    this.input = input;
    return this;
  }

  /** For {@code run}: its standard input. */
  public ExecOptions input(String input) {
    return input(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
  }

  /** For {@code run}: told of each piece of stdout. */
  public ExecOptions onStdout(Consumer<byte[]> told) {
    onStdout = told;
    return this;
  }

  /** For {@code run}: told of each piece of stderr. */
  public ExecOptions onStderr(Consumer<byte[]> told) {
    onStderr = told;
    return this;
  }

  /** For {@code run}: how many bytes of stdout and of stderr each are kept. */
  public ExecOptions maxOutput(int bytes) {
    maxOutput = bytes;
    return this;
  }

  /** For {@code start}: lets it be written to. */
  public ExecOptions stdin() {
    stdin = true;
    return this;
  }

  ExecSpec.Builder spec(Command command) {
    return spec.clone()
        .setShell(command.line)
        .addAllCommand(command.words)
        .setKeepStdin(stdin || input != null);
  }
}
