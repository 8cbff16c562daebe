package dev.skerry;

import com.google.protobuf.ByteString;
import dev.skerry.v1.FileInfo;
import dev.skerry.v1.ReadFileRequest;
import dev.skerry.v1.ReadFileResponse;
import io.grpc.Status;
import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A file's content, which is taken up where it was when the connection is lost. */
final class Content implements Iterator<ByteString>, AutoCloseable {
  private final Client client;
  private final ReadFileRequest.Builder request;
  private final Tries tries;
  private BlockingClientCall<?, ReadFileResponse> call;
  private FileInfo known;
  private ByteString next;
  private long offset;
  private boolean over;

  Content(Client client, String sandboxId, String path, long offset) {
    this.client = client;
    this.offset = offset;
    this.tries = new Tries(client);
    request = ReadFileRequest.newBuilder().setSandboxId(sandboxId);
    RawPath.put(path, request::setPath, request::setRawPath);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !over) {
      try {
        if (call == null) {
          call = client.files.readFile(request.setOffset(offset).build());
        }
        take(Client.once(call::read));
        tries.progress();
      } catch (SkerryException failed) {
        call = null;
        tries.afterCut(failed);
      }
    }
    return next != null;
  }

  @Override
  public ByteString next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    var piece = next;
    next = null;
    return piece;
  }

  @Override
  public void close() {
    over = true;
    if (call != null) {
      Client.leave(call);
    }
  }

  private void take(ReadFileResponse part) {
    if (part == null) {
      over = true;
    } else if (part.hasInfo()) {
      mustBeTheSame(part.getInfo());
    } else {
      next = part.getData();
      offset += next.size();
    }
  }

  private void mustBeTheSame(FileInfo info) {
    if (known != null
        && (known.getInode() != info.getInode()
            || known.getSizeBytes() != info.getSizeBytes()
            || !known.getModifyTime().equals(info.getModifyTime()))) {
      close();
      var message = info.getPath() + " was changed while it was read";
      throw new SkerryException(
          Status.Code.FAILED_PRECONDITION, "FILE_CHANGED", message, null);
    }
    known = info;
  }
}
