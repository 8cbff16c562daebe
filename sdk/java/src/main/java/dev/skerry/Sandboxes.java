package dev.skerry;

import dev.skerry.v1.GetSandboxRequest;
import dev.skerry.v1.ListSandboxesRequest;
import dev.skerry.v1.ListSandboxesResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Making and finding sandboxes. */
public final class Sandboxes {
  private final Client client;

  Sandboxes(Client client) {
    this.client = client;
  }

  /** Makes one of an image, which runs. */
  public Sandbox create(String image) {
    return create(image, "", new SandboxOptions());
  }

  /** Makes one, which runs; without an image, of {@code host}. */
  public Sandbox create(String image, String name, SandboxOptions options) {
    var request = options.request().setImage(image).setName(name);
    var asked = request.setRequestId(UUID.randomUUID().toString()).build();
    return new Sandbox(client, client.call(() -> client.sandboxes.createSandbox(asked)));
  }

  /** The one of this name, as it is, or a new one. */
  public Sandbox getOrCreate(String image, String name, SandboxOptions options) {
    try {
      return get(name);
    } catch (SkerryException failed) {
      if (failed.code() != Status.Code.NOT_FOUND) {
        throw failed;
      }
    }
    try {
      return create(image, name, options);
    } catch (SkerryException failed) {
      // Another caller was faster.
      if (failed.code() != Status.Code.ALREADY_EXISTS) {
        throw failed;
      }
    }
    return get(name);
  }

  /** By id or name. */
  public Sandbox get(String sandboxId) {
    var request = GetSandboxRequest.newBuilder().setSandboxId(sandboxId).build();
    return new Sandbox(client, client.call(() -> client.sandboxes.getSandbox(request)));
  }

  /** In order of creation. */
  public List<Sandbox> list() {
    return list(Map.of());
  }

  /** In order of creation; those alone that have all these labels. */
  public List<Sandbox> list(Map<String, String> labels) {
    var request = ListSandboxesRequest.newBuilder().putAllLabels(labels);
    var all =
        client.pages(
            token -> () -> client.sandboxes.listSandboxes(request.setPageToken(token).build()),
            ListSandboxesResponse::getSandboxesList,
            ListSandboxesResponse::getNextPageToken);
    return all.stream().map(info -> new Sandbox(client, info)).toList();
  }
}
