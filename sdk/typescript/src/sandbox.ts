/** One sandbox. */

import { call, type Client } from "./client.js";
import { Commands } from "./commands.js";
import { Files } from "./files.js";
import {
  type Sandbox as SandboxInfo,
  SandboxState,
  type SandboxStats,
} from "./gen/skerry/v1/sandbox_service_pb.js";
import { Ports } from "./ports.js";
import { Pty } from "./pty.js";
import { SandboxSnapshots } from "./snapshots.js";
import { span } from "./spec.js";

/** An isolated Linux machine. With `await using` it is deleted at the end. */
export class Sandbox implements AsyncDisposable {
  readonly commands: Commands;
  readonly files: Files;
  readonly pty: Pty;
  readonly ports: Ports;
  readonly snapshots: SandboxSnapshots;

  constructor(
    private readonly client: Client,
    /** As it was when it was last looked at: see `refresh`. */
    public info: SandboxInfo,
  ) {
    this.commands = new Commands(client, info.id);
    this.files = new Files(client, info.id);
    this.pty = new Pty(client, info.id);
    this.ports = new Ports(client, info.id);
    this.snapshots = new SandboxSnapshots(client, info.id);
  }

  /** Made by the daemon: `sbx_…`. */
  get id(): string {
    return this.info.id;
  }

  /** Unique; the id where none was given. */
  get name(): string {
    return this.info.name;
  }

  /** Where in its life it was when it was last looked at. */
  get state(): keyof typeof SandboxState {
    // One of a newer daemon has no name here.
    const name = SandboxState[this.info.state] ?? SandboxState[SandboxState.UNSPECIFIED];
    return name as keyof typeof SandboxState;
  }

  /** Looks at it again. */
  async refresh(): Promise<this> {
    return await this.become(() => this.client.sandboxes.getSandbox(this.named()));
  }

  /** Starts one that is stopped, on its own disk. */
  async start(): Promise<this> {
    return await this.become(() => this.client.sandboxes.startSandbox(this.named()));
  }

  /** Ends its processes, at most `gracePeriod` milliseconds after SIGTERM, and
   * keeps its disk. */
  async stop(options: { gracePeriod?: number } = {}): Promise<this> {
    const request = { ...this.named(), gracePeriod: span(options.gracePeriod) };
    return await this.become(() => this.client.sandboxes.stopSandbox(request));
  }

  /** Freezes its processes in memory. */
  async pause(): Promise<this> {
    return await this.become(() => this.client.sandboxes.pauseSandbox(this.named()));
  }

  /** Lets a paused one go on. */
  async resume(): Promise<this> {
    return await this.become(() => this.client.sandboxes.resumeSandbox(this.named()));
  }

  /** Makes sandboxes whose disks are what its disk is now. */
  async fork(count = 1, name = ""): Promise<Sandbox[]> {
    const made = await this.client.sandboxes.forkSandbox({ ...this.named(), count, name });
    return made.sandboxes.map((info) => new Sandbox(this.client, info));
  }

  /** Counts as work: its `idleTimeout` starts anew, now or after `period`
   * milliseconds. */
  async keepAlive(period?: number): Promise<this> {
    const request = { ...this.named(), period: span(period) };
    return await this.become(() => this.client.sandboxes.keepAlive(request));
  }

  /** What it uses now: processor, memory, processes, disk, network. Of one that
   * does not run, only the disk is told. It does not count as work. */
  async stats(): Promise<SandboxStats> {
    return await call(() => this.client.sandboxes.getSandboxStats(this.named()));
  }

  /** Ends it and removes its disk; one that is gone is no error. */
  async delete(): Promise<void> {
    await call(() => this.client.sandboxes.deleteSandbox(this.named()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.delete();
  }

  private named() {
    return { sandboxId: this.id };
  }

  private async become(make: () => Promise<SandboxInfo>): Promise<this> {
    this.info = await call(make);
    return this;
  }
}
