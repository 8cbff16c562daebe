package dev.skerry;

import dev.skerry.v1.DeleteSnapshotRequest;
import dev.skerry.v1.GetSnapshotRequest;
import dev.skerry.v1.ListSnapshotsRequest;
import dev.skerry.v1.ListSnapshotsResponse;
import dev.skerry.v1.Snapshot;
import java.util.List;

/**
 * Disks of sandboxes as they were at one instant. {@link SandboxOptions#snapshot} starts from one.
 */
public final class Snapshots {
  private final Client client;

  Snapshots(Client client) {
    this.client = client;
  }

  /** By id or name. */
  public Snapshot get(String snapshotId) {
    var request = GetSnapshotRequest.newBuilder().setSnapshotId(snapshotId).build();
    return client.call(() -> client.snapshots.getSnapshot(request));
  }

  /** All of them, by name. */
  public List<Snapshot> list() {
    return list(client, "");
  }

  static List<Snapshot> list(Client client, String sandboxId) {
    var request = ListSnapshotsRequest.newBuilder().setSandboxId(sandboxId);
    return client.pages(
        token -> () -> client.snapshots.listSnapshots(request.setPageToken(token).build()),
        ListSnapshotsResponse::getSnapshotsList,
        ListSnapshotsResponse::getNextPageToken);
  }

  /** Sandboxes that were made from it stay. */
  public void delete(String snapshotId) {
    var request = DeleteSnapshotRequest.newBuilder().setSnapshotId(snapshotId).build();
    client.call(() -> client.snapshots.deleteSnapshot(request));
  }
}
