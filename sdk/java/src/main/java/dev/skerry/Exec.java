package dev.skerry;

import com.google.protobuf.ByteString;
import dev.skerry.v1.AttachExecRequest;
import dev.skerry.v1.ExecInfo;
import dev.skerry.v1.ExecResult;
import dev.skerry.v1.ExecStreamResponse;
import dev.skerry.v1.GetExecRequest;
import dev.skerry.v1.InteractExecRequest;
import dev.skerry.v1.OutputChunk;
import dev.skerry.v1.SignalExecRequest;
import dev.skerry.v1.TerminalSize;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A command in a sandbox: iterate over it for its output.
 *
 * <p>The output survives a lost connection by itself: it is taken up again where it was, no byte
 * lost or doubled. Input does not, as nobody can know what has arrived: with input, a lost
 * connection is an error (INPUT_CUT), and an attach at {@link #offset} goes on.
 *
 * <p>A reader that is slow holds the command back; {@link #close} lets it go on alone. One thread
 * may read while another writes.
 */
public final class Exec implements Iterable<Event>, Iterator<Event>, AutoCloseable {
  /** Well below the 1 MiB that one message of input may have. */
  static final int PIECE = 256 << 10;

  private final Client client;
  private final String sandboxId;
  private final boolean stdin;
  private final Tries tries;
  private volatile String id;
  private volatile ExecResult ended;

  /** Offset after what was read; {@link #offset} is after what was given. */
  private long position;

  private volatile long offset;
  private Event next;
  private BlockingClientCall<InteractExecRequest, ExecStreamResponse> input;
  private BlockingClientCall<?, ExecStreamResponse> frames;

  Exec(Client client, String sandboxId, String id, long offset, boolean stdin) {
    this.client = client;
    this.sandboxId = sandboxId;
    this.id = id;
    this.position = offset;
    this.offset = offset;
    this.stdin = stdin;
    this.tries = new Tries(client);
  }

  /** The exec's id, for an attach. */
  public String id() {
    return id;
  }

  /** Of the first byte that has not come, stdout and stderr together. */
  public long offset() {
    return offset;
  }

  /** Empty until all of its output was read. */
  public OptionalInt exitCode() {
    return ended == null ? OptionalInt.empty() : OptionalInt.of(ended.getExitCode());
  }

  /** Reads to the end. A non-zero exit code is a result. */
  public Result await() {
    return await(data -> {}, data -> {}, ExecOptions.MAX_OUTPUT);
  }

  /**
   * Reads to the end, tells of each piece, and keeps at most so many bytes of stdout and of stderr
   * each.
   */
  public Result await(Consumer<byte[]> onStdout, Consumer<byte[]> onStderr, int maxOutput) {
    var collected = new Collector(maxOutput);
    for (var event : this) {
      collected.add(event);
      switch (event.kind()) {
        case STDOUT -> onStdout.accept(event.data());
        case STDERR -> onStderr.accept(event.data());
        default -> {}
      }
    }
    return collected.result(ended);
  }

  @Override
  public Iterator<Event> iterator() {
    return this;
  }

  @Override
  public boolean hasNext() {
    while (next == null && ended == null) {
      try {
        next = take(Client.once(open()::read));
        tries.progress();
      } catch (SkerryException failed) {
        lost(failed);
      }
    }
    return next != null;
  }

  @Override
  public Event next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    var event = next;
    next = null;
    offset = event.offset() + event.data().length;
    return event;
  }

  /** Writes to its standard input; waits for it to read. */
  public void write(byte[] data) {
    for (var at = 0; at < data.length; at += PIECE) {
      var piece = ByteString.copyFrom(data, at, Math.min(PIECE, data.length - at));
      send(InteractExecRequest.newBuilder().setStdin(piece).build());
    }
  }

  /** Writes text as UTF-8. */
  public void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends its standard input; on a terminal, types the end-of-file character. */
  public void endInput() {
    var end = InteractExecRequest.StdinEnd.getDefaultInstance();
    send(InteractExecRequest.newBuilder().setStdinEnd(end).build());
  }

  /** Gives its terminal another size. */
  public void resize(int rows, int columns) {
    var size = TerminalSize.newBuilder().setRows(rows).setColumns(columns);
    send(InteractExecRequest.newBuilder().setResize(size).build());
  }

  /** Sends a signal to its process group, by Linux's number: 15 is SIGTERM. */
  public void signal(int signal) {
    var request = SignalExecRequest.newBuilder().setSandboxId(sandboxId).setExecId(id);
    Client.once(() -> client.execs.signalExec(request.setSignal(signal).build()));
  }

  /** Sends SIGKILL to its process group. */
  public void kill() {
    signal(9);
  }

  /** What the daemon knows of it. */
  public ExecInfo info() {
    var request = GetExecRequest.newBuilder().setSandboxId(sandboxId).setExecId(id).build();
    return client.call(() -> client.execs.getExec(request));
  }

  /** Stops reading; the command goes on, and can be attached to. */
  @Override
  public synchronized void close() {
    if (frames != null) {
      Client.leave(frames);
    }
    frames = null;
    input = null;
  }

  /** Takes the call that starts it, and waits until it runs. */
  void begin(
      BlockingClientCall<?, ExecStreamResponse> frames,
      BlockingClientCall<InteractExecRequest, ExecStreamResponse> input) {
    this.frames = frames;
    this.input = input;
    try {
      while (id.isEmpty()) {
        take(Client.once(frames::read));
      }
    } catch (SkerryException failed) {
      close();
      throw failed;
    }
  }

  /** The call that its output comes by. */
  private synchronized BlockingClientCall<?, ExecStreamResponse> open() {
    if (frames != null) {
      return frames;
    }
    if (!stdin) {
      var attach = AttachExecRequest.newBuilder().setSandboxId(sandboxId).setExecId(id);
      frames = client.execs.attachExec(attach.setFromOffset(position).build());
      return frames;
    }
    var attach =
        InteractExecRequest.Attach.newBuilder()
            .setSandboxId(sandboxId)
            .setExecId(id)
            .setFromOffset(position)
            .setTakeover(true);
    input = client.execs.interactExec();
    frames = input;
    Client.once(() -> input.write(InteractExecRequest.newBuilder().setAttach(attach).build()));
    return frames;
  }

  private void send(InteractExecRequest message) {
    if (!stdin) {
      throw closed("start or attach to it with its input");
    }
    BlockingClientCall<InteractExecRequest, ExecStreamResponse> call;
    synchronized (this) {
      if (ended == null) {
        open();
      }
      call = input;
    }
    if (ended != null || call == null || !Client.once(() -> call.write(message))) {
      throw closed("the command takes no input any more");
    }
  }

  private static SkerryException closed(String message) {
    return new SkerryException(Status.Code.FAILED_PRECONDITION, "STDIN_CLOSED", message, null);
  }

  private Event take(ExecStreamResponse frame) {
    if (frame == null) {
      var message = "the stream ended before the command";
      throw new SkerryException(Status.Code.UNAVAILABLE, "", message, null);
    }
    switch (frame.getEventCase()) {
      case STARTED -> id = frame.getStarted().getId();
      case STDOUT -> {
        return output(Event.Kind.STDOUT, frame.getStdout());
      }
      case STDERR -> {
        return output(Event.Kind.STDERR, frame.getStderr());
      }
      case TRUNCATED -> {
        position = frame.getTruncated().getBefore();
        return new Event(Event.Kind.TRUNCATED, new byte[0], position);
      }
      case EXITED -> {
        ended = frame.getExited();
        close();
      }
      default -> {}
    }
    return null;
  }

  private Event output(Event.Kind kind, OutputChunk chunk) {
    // What was had already is not given again.
    var known = Math.max(0, position - chunk.getOffset());
    var data = chunk.getData().substring((int) Math.min(known, chunk.getData().size()));
    position = chunk.getOffset() + chunk.getData().size();
    return data.isEmpty() ? null : new Event(kind, data.toByteArray(), position - data.size());
  }

  /** Waits before the stream is taken up again, where it may be. */
  private void lost(SkerryException failed) {
    close();
    if (stdin && failed.cut()) {
      var told = "how much of the input of %s has arrived is not known: %s; %s";
      var then = "attach to it with its offset and its input to go on";
      throw gone("INPUT_CUT", told.formatted(id, failed.getMessage(), then), failed);
    }
    try {
      tries.afterCut(failed);
    } catch (SkerryException last) {
      if (!last.cut()) {
        throw last;
      }
      var told = "the output of %s from byte %d on has not come: %s; %s";
      var then = "attach to it with its offset once the daemon answers";
      throw gone("OUTPUT_CUT", told.formatted(id, position, last.getMessage(), then), last);
    }
  }

  private static SkerryException gone(String reason, String message, SkerryException cause) {
    return new SkerryException(Status.Code.UNAVAILABLE, reason, message, cause);
  }
}
