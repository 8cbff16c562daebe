/** Runs a scenario of sdk/contract: steps in one sandbox. Each `op` is a method. */

import { CommandFailed, type Exec, type Result, type Sandbox, SkerryError, v1 } from "../src/face.js";
import type { Daemon } from "../src/daemon.js";
import { text } from "../src/result.js";
import { SandboxState } from "../src/v1.js";
import { all, camel, path, pick, same, seen } from "./wanted.js";

/** A step, as the file has it. */
export type Step = { op: string; steps?: Step[]; error?: object; want?: unknown } & Record<string, any>;
export interface Scenario {
  name: string;
  steps: Step[];
  options?: Record<string, any>;
  through?: string;
}

/** Which daemon, where it is not that of the environment. */
export interface Opened {
  token?: string;
  address?: string;
  ca?: string;
  cuts?: boolean;
}

/** What differs by runtime. */
export interface Runtime {
  /** Another client of the daemon. */
  open(options: Opened): Daemon;
  /** Prints what was seen of an error. */
  tell(seen: string): void;
  /** SHA-256, in hexadecimal. */
  digest(): { update(data: Uint8Array): void; hex(): Promise<string> };
}

const MIB = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

/** Runs one in a sandbox of its own. */
export async function perform(runtime: Runtime, skerry: Daemon, scenario: Scenario): Promise<void> {
  const options = Object.entries(scenario.options ?? {});
  const named = options.map(([name, value]) => [camel(name.replace(/_ms$/, "")), value]);
  await using sandbox = await skerry.sandboxes.create("host", "", Object.fromEntries(named));
  const cut = scenario.through === "cuts";
  const steps = cut ? [{ op: "through_cuts", steps: scenario.steps }] : scenario.steps;
  await new Running(runtime, skerry, sandbox).steps(steps);
}

class Running {
  private exec: Exec | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly skerry: Daemon,
    private readonly sandbox: Sandbox,
  ) {}

  async steps(steps: Step[]): Promise<void> {
    for (const step of steps) await this.step(step);
  }

  private async step(step: Step): Promise<void> {
    const wanted = step.error;
    try {
      await (this as any)[step.op](step);
    } catch (error) {
      if (!wanted || !(error instanceof Error)) throw error;
      const found = seen(error);
      this.runtime.tell(JSON.stringify(found));
      const names = Object.keys(wanted);
      return same("the error", Object.fromEntries(names.map((name) => [name, found[name]])), wanted);
    }
    same(`the error of ${step.op}`, undefined, wanted);
  }

  private async inside(sandbox: Sandbox, steps: Step[]): Promise<void> {
    await using owned = sandbox;
    await new Running(this.runtime, this.skerry, owned).steps(steps);
  }

  private compare(result: Result, step: Step): void {
    const names = Object.keys((step.want as object) ?? {});
    const found = names.map((name) => [name, (result as any)[camel(name)]]);
    same("the result", Object.fromEntries(found), step.want ?? {});
  }

  // Commands.

  async run(step: Step) {
    const options = pick(step, ["env", "cwd", "user", "input", "max_output"]);
    if (step["timeout_ms"]) options["timeout"] = step["timeout_ms"];
    this.compare(await this.sandbox.commands.run(step["command"], options), step);
  }

  async check(step: Step) {
    try {
      same("the exit code", (await this.sandbox.commands.run(step["command"])).check().exitCode, step.want);
    } catch (failed) {
      if (!(failed instanceof CommandFailed)) throw failed;
      same("the exit code", failed.result.exitCode, step.want);
    }
  }

  async must_exit(step: Step) {
    const options = step["timeout_ms"] ? { timeout: step["timeout_ms"] } : {};
    (await this.sandbox.commands.run(step["command"], options)).check();
  }

  async callbacks(step: Step) {
    const told = { stdout: "", stderr: "" };
    await this.sandbox.commands.run(step["command"], {
      onStdout: (data) => void (told.stdout += text(data)),
      onStderr: async (data) => void (told.stderr += text(data)),
    });
    same("what was told", told, step.want);
  }

  async stream(step: Step) {
    const digest = this.runtime.digest();
    let bytes = 0;
    await using exec = await this.sandbox.commands.stream(step["command"]);
    for await (const event of exec) {
      if (event.kind === "truncated") throw new Error(`truncated before ${event.offset}`);
      digest.update(event.data);
      bytes += event.data.length;
    }
    same("the output", { bytes, sha256: await digest.hex(), exit_code: exec.exitCode }, step.want);
  }

  async both_ways(step: Step) {
    const [sent, received] = [this.runtime.digest(), this.runtime.digest()];
    async function* input() {
      for (let at = 0; at < step["bytes"]; at += MIB.length) {
        sent.update(MIB);
        yield MIB;
      }
    }
    await this.sandbox.commands.run("cat", { input: input(), onStdout: (data) => received.update(data) });
    same("what came back", await received.hex(), await sent.hex());
  }

  async start(step: Step) {
    this.exec = await this.sandbox.commands.start(step["command"], { stdin: step["stdin"] ?? false });
  }

  async pty(step: Step) {
    this.exec = await this.sandbox.pty.start(step["command"], pick(step, ["rows", "columns"]));
  }

  async attach(step: Step) {
    this.exec = this.sandbox.commands.attach(this.exec!.id, { offset: step["offset"] });
  }

  async until(step: Step) {
    let seen = "";
    for await (const event of this.exec!) {
      if (event.kind !== "truncated") seen += text(event.data);
      if (seen.includes(step["text"])) return;
    }
    throw new Error(`${step["text"]} not in ${seen}`);
  }

  async write(step: Step) {
    await this.exec!.write(step["text"]);
  }

  async end_input() {
    await this.exec!.endInput();
  }

  async resize(step: Step) {
    await this.exec!.resize(step["rows"], step["columns"]);
  }

  async signal(step: Step) {
    await this.exec!.signal(step["signal"]);
  }

  async kill() {
    await this.exec!.kill();
  }

  async wait(step: Step) {
    this.compare(await this.exec!.wait(), step);
  }

  async execs(step: Step) {
    same("the number of execs", (await all(this.sandbox.commands.list())).length, step.want);
  }

  // Files.

  async write_file(step: Step) {
    const options = pick(step, ["append", "create_new", "make_parents"]);
    await this.sandbox.files.write(path(step), step["text"], options);
  }

  async read_file(step: Step) {
    same("the file", await this.sandbox.files.readText(path(step)), step.want);
  }

  async digest(step: Step) {
    const digest = this.runtime.digest();
    for await (const piece of this.sandbox.files.readStream(step["path"])) digest.update(piece);
    same("the file's digest", await digest.hex(), step.want);
  }

  async list_files(step: Step) {
    const files = await all(this.sandbox.files.list(step["path"], pick(step, ["recursive"])));
    same("the files", files.map((file) => file.path).sort(), (step.want as string[]).sort());
  }

  async exists(step: Step) {
    for (let tries = 0; tries < 600; tries++) {
      try {
        return void (await this.sandbox.files.stat(step["path"]));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error(`${step["path"]} is not there`);
  }

  async move(step: Step) {
    await this.sandbox.files.move(step["path"], step["to"]);
  }

  async remove(step: Step) {
    await this.sandbox.files.remove(step["path"], pick(step, ["recursive"]));
  }

  async watch(step: Step) {
    for await (const event of this.sandbox.files.watch(step["path"])) {
      if (event.case === "watching") (await this.sandbox.commands.run(step["then"])).check();
      if (event.case === "change") return same("what was changed", event.value.path, step.want);
    }
  }

  async copy_archive(step: Step) {
    await this.sandbox.files.upload(step["to"], this.sandbox.files.download(step["path"]));
  }

  // The sandbox.

  async pause(step: Step) {
    same("the state", (await this.sandbox.pause()).state, step.want);
  }

  async resume(step: Step) {
    same("the state", (await this.sandbox.resume()).state, step.want);
  }

  async stop(step: Step) {
    same("the state", (await this.sandbox.stop({ gracePeriod: 0 })).state, step.want);
  }

  async start_sandbox(step: Step) {
    same("the state", (await this.sandbox.start()).state, step.want);
  }

  async refresh(step: Step) {
    same("the state", (await this.sandbox.refresh()).state, step.want);
  }

  async keep_alive(step: Step) {
    const kept = await this.sandbox.keepAlive(step["period_ms"]);
    same("whether it is kept", kept.info.keepAliveTime !== undefined, true);
  }

  async stats(step: Step) {
    const stats = await this.sandbox.stats();
    const { seconds, nanos } = stats.cpuTime ?? { seconds: 0n, nanos: 0 };
    same("the limit of memory", Number(stats.limits?.memoryBytes), step["memory"]);
    same("whether a processor was used", seconds > 0n || nanos > 0, step["runs"]);
    same("whether memory is told", stats.memoryUsedBytes !== undefined, step["runs"]);
    same("whether processes are told", stats.pids !== undefined, step["runs"]);
    same("the state", SandboxState[stats.state], step.want);
  }

  async fork(step: Step) {
    const forks = await this.sandbox.fork(step["count"]);
    same("the number of forks", forks.length, step["count"]);
    for (const fork of forks) await this.inside(fork, step.steps!);
  }

  async snapshot(step: Step) {
    await this.sandbox.snapshots.create(step["name"]);
    const found = await all(this.sandbox.snapshots.list());
    same("the snapshots", found.map((snapshot) => snapshot.name), [step["name"]]);
  }

  async from_snapshot(step: Step) {
    const made = await this.skerry.sandboxes.create("", "", { snapshot: step["name"] });
    await this.inside(made, step.steps!);
  }

  async delete_snapshot(step: Step) {
    await this.skerry.snapshots.delete(step["name"]);
  }

  async volume(step: Step) {
    await this.skerry.volumes.create(step["name"]);
    await this.steps(step.steps!);
    await this.skerry.volumes.delete(step["name"]);
  }

  async with_volume(step: Step) {
    const volumes = { [step["path"]]: step["name"] };
    await this.inside(await this.skerry.sandboxes.create("", "", { volumes }), step.steps!);
  }

  async url(step: Step) {
    const url = await this.sandbox.ports.url(step["port"]);
    same(`a part of ${url}`, url.includes(step.want as string), true);
  }

  async create(step: Step) {
    await (await this.skerry.sandboxes.create(step["image"] ?? "host", step["name"])).delete();
  }

  async get(step: Step) {
    await this.skerry.sandboxes.get(step["name"]);
  }

  async get_or_create(step: Step) {
    await using first = await this.skerry.sandboxes.getOrCreate("host", step["name"]);
    const second = await this.skerry.sandboxes.getOrCreate("host", step["name"]);
    same("the second's id", second.id, first.id);
  }

  // The daemon.

  async token(step: Step) {
    const made = await this.skerry.tokens.create(step["name"]);
    const other = this.runtime.open({ token: made.secret });
    same("who calls", (await other.tokens.identity()).token?.id, made.token?.id);
    const ids = (await all(this.skerry.tokens.list())).map((token) => token.id);
    same("whether it is listed", ids.includes(made.token!.id), true);
    await this.skerry.tokens.revoke(made.token!.id);
    const refused = await other.info().catch((error: unknown) => error);
    same("the code", refused instanceof SkerryError && refused.code, "UNAUTHENTICATED");
  }

  async events() {
    const kinds: number[] = [];
    for await (const event of this.skerry.events({ sandboxId: this.sandbox.id })) {
      kinds.push(event.type);
      if (event.type === 2) await this.sandbox.delete();
      if (event.type === 5) break;
    }
    same("the first events", kinds.slice(0, 2), [1, 2]);
  }

  async images(step: Step) {
    const names = (await all(this.skerry.images.list())).map((image) => image.name);
    same(`${step.want} in the images`, names.includes(step.want as string), true);
  }

  async info(step: Step) {
    same("the API", (await this.skerry.info()).apiVersion, step.want);
  }

  async delete_volume(step: Step) {
    await this.skerry.volumes.delete(step["name"]);
  }

  async revoked_midway() {
    const made = await this.skerry.tokens.create("soon revoked");
    const other = this.runtime.open({ token: made.secret });
    const sandbox = await other.sandboxes.get(this.sandbox.id);
    await using exec = await sandbox.commands.stream("echo ready; sleep 1000");
    for await (const _ of exec) await this.skerry.tokens.revoke(made.token!.id);
  }

  async unknown_method() {
    const juggle = { ...v1.SandboxService.method.getSandbox, name: "Juggle" };
    const service = { ...v1.SandboxService, methods: [juggle] };
    await this.skerry.client.of(service as typeof v1.SandboxService).getSandbox({});
  }

  async other(step: Step) {
    const other = this.runtime.open(pick(step, ["address", "token", "ca"]));
    if (!step.steps) return void (await other.info());
    const { sandbox } = this;
    const here = step["elsewhere"] ? sandbox : await other.sandboxes.get(sandbox.id);
    await new Running(this.runtime, other, here).steps(step.steps);
  }

  async through_cuts(step: Step) {
    const cut = this.runtime.open({ cuts: true });
    await new Running(this.runtime, cut, await cut.sandboxes.get(this.sandbox.id)).steps(step.steps!);
  }
}
