package dev.skerry;

import com.google.protobuf.ByteString;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.function.Function;

/** Pieces of content, as a stream that is read or from one that is sent. */
final class Pieces extends InputStream {
  private final Iterator<ByteString> pieces;
  private final Runnable onClose;
  private InputStream current = InputStream.nullInputStream();

  Pieces(Iterator<ByteString> pieces, Runnable onClose) {
    this.pieces = pieces;
    this.onClose = onClose;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    var read = current.read(buffer, offset, length);
    while (read < 0 && pieces.hasNext()) {
      current = pieces.next().newInput();
      read = current.read(buffer, offset, length);
    }
    return read;
  }

  @Override
  public void close() {
    onClose.run();
  }

  /** Sends what a stream has between a first message and a last one; the answer. */
  static <Q, A> A send(
      BlockingClientCall<Q, A> call,
      Q open,
      InputStream data,
      Function<ByteString, Q> part,
      Q end) {
    try {
      var going = Client.once(() -> call.write(open));
      var buffer = new byte[Exec.PIECE];
      for (var read = data.read(buffer); going && read >= 0; read = data.read(buffer)) {
        var piece = part.apply(ByteString.copyFrom(buffer, 0, read));
        going = Client.once(() -> call.write(piece));
      }
      if (going) {
        Client.once(() -> call.write(end));
        call.halfClose();
      }
      return Client.once(call::read);
    } catch (IOException unreadable) {
      // Nothing is written then.
      call.cancel("the content can't be read", unreadable);
      throw new UncheckedIOException(unreadable);
    }
  }
}
