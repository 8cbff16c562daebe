package dev.skerry;

import dev.skerry.v1.CreateSandboxRequest;
import dev.skerry.v1.NetworkPolicy;
import dev.skerry.v1.OnExec;
import dev.skerry.v1.OnIdle;
import dev.skerry.v1.Port;
import dev.skerry.v1.PullPolicy;
import dev.skerry.v1.VolumeMount;
import java.time.Duration;
import java.util.Map;

/** What a sandbox is to be like, where the daemon's defaults won't do. */
public final class SandboxOptions {
  private final CreateSandboxRequest.Builder request = CreateSandboxRequest.newBuilder();

  /** The caller's own. */
  public SandboxOptions labels(Map<String, String> labels) {
    request.putAllLabels(labels);
    return this;
  }

  /** Environment of every command. */
  public SandboxOptions env(Map<String, String> env) {
    request.putAllEnv(env);
    return this;
  }

  /** Bytes, swap included. */
  public SandboxOptions memory(long bytes) {
    request.getLimitsBuilder().setMemoryBytes(bytes);
    return this;
  }

  /** Processors: 1.5 is one and a half. */
  public SandboxOptions cpus(double cpus) {
    request.getLimitsBuilder().setCpuMillis(Math.round(cpus * 1000));
    return this;
  }

  /** Processes and threads at once. */
  public SandboxOptions pids(long pids) {
    request.getLimitsBuilder().setPids(pids);
    return this;
  }

  /** Bytes on its disk beyond its image. */
  public SandboxOptions disk(long bytes) {
    request.getLimitsBuilder().setDiskBytes(bytes);
    return this;
  }

  /** How long without work until it is stopped, or what {@link #onIdle} says; else for ever. */
  public SandboxOptions idleTimeout(Duration timeout) {
    request.getTimeoutsBuilder().setIdleTimeout(Spans.of(timeout));
    return this;
  }

  /** What happens when {@link #idleTimeout} has run out. */
  public SandboxOptions onIdle(OnIdle onIdle) {
    request.getTimeoutsBuilder().setOnIdle(onIdle);
    return this;
  }

  /** How long after its start it is stopped, whatever it does; else never. */
  public SandboxOptions maxLifetime(Duration lifetime) {
    request.getTimeoutsBuilder().setMaxLifetime(Spans.of(lifetime));
    return this;
  }

  /** How long after its stop it is deleted; else never. */
  public SandboxOptions autoDelete(Duration after) {
    request.getTimeoutsBuilder().setAutoDelete(Spans.of(after));
    return this;
  }

  /** It never counts as idle, and runs again when its host does. */
  public SandboxOptions alwaysOn() {
    request.getTimeoutsBuilder().setAlwaysOn(true);
    return this;
  }

  /** The image is pulled where it is not there. */
  public SandboxOptions pull() {
    request.setPullPolicy(PullPolicy.PULL_POLICY_MISSING);
    return this;
  }

  /** A command starts it where it is stopped and resumes it where it is paused. */
  public SandboxOptions wake() {
    request.setOnExec(OnExec.ON_EXEC_WAKE);
    return this;
  }

  /** A port that may be reached from outside. */
  public SandboxOptions port(int port) {
    return port(Port.newBuilder().setPort(port).build());
  }

  /** A port that may be reached from outside, and how. */
  public SandboxOptions port(Port port) {
    request.addPorts(port);
    return this;
  }

  /** A volume, by id or name, at a path. */
  public SandboxOptions volume(String path, String volumeId) {
    request.addMounts(VolumeMount.newBuilder().setPath(path).setVolumeId(volumeId));
    return this;
  }

  /** A snapshot to start from, by id or name. */
  public SandboxOptions snapshot(String snapshotId) {
    request.setSnapshotId(snapshotId);
    return this;
  }

  /** What it may reach; else the daemon's default. */
  public SandboxOptions network(NetworkPolicy policy) {
    request.setNetworkPolicy(policy);
    return this;
  }

  /** The user of commands that name none. */
  public SandboxOptions user(String user) {
    request.setUser(user);
    return this;
  }

  /** The working directory of commands that name none. */
  public SandboxOptions cwd(String cwd) {
    request.setCwd(cwd);
    return this;
  }

  CreateSandboxRequest.Builder request() {
    return request.clone();
  }
}
