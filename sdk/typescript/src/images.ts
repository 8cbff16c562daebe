/** What sandboxes are made from. */

import { call, type Client, messages, pages } from "./client.js";
import { SkerryError } from "./errors.js";
import type { Image, PullProgress } from "./gen/skerry/v1/image_service_pb.js";

/** All images; `host` is always there. */
export class Images {
  constructor(private readonly client: Client) {}

  /** Makes an image from a registry: `alpine`, `ghcr.io/owner/name:tag`. */
  async pull(
    reference: string,
    options: { name?: string; onProgress?: (progress: PullProgress) => void } = {},
  ): Promise<Image> {
    const request = { reference, name: options.name ?? "" };
    const events = messages((signal) => this.client.images.pullImage(request, { signal }));
    for await (const { event } of events) {
      if (event.case === "image") return event.value;
      if (event.case === "progress") options.onProgress?.(event.value);
    }
    throw new SkerryError("UNAVAILABLE", "", "the stream ended before the image");
  }

  /** By id or name. */
  async get(imageId: string): Promise<Image> {
    return await call(() => this.client.images.getImage({ imageId }));
  }

  /** By name. */
  list(): AsyncGenerator<Image> {
    return pages(
      (pageToken) => this.client.images.listImages({ pageToken }),
      (page) => page.images,
    );
  }

  /** Removes one that no sandbox was made from. */
  async delete(imageId: string): Promise<void> {
    await call(() => this.client.images.deleteImage({ imageId }));
  }
}
