/** Making and finding sandboxes. */

import { call, type Client, pages } from "./client.js";
import { SkerryError } from "./errors.js";
import { Sandbox } from "./sandbox.js";
import { createRequest, type SandboxOptions } from "./spec.js";

/** All sandboxes. */
export class Sandboxes {
  constructor(private readonly client: Client) {}

  /** Makes one, which runs; without an image, of `host`. */
  async create(image = "", name = "", options: SandboxOptions = {}): Promise<Sandbox> {
    const request = createRequest(image, name, options);
    return new Sandbox(this.client, await call(() => this.client.sandboxes.createSandbox(request)));
  }

  /** The one of this name, as it is, or a new one. */
  async getOrCreate(image: string, name: string, options: SandboxOptions = {}): Promise<Sandbox> {
    const found = await unless("NOT_FOUND", this.get(name));
    if (found) return found;
    const made = await unless("ALREADY_EXISTS", this.create(image, name, options));
    // Another caller was faster.
    return made ?? (await this.get(name));
  }

  /** By id or name. */
  async get(sandboxId: string): Promise<Sandbox> {
    return new Sandbox(this.client, await call(() => this.client.sandboxes.getSandbox({ sandboxId })));
  }

  /** In order of creation; those alone that have all these labels. */
  async *list(options: { labels?: Record<string, string> } = {}): AsyncGenerator<Sandbox> {
    const all = pages(
      (pageToken) => this.client.sandboxes.listSandboxes({ ...options, pageToken }),
      (page) => page.sandboxes,
    );
    for await (const info of all) yield new Sandbox(this.client, info);
  }
}

/** What was asked for; undefined where it failed with this code. */
async function unless<T>(code: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (failed) {
    if (failed instanceof SkerryError && failed.code === code) return undefined;
    throw failed;
  }
}
