package dev.skerry;

import dev.skerry.v1.GetPreviewUrlRequest;
import dev.skerry.v1.ListUrlsRequest;
import dev.skerry.v1.PortUrls;
import java.time.Duration;
import java.util.List;

/** The ports that a sandbox was created with, seen from outside it. */
public final class Ports {
  private final Client client;
  private final String sandboxId;

  Ports(Client client, String sandboxId) {
    this.client = client;
    this.sandboxId = sandboxId;
  }

  /** A link for a browser that opens a port for an hour. */
  public String url(int port) {
    return url(port, Duration.ofHours(1));
  }

  /** A link for a browser that opens a port for so long. */
  public String url(int port, Duration ttl) {
    var request = GetPreviewUrlRequest.newBuilder().setSandboxId(sandboxId).setPort(port);
    var asked = request.setTtl(Spans.of(ttl)).build();
    return client.call(() -> client.previews.getPreviewUrl(asked)).getUrl();
  }

  /** The ports and where each is found. */
  public List<PortUrls> list() {
    var request = ListUrlsRequest.newBuilder().setSandboxId(sandboxId).build();
    return client.call(() -> client.previews.listUrls(request)).getPortsList();
  }
}
