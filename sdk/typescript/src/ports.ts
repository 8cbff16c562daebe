/** Ports of a sandbox, seen from outside it. */

import { call, type Client } from "./client.js";
import type { PortUrls } from "./gen/skerry/v1/preview_service_pb.js";
import { span } from "./spec.js";

/** The ports that the sandbox was created with. */
export class Ports {
  constructor(
    private readonly client: Client,
    private readonly sandboxId: string,
  ) {}

  /** A link for a browser that opens a port for `ttl` milliseconds; none: an hour. */
  async url(port: number, options: { ttl?: number } = {}): Promise<string> {
    const request = { sandboxId: this.sandboxId, port, ttl: span(options.ttl) };
    return (await call(() => this.client.previews.getPreviewUrl(request))).url;
  }

  /** The ports and where each is found. */
  async list(): Promise<PortUrls[]> {
    return (await call(() => this.client.previews.listUrls({ sandboxId: this.sandboxId }))).ports;
  }
}
