/** Messages for a stream of requests. */

/** Messages that wait to be sent. */
const DEPTH = 4;

/** A bounded queue that can be closed. */
export class Requests<T> implements AsyncIterable<T> {
  private readonly waiting: T[] = [];
  private closed = false;
  private change: () => void = () => {};
  private changed = new Promise<void>((resolve) => (this.change = resolve));

  /** Waits for room; false where nothing is sent any more. */
  async put(message: T): Promise<boolean> {
    while (!this.closed && this.waiting.length >= DEPTH) await this.changed;
    if (this.closed) return false;
    this.waiting.push(message);
    this.tell();
    return true;
  }

  close(): void {
    this.closed = true;
    this.tell();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        while (!this.closed && this.waiting.length === 0) await this.changed;
        const message = this.waiting.shift();
        if (message === undefined) return;
        this.tell();
        yield message;
      }
    } finally {
      this.close();
    }
  }

  private tell(): void {
    const { change } = this;
    this.changed = new Promise<void>((resolve) => (this.change = resolve));
    change();
  }
}
