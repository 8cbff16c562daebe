package dev.skerry;

import dev.skerry.v1.CreateVolumeRequest;
import dev.skerry.v1.DeleteVolumeRequest;
import dev.skerry.v1.GetVolumeRequest;
import dev.skerry.v1.ListVolumesRequest;
import dev.skerry.v1.ListVolumesResponse;
import dev.skerry.v1.Volume;
import java.util.List;

/** Directories that outlive sandboxes. {@link SandboxOptions#volume} mounts them. */
public final class Volumes {
  private final Client client;

  Volumes(Client client) {
    this.client = client;
  }

  /** Makes an empty one without a bound. */
  public Volume create(String name) {
    return create(name, 0);
  }

  /** Makes an empty one, of at most so many bytes; 0: without a bound. */
  public Volume create(String name, long size) {
    var request = CreateVolumeRequest.newBuilder().setName(name).setSizeBytes(size).build();
    return Client.once(() -> client.volumes.createVolume(request));
  }

  /** By id or name. */
  public Volume get(String volumeId) {
    var request = GetVolumeRequest.newBuilder().setVolumeId(volumeId).build();
    return client.call(() -> client.volumes.getVolume(request));
  }

  /** By name. */
  public List<Volume> list() {
    var request = ListVolumesRequest.newBuilder();
    return client.pages(
        token -> () -> client.volumes.listVolumes(request.setPageToken(token).build()),
        ListVolumesResponse::getVolumesList,
        ListVolumesResponse::getNextPageToken);
  }

  /** Removes it with all in it; with {@code force} though sandboxes have it. */
  public void delete(String volumeId, boolean force) {
    var request = DeleteVolumeRequest.newBuilder().setVolumeId(volumeId).setForce(force).build();
    client.call(() -> client.volumes.deleteVolume(request));
  }
}
