/** A daemon, however it is reached. */

import type { Transport } from "@connectrpc/connect";

import { again, call, Client } from "./client.js";
import {
  type WatchSandboxesResponse,
  WatchSandboxesResponse_EventType as EventType,
} from "./gen/skerry/v1/sandbox_service_pb.js";
import type { SystemInfo } from "./gen/skerry/v1/system_service_pb.js";
import { Images } from "./images.js";
import { Sandboxes } from "./sandboxes.js";
import { Snapshots } from "./snapshots.js";
import { Tokens } from "./tokens.js";
import { Volumes } from "./volumes.js";

/** What `Skerry` is in every runtime. No call has a deadline of its own. */
export class Daemon {
  /** The stubs, for what has no method here. */
  readonly client: Client;
  readonly sandboxes: Sandboxes;
  readonly snapshots: Snapshots;
  readonly volumes: Volumes;
  readonly images: Images;
  readonly tokens: Tokens;

  constructor(transport: Transport, address: string) {
    this.client = new Client(transport, address);
    this.sandboxes = new Sandboxes(this.client);
    this.snapshots = new Snapshots(this.client);
    this.volumes = new Volumes(this.client);
    this.images = new Images(this.client);
    this.tokens = new Tokens(this.client);
  }

  /** Changes of sandboxes: one EXISTING for each, then CURRENT, then what
   * happens. After a lost connection it begins anew, with EXISTING. */
  async *events(
    options: { sandboxId?: string; labels?: Record<string, string> } = {},
  ): AsyncGenerator<WatchSandboxesResponse> {
    for await (const event of again((signal) => this.client.sandboxes.watchSandboxes(options, { signal }))) {
      if (event.type !== EventType.KEEP_ALIVE) yield event;
    }
  }

  /** What the daemon is, and what isolation its host gives. */
  async info(): Promise<SystemInfo> {
    return await call(() => this.client.system.getSystemInfo({}));
  }
}
