/** Disks of sandboxes as they were at one instant. */

import { call, type Client, pages } from "./client.js";
import { type Snapshot, SnapshotScope } from "./gen/skerry/v1/snapshot_service_pb.js";

/** All snapshots. `sandboxes.create` with `snapshot` starts from one. */
export class Snapshots {
  constructor(private readonly client: Client) {}

  /** By id or name. */
  async get(snapshotId: string): Promise<Snapshot> {
    return await call(() => this.client.snapshots.getSnapshot({ snapshotId }));
  }

  /** By name. */
  list(options: { labels?: Record<string, string>; sandboxId?: string } = {}): AsyncGenerator<Snapshot> {
    return pages(
      (pageToken) => this.client.snapshots.listSnapshots({ ...options, pageToken }),
      (page) => page.snapshots,
    );
  }

  /** Sandboxes that were made from it stay. */
  async delete(snapshotId: string): Promise<void> {
    await call(() => this.client.snapshots.deleteSnapshot({ snapshotId }));
  }
}

/** Snapshots of one sandbox. */
export class SandboxSnapshots {
  constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
  ) {}

  /** Takes one of the disk, or of /workspace alone. */
  async create(
    name = "",
    options: { labels?: Record<string, string>; workspaceOnly?: boolean } = {},
  ): Promise<Snapshot> {
    const scope = options.workspaceOnly ? SnapshotScope.WORKSPACE : SnapshotScope.DISK;
    const request = { sandboxId: this.sandboxId, name, labels: options.labels ?? {}, scope };
    return await this.client.snapshots.createSnapshot(request);
  }

  /** By name. */
  list(): AsyncGenerator<Snapshot> {
    return new Snapshots(this.client).list({ sandboxId: this.sandboxId });
  }
}
