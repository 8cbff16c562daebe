package dev.skerry;

import dev.skerry.v1.ExecInfo;
import dev.skerry.v1.ExecSpec;
import dev.skerry.v1.ExecStreamRequest;
import dev.skerry.v1.InteractExecRequest;
import dev.skerry.v1.ListExecsRequest;
import dev.skerry.v1.ListExecsResponse;
import dev.skerry.v1.StartExecRequest;
import java.util.List;

/** Commands in a sandbox. */
public final class Commands {
  private final Client client;
  private final String sandboxId;

  Commands(Client client, String sandboxId) {
    this.client = client;
    this.sandboxId = sandboxId;
  }

  /** Runs a line for the shell to its end. A non-zero exit code is a result. */
  public Result run(String line) {
    return run(Command.shell(line), new ExecOptions());
  }

  /** Runs a command to its end. A non-zero exit code is a result: see {@link Result#check}. */
  public Result run(Command command, ExecOptions options) {
    var spec = options.spec(command).build();
    try (var exec = new Exec(client, sandboxId, "", 0, options.input != null)) {
      if (options.input == null) {
        exec.begin(client.execs.execStream(request(spec)), null);
        return exec.await(options.onStdout, options.onStderr, options.maxOutput);
      }
      var call = client.execs.interactExec();
      var start = InteractExecRequest.Start.newBuilder().setSandboxId(sandboxId).setSpec(spec);
      Client.once(() -> call.write(InteractExecRequest.newBuilder().setStart(start).build()));
      exec.begin(call, call);
      try (var feed = new Feed(call, options.input)) {
        return awaitWith(feed, exec, options);
      }
    }
  }

  private static Result awaitWith(Feed feed, Exec exec, ExecOptions options) {
    try {
      return exec.await(options.onStdout, options.onStderr, options.maxOutput);
    } finally {
      feed.check();
    }
  }

  /** Runs a line for the shell whose output is iterated over as it comes. */
  public Exec stream(String line) {
    return stream(Command.shell(line), new ExecOptions());
  }

  /**
   * Runs a command whose output is iterated over as it comes. The command waits while nobody reads.
   */
  public Exec stream(Command command, ExecOptions options) {
    var exec = new Exec(client, sandboxId, "", 0, false);
    exec.begin(client.execs.execStream(request(options.spec(command).build())), null);
    return exec;
  }

  /** Starts a line for the shell in the background. */
  public Exec start(String line) {
    return start(Command.shell(line), new ExecOptions());
  }

  /**
   * Starts a command in the background, which waits for nobody: of its output the last MiB is kept.
   */
  public Exec start(Command command, ExecOptions options) {
    return start(client, sandboxId, options.spec(command).build());
  }

  /** A command that was started before, all of its output that is kept. */
  public Exec attach(String execId) {
    return attach(execId, 0, false);
  }

  /**
   * A command that was started before, its output from an offset on. With {@code stdin} its input
   * is taken from whoever has it.
   */
  public Exec attach(String execId, long offset, boolean stdin) {
    return new Exec(client, sandboxId, execId, offset, stdin);
  }

  /** The sandbox's commands, oldest first. */
  public List<ExecInfo> list() {
    var request = ListExecsRequest.newBuilder().setSandboxId(sandboxId);
    return client.pages(
        token -> () -> client.execs.listExecs(request.setPageToken(token).build()),
        ListExecsResponse::getExecsList,
        ListExecsResponse::getNextPageToken);
  }

  private ExecStreamRequest request(ExecSpec spec) {
    return ExecStreamRequest.newBuilder().setSandboxId(sandboxId).setSpec(spec).build();
  }

  static Exec start(Client client, String sandboxId, ExecSpec spec) {
    var request = StartExecRequest.newBuilder().setSandboxId(sandboxId).setSpec(spec).build();
    var info = Client.once(() -> client.execs.startExec(request));
    return new Exec(client, sandboxId, info.getId(), 0, spec.getKeepStdin() || spec.hasTerminal());
  }
}
