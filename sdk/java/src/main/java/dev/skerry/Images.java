package dev.skerry;

import dev.skerry.v1.DeleteImageRequest;
import dev.skerry.v1.GetImageRequest;
import dev.skerry.v1.Image;
import dev.skerry.v1.ListImagesRequest;
import dev.skerry.v1.ListImagesResponse;
import dev.skerry.v1.PullImageRequest;
import dev.skerry.v1.PullImageResponse;
import dev.skerry.v1.PullProgress;
import io.grpc.Status;
import java.util.List;
import java.util.function.Consumer;

/** What sandboxes are made from; {@code host} is always there. */
public final class Images {
  private final Client client;

  Images(Client client) {
    this.client = client;
  }

  /** Makes an image from a registry: {@code alpine}, {@code ghcr.io/owner/name:tag}. */
  public Image pull(String reference) {
    return pull(reference, "", progress -> {});
  }

  /** Makes an image of another name from a registry, and tells how far it is. */
  public Image pull(String reference, String name, Consumer<PullProgress> onProgress) {
    var request = PullImageRequest.newBuilder().setReference(reference).setName(name).build();
    try (Messages<PullImageResponse> events =
        client.messages(() -> client.images.pullImage(request))) {
      for (var event : events) {
        if (event.hasImage()) {
          return event.getImage();
        }
        onProgress.accept(event.getProgress());
      }
    }
    var message = "the stream ended before the image";
    throw new SkerryException(Status.Code.UNAVAILABLE, "", message, null);
  }

  /** By id or name. */
  public Image get(String imageId) {
    var request = GetImageRequest.newBuilder().setImageId(imageId).build();
    return client.call(() -> client.images.getImage(request));
  }

  /** By name. */
  public List<Image> list() {
    var request = ListImagesRequest.newBuilder();
    return client.pages(
        token -> () -> client.images.listImages(request.setPageToken(token).build()),
        ListImagesResponse::getImagesList,
        ListImagesResponse::getNextPageToken);
  }

  /** Removes one that no sandbox was made from. */
  public void delete(String imageId) {
    var request = DeleteImageRequest.newBuilder().setImageId(imageId).build();
    client.call(() -> client.images.deleteImage(request));
  }
}
