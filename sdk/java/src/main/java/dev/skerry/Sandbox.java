package dev.skerry;

import dev.skerry.v1.DeleteSandboxRequest;
import dev.skerry.v1.ForkSandboxRequest;
import dev.skerry.v1.GetSandboxRequest;
import dev.skerry.v1.GetSandboxStatsRequest;
import dev.skerry.v1.KeepAliveRequest;
import dev.skerry.v1.PauseSandboxRequest;
import dev.skerry.v1.ResumeSandboxRequest;
import dev.skerry.v1.SandboxState;
import dev.skerry.v1.SandboxStats;
import dev.skerry.v1.StartSandboxRequest;
import dev.skerry.v1.StopSandboxRequest;
import java.time.Duration;
import java.util.List;

/** An isolated Linux machine. In a try-with-resources it is deleted at the end. */
public final class Sandbox implements AutoCloseable {
  private final Client client;
  private final String id;
  private final Commands commands;
  private final Files files;
  private final Pty pty;
  private final Ports ports;
  private final SandboxSnapshots snapshots;
  private volatile dev.skerry.v1.Sandbox info;

  Sandbox(Client client, dev.skerry.v1.Sandbox info) {
    this.client = client;
    this.info = info;
    id = info.getId();
    commands = new Commands(client, id);
    files = new Files(client, id);
    pty = new Pty(client, id);
    ports = new Ports(client, id);
    snapshots = new SandboxSnapshots(client, id);
  }

  /** As it was when it was last looked at: see {@link #refresh}. */
  public dev.skerry.v1.Sandbox info() {
    return info;
  }

  /** Made by the daemon: {@code sbx_…}. */
  public String id() {
    return id;
  }

  /** Unique; the id where none was given. */
  public String name() {
    return info.getName();
  }

  /** Where in its life it was when it was last looked at: {@code RUNNING}. */
  public String state() {
    SandboxState state = info.getState();
    if (state == SandboxState.UNRECOGNIZED) {
      // Of a newer daemon.
      state = SandboxState.SANDBOX_STATE_UNSPECIFIED;
    }
    return state.name().substring("SANDBOX_STATE_".length());
  }

  public Commands commands() {
    return commands;
  }

  public Files files() {
    return files;
  }

  public Pty pty() {
    return pty;
  }

  public Ports ports() {
    return ports;
  }

  public SandboxSnapshots snapshots() {
    return snapshots;
  }

  /** Looks at it again. */
  public Sandbox refresh() {
    var request = GetSandboxRequest.newBuilder().setSandboxId(id).build();
    return become(() -> client.sandboxes.getSandbox(request));
  }

  /** Starts one that is stopped, on its own disk. */
  public Sandbox start() {
    var request = StartSandboxRequest.newBuilder().setSandboxId(id).build();
    return become(() -> client.sandboxes.startSandbox(request));
  }

  /** Ends its processes, at most 10 seconds after SIGTERM, and keeps its disk. */
  public Sandbox stop() {
    return stop(Duration.ofSeconds(10));
  }

  /** Ends its processes, at most so long after SIGTERM, and keeps its disk. */
  public Sandbox stop(Duration gracePeriod) {
    var request = StopSandboxRequest.newBuilder().setSandboxId(id);
    request.setGracePeriod(Spans.of(gracePeriod));
    return become(() -> client.sandboxes.stopSandbox(request.build()));
  }

  /** Freezes its processes in memory. */
  public Sandbox pause() {
    var request = PauseSandboxRequest.newBuilder().setSandboxId(id).build();
    return become(() -> client.sandboxes.pauseSandbox(request));
  }

  /** Lets a paused one go on. */
  public Sandbox resume() {
    var request = ResumeSandboxRequest.newBuilder().setSandboxId(id).build();
    return become(() -> client.sandboxes.resumeSandbox(request));
  }

  /** Makes sandboxes whose disks are what its disk is now. */
  public List<Sandbox> fork(int count) {
    return fork(count, "");
  }

  /** The same with a name; of several, it gets {@code -1}, {@code -2} and so on. */
  public List<Sandbox> fork(int count, String name) {
    var request = ForkSandboxRequest.newBuilder().setSandboxId(id).setCount(count).setName(name);
    var made = Client.once(() -> client.sandboxes.forkSandbox(request.build()));
    return made.getSandboxesList().stream().map(fork -> new Sandbox(client, fork)).toList();
  }

  /** Counts as work: its idle timeout starts anew after so long. */
  public Sandbox keepAlive(Duration period) {
    var request = KeepAliveRequest.newBuilder().setSandboxId(id).setPeriod(Spans.of(period));
    return become(() -> client.sandboxes.keepAlive(request.build()));
  }

  /** Counts as work: its idle timeout starts anew. */
  public Sandbox keepAlive() {
    var request = KeepAliveRequest.newBuilder().setSandboxId(id).build();
    return become(() -> client.sandboxes.keepAlive(request));
  }

  /**
   * What it uses now: processor, memory, processes, disk, network. Of one that does not run, only
   * the disk is told. It does not count as work.
   */
  public SandboxStats stats() {
    var request = GetSandboxStatsRequest.newBuilder().setSandboxId(id).build();
    return client.call(() -> client.sandboxes.getSandboxStats(request));
  }

  /** Ends it and removes its disk; one that is gone is no error. */
  public void delete() {
    var request = DeleteSandboxRequest.newBuilder().setSandboxId(id).build();
    client.call(() -> client.sandboxes.deleteSandbox(request));
  }

  /** Deletes it. */
  @Override
  public void close() {
    delete();
  }

  private Sandbox become(Client.Call<dev.skerry.v1.Sandbox> call) {
    info = client.call(call);
    return this;
  }
}
