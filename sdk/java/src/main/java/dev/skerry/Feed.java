package dev.skerry;

import com.google.protobuf.ByteString;
import dev.skerry.v1.ExecStreamResponse;
import dev.skerry.v1.InteractExecRequest;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Sends what a stream has to a command, from a thread of its own. */
final class Feed implements AutoCloseable {
  /** A thread that waits for input which never comes is left behind after so long. */
  private static final long JOIN_MILLIS = 1000;

  private final BlockingClientCall<InteractExecRequest, ExecStreamResponse> call;
  private final InputStream input;
  private final Thread thread = new Thread(this::send, "skerry-input");
  private volatile IOException broken;

  Feed(BlockingClientCall<InteractExecRequest, ExecStreamResponse> call, InputStream input) {
    this.call = call;
    this.input = input;
    thread.setDaemon(true);
    thread.start();
  }

  /** Throws where the stream could not be read. */
  void check() {
    if (broken != null) {
      throw new UncheckedIOException(broken);
    }
  }

  private void send() {
    var buffer = new byte[Exec.PIECE];
    try {
      var read = input.read(buffer);
      while (read >= 0) {
        var piece = ByteString.copyFrom(buffer, 0, read);
        var message = InteractExecRequest.newBuilder().setStdin(piece).build();
        if (read > 0 && !Client.once(() -> call.write(message))) {
          return;
        }
        read = input.read(buffer);
      }
      var end = InteractExecRequest.StdinEnd.getDefaultInstance();
      Client.once(() -> call.write(InteractExecRequest.newBuilder().setStdinEnd(end).build()));
    } catch (SkerryException over) {
      // Who reads its output learns why.
    } catch (IOException failed) {
      broken = failed;
      call.cancel("its input can't be read", failed);
    }
  }

  @Override
  public void close() {
    call.cancel("its caller left", null);
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException interrupted) {
      throw SkerryException.interrupted(interrupted);
    }
  }
}
