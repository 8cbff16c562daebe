# Made by sdk/generate of skerry/_async: change that.
"""Directories that outlive sandboxes."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional

from skerry import v1

from .client import Client


class Volumes:
    """All volumes. `sandboxes.create(volumes={path: volume})` mounts them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stubs = client.volumes

    def create(
        self, name: str = "", *, size: int = 0, labels: Optional[Mapping[str, str]] = None
    ) -> v1.Volume:
        """Makes an empty one, of at most `size` bytes; 0: without a bound."""
        request = v1.CreateVolumeRequest(name=name, size_bytes=size, labels=labels or {})
        volume: v1.Volume = self._client.call(self._stubs.CreateVolume, request, once=True)
        return volume

    def get(self, volume_id: str) -> v1.Volume:
        """By id or name."""
        request = v1.GetVolumeRequest(volume_id=volume_id)
        volume: v1.Volume = self._client.call(self._stubs.GetVolume, request)
        return volume

    def list(self, *, labels: Optional[Mapping[str, str]] = None) -> Iterator[v1.Volume]:
        """By name."""
        request = v1.ListVolumesRequest(labels=labels or {})
        return self._client.pages(self._stubs.ListVolumes, request, "volumes")

    def delete(self, volume_id: str, *, force: bool = False) -> None:
        """Removes it with all in it; with `force` though sandboxes have it."""
        request = v1.DeleteVolumeRequest(volume_id=volume_id, force=force)
        self._client.call(self._stubs.DeleteVolume, request)
