package dev.skerry;

import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** A stream's messages, one after the other. Closing it ends the call. */
public final class Messages<T> implements Iterable<T>, Iterator<T>, AutoCloseable {
  private final Supplier<BlockingClientCall<?, T>> open;
  /** Null where a cut is an error. */
  private final Tries tries;

  private BlockingClientCall<?, T> call;
  private T next;
  private boolean over;

  Messages(Supplier<BlockingClientCall<?, T>> open, Tries tries) {
    this.open = open;
    this.tries = tries;
  }

  @Override
  public Iterator<T> iterator() {
    return this;
  }

  @Override
  public boolean hasNext() {
    while (next == null && !over) {
      try {
        call = call == null ? open.get() : call;
        next = Client.once(call::read);
        over = next == null;
        if (tries != null) {
          tries.progress();
        }
      } catch (SkerryException failed) {
        call = null;
        if (tries == null) {
          over = true;
          throw failed;
        }
        tries.afterCut(failed);
      }
    }
    return next != null;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    var message = next;
    next = null;
    return message;
  }

  @Override
  public void close() {
    over = true;
    if (call != null) {
      Client.leave(call);
    }
  }
}
