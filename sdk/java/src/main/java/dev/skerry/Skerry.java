package dev.skerry;

import dev.skerry.v1.GetSystemInfoRequest;
import dev.skerry.v1.SystemInfo;
import dev.skerry.v1.WatchSandboxesRequest;
import dev.skerry.v1.WatchSandboxesResponse;
import java.io.File;

/**
 * A daemon: what is not given comes from {@code SKERRY_ADDRESS}, {@code SKERRY_TOKEN} and {@code
 * SKERRY_TLS_CA}, else it is this machine's daemon and its own token. Many threads may use it.
 *
 * <p>No call has a deadline of its own; interrupt its thread to give up. A peer that has vanished
 * is noticed after 40 seconds, so that nothing hangs for ever.
 */
public final class Skerry implements AutoCloseable {
  private final Client client;
  private final Sandboxes sandboxes;
  private final Snapshots snapshots;
  private final Volumes volumes;
  private final Images images;
  private final Tokens tokens;

  /** The daemon of the environment. */
  public Skerry() {
    this(null, null, null);
  }

  /** The daemon at {@code host:port} or {@code https://host:port}. */
  public Skerry(String address, String token) {
    this(address, token, null);
  }

  /** The same, and a file of certificates in PEM to trust in place of the system's. */
  public Skerry(String address, String token, File ca) {
    client = new Client(Config.resolve(address, token, ca));
    sandboxes = new Sandboxes(client);
    snapshots = new Snapshots(client);
    volumes = new Volumes(client);
    images = new Images(client);
    tokens = new Tokens(client);
  }

  /** The stubs, for what has no method here. */
  public Client client() {
    return client;
  }

  public Sandboxes sandboxes() {
    return sandboxes;
  }

  public Snapshots snapshots() {
    return snapshots;
  }

  public Volumes volumes() {
    return volumes;
  }

  public Images images() {
    return images;
  }

  public Tokens tokens() {
    return tokens;
  }

  /**
   * Changes of sandboxes: one EXISTING for each, then CURRENT, then what happens, and KEEP_ALIVE
   * where nothing does. After a lost connection it begins anew, with EXISTING. A request without
   * fields is for all sandboxes.
   */
  public Messages<WatchSandboxesResponse> events(WatchSandboxesRequest request) {
    return client.again(() -> client.sandboxes.watchSandboxes(request));
  }

  /** What the daemon is, and what isolation its host gives. */
  public SystemInfo info() {
    return client.call(() -> client.system.getSystemInfo(GetSystemInfoRequest.getDefaultInstance()));
  }

  /** Closes the connection; sandboxes and commands go on. */
  @Override
  public void close() {
    client.close();
  }
}
