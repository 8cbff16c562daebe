package dev.skerry;

import dev.skerry.v1.WriteFileOpen;

/** How a file is written. */
public final class WriteOptions {
  final WriteFileOpen.Builder open = WriteFileOpen.newBuilder();

  /** Permissions; else those that it had, or octal 0644. */
  public WriteOptions mode(int mode) {
    open.setMode(mode);
    return this;
  }

  /** {@code user[:group]} inside; else whose it was, or root. */
  public WriteOptions owner(String owner) {
    open.setOwner(owner);
    return this;
  }

  /** Writes to the end of what is there. */
  public WriteOptions append() {
    open.setAppend(true);
    return this;
  }

  /** Fails where there is something. */
  public WriteOptions createNew() {
    open.setCreateNew(true);
    return this;
  }

  /** Makes the directories that lead to it. */
  public WriteOptions makeParents() {
    open.setMakeParents(true);
    return this;
  }

  boolean safeAgain() {
    return !open.getAppend() && !open.getCreateNew();
  }
}
