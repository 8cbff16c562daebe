"""One sandbox."""

from __future__ import annotations

from types import TracebackType
from typing import Any, List, Optional, Type

from skerry import v1
from skerry.spec import Span, span

from .client import AsyncClient
from .commands import AsyncCommands
from .files import AsyncFiles
from .ports import AsyncPorts
from .pty import AsyncPty
from .snapshots import AsyncSandboxSnapshots


class AsyncSandbox:
    """An isolated Linux machine. As a context manager it is deleted at the end."""

    def __init__(self, client: AsyncClient, info: v1.Sandbox) -> None:
        self._client = client
        self._stubs = client.sandboxes
        #: As it was when it was last looked at: see `refresh`.
        self.info = info
        self.commands = AsyncCommands(client, info.id)
        self.files = AsyncFiles(client, info.id)
        self.pty = AsyncPty(client, info.id)
        self.ports = AsyncPorts(client, info.id)
        self.snapshots = AsyncSandboxSnapshots(client, info.id)

    @property
    def id(self) -> str:
        """Made by the daemon: `sbx_…`."""
        return self.info.id

    @property
    def name(self) -> str:
        """Unique; the id where none was given."""
        return self.info.name

    @property
    def state(self) -> str:
        """Where in its life it was when it was last looked at: `RUNNING`."""
        state = self.info.state
        if state not in v1.SandboxState.values():  # of a newer daemon
            state = v1.SANDBOX_STATE_UNSPECIFIED
        return v1.SandboxState.Name(state)[len("SANDBOX_STATE_") :]

    async def refresh(self) -> AsyncSandbox:
        """Looks at it again."""
        return await self._become(self._stubs.GetSandbox, v1.GetSandboxRequest(sandbox_id=self.id))

    async def start(self) -> AsyncSandbox:
        """Starts one that is stopped, on its own disk."""
        return await self._become(self._stubs.StartSandbox, v1.StartSandboxRequest(sandbox_id=self.id))

    async def stop(self, *, grace_period: Optional[Span] = None) -> AsyncSandbox:
        """Ends its processes and keeps its disk."""
        request = v1.StopSandboxRequest(sandbox_id=self.id, grace_period=span(grace_period))
        return await self._become(self._stubs.StopSandbox, request)

    async def pause(self) -> AsyncSandbox:
        """Freezes its processes in memory."""
        return await self._become(self._stubs.PauseSandbox, v1.PauseSandboxRequest(sandbox_id=self.id))

    async def resume(self) -> AsyncSandbox:
        """Lets a paused one go on."""
        return await self._become(self._stubs.ResumeSandbox, v1.ResumeSandboxRequest(sandbox_id=self.id))

    async def fork(self, count: int = 1, name: str = "") -> List[AsyncSandbox]:
        """Makes sandboxes whose disks are what its disk is now."""
        request = v1.ForkSandboxRequest(sandbox_id=self.id, count=count, name=name)
        made = await self._client.call(self._stubs.ForkSandbox, request, once=True)
        return [AsyncSandbox(self._client, info) for info in made.sandboxes]

    async def keep_alive(self, period: Optional[Span] = None) -> AsyncSandbox:
        """Counts as work: its `idle_timeout` starts anew, now or after `period`."""
        request = v1.KeepAliveRequest(sandbox_id=self.id, period=span(period))
        return await self._become(self._stubs.KeepAlive, request)

    async def stats(self) -> v1.SandboxStats:
        """What it uses now: processor, memory, processes, disk, network. Of one
        that does not run, only the disk is told. It does not count as work."""
        request = v1.GetSandboxStatsRequest(sandbox_id=self.id)
        stats: v1.SandboxStats = await self._client.call(self._stubs.GetSandboxStats, request)
        return stats

    async def delete(self) -> None:
        """Ends it and removes its disk; one that is gone is no error."""
        await self._client.call(
            self._stubs.DeleteSandbox, v1.DeleteSandboxRequest(sandbox_id=self.id)
        )

    async def __aenter__(self) -> AsyncSandbox:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.delete()

    async def _become(self, method: Any, request: Any) -> AsyncSandbox:
        self.info = await self._client.call(method, request)
        return self
