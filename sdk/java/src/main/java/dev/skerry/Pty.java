package dev.skerry;

import dev.skerry.v1.TerminalSize;

/** Terminals in a sandbox: a command's input and all of its output. */
public final class Pty {
  private final Client client;
  private final String sandboxId;

  Pty(Client client, String sandboxId) {
    this.client = client;
    this.sandboxId = sandboxId;
  }

  /** Starts a shell on a terminal of this size. */
  public Exec start(int rows, int columns) {
    return start(Command.shell("exec bash"), rows, columns, new ExecOptions());
  }

  /** Starts a command on a terminal of this size. */
  public Exec start(Command command, int rows, int columns, ExecOptions options) {
    var size = TerminalSize.newBuilder().setRows(rows).setColumns(columns);
    return Commands.start(client, sandboxId, options.spec(command).setTerminal(size).build());
  }

  /** A terminal that was started before, its output from an offset on. */
  public Exec attach(String execId, long offset) {
    return new Exec(client, sandboxId, execId, offset, true);
  }
}
