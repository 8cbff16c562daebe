package dev.skerry;

import dev.skerry.v1.CreateSnapshotRequest;
import dev.skerry.v1.Snapshot;
import java.util.List;

/** Snapshots of one sandbox. */
public final class SandboxSnapshots {
  private final Client client;
  private final String sandboxId;

  SandboxSnapshots(Client client, String sandboxId) {
    this.client = client;
    this.sandboxId = sandboxId;
  }

  /** Takes one of the disk; without a name, its id is its name. */
  public Snapshot create(String name) {
    var request = CreateSnapshotRequest.newBuilder().setSandboxId(sandboxId).setName(name).build();
    return Client.once(() -> client.snapshots.createSnapshot(request));
  }

  /** By name. */
  public List<Snapshot> list() {
    return Snapshots.list(client, sandboxId);
  }
}
