/** Directories that outlive sandboxes. */

import { call, type Client, pages } from "./client.js";
import type { Volume } from "./gen/skerry/v1/volume_service_pb.js";

/** All volumes. `sandboxes.create` with `volumes` mounts them. */
export class Volumes {
  constructor(private readonly client: Client) {}

  /** Makes an empty one, of at most `size` bytes; none: without a bound. */
  async create(
    name = "",
    options: { size?: number; labels?: Record<string, string> } = {},
  ): Promise<Volume> {
    const request = { name, sizeBytes: BigInt(options.size ?? 0), labels: options.labels ?? {} };
    return await this.client.volumes.createVolume(request);
  }

  /** By id or name. */
  async get(volumeId: string): Promise<Volume> {
    return await call(() => this.client.volumes.getVolume({ volumeId }));
  }

  /** By name. */
  list(options: { labels?: Record<string, string> } = {}): AsyncGenerator<Volume> {
    return pages(
      (pageToken) => this.client.volumes.listVolumes({ ...options, pageToken }),
      (page) => page.volumes,
    );
  }

  /** Removes it with all in it; with `force` though sandboxes have it. */
  async delete(volumeId: string, options: { force?: boolean } = {}): Promise<void> {
    await call(() => this.client.volumes.deleteVolume({ volumeId, ...options }));
  }
}
