"""Disks of sandboxes as they were at one instant."""

from __future__ import annotations

from typing import AsyncIterator, Mapping, Optional

from skerry import v1

from .client import AsyncClient


class AsyncSnapshots:
    """All snapshots. `sandboxes.create(snapshot=…)` starts from one."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._stubs = client.snapshots

    async def get(self, snapshot_id: str) -> v1.Snapshot:
        """By id or name."""
        request = v1.GetSnapshotRequest(snapshot_id=snapshot_id)
        snapshot: v1.Snapshot = await self._client.call(self._stubs.GetSnapshot, request)
        return snapshot

    def list(self, *, labels: Optional[Mapping[str, str]] = None) -> AsyncIterator[v1.Snapshot]:
        """By name."""
        request = v1.ListSnapshotsRequest(labels=labels or {})
        return self._client.pages(self._stubs.ListSnapshots, request, "snapshots")

    async def delete(self, snapshot_id: str) -> None:
        """Sandboxes that were made from it stay."""
        request = v1.DeleteSnapshotRequest(snapshot_id=snapshot_id)
        await self._client.call(self._stubs.DeleteSnapshot, request)


class AsyncSandboxSnapshots:
    """Snapshots of one sandbox."""

    def __init__(self, client: AsyncClient, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    async def create(
        self, name: str = "", *, labels: Optional[Mapping[str, str]] = None, workspace_only: bool = False
    ) -> v1.Snapshot:
        """Takes one of the disk, or of /workspace alone."""
        scope = v1.SNAPSHOT_SCOPE_WORKSPACE if workspace_only else v1.SNAPSHOT_SCOPE_DISK
        request = v1.CreateSnapshotRequest(
            sandbox_id=self._sandbox_id, name=name, labels=labels or {}, scope=scope
        )
        snapshot: v1.Snapshot = await self._client.call(
            self._client.snapshots.CreateSnapshot, request, once=True
        )
        return snapshot

    def list(self) -> AsyncIterator[v1.Snapshot]:
        """By name."""
        request = v1.ListSnapshotsRequest(sandbox_id=self._sandbox_id)
        return self._client.pages(self._client.snapshots.ListSnapshots, request, "snapshots")
