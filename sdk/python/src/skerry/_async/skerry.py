"""A daemon."""

from __future__ import annotations

from types import TracebackType
from typing import AsyncIterator, Mapping, Optional, Type

from skerry import v1
from skerry.backoff import Backoff
from skerry.config import resolve
from skerry.errors import Error

from ._waiting import sleep
from .client import AsyncClient
from .images import AsyncImages
from .sandboxes import AsyncSandboxes
from .snapshots import AsyncSnapshots
from .tokens import AsyncTokens
from .volumes import AsyncVolumes


class AsyncSkerry:
    """A daemon: what is not given comes from `SKERRY_ADDRESS`, `SKERRY_TOKEN`
    and `SKERRY_TLS_CA`, else it is this machine's daemon and its own token.

    No call has a deadline of its own. A peer that has vanished is noticed after
    40 seconds, so that nothing hangs for ever.
    """

    def __init__(
        self, address: Optional[str] = None, token: Optional[str] = None, *, ca: Optional[str] = None
    ) -> None:
        #: The stubs, for what has no method here.
        self.client = AsyncClient(resolve(address, token, ca))
        self.sandboxes = AsyncSandboxes(self.client)
        self.snapshots = AsyncSnapshots(self.client)
        self.volumes = AsyncVolumes(self.client)
        self.images = AsyncImages(self.client)
        self.tokens = AsyncTokens(self.client)

    async def events(
        self, sandbox_id: str = "", *, labels: Optional[Mapping[str, str]] = None
    ) -> AsyncIterator[v1.WatchSandboxesResponse]:
        """Changes of sandboxes: one EXISTING for each, then CURRENT, then what
        happens. After a lost connection it begins anew, with EXISTING."""
        request = v1.WatchSandboxesRequest(sandbox_id=sandbox_id, labels=labels or {})
        backoff = Backoff()
        while True:
            try:
                async for event in self.client.messages(self.client.sandboxes.WatchSandboxes, request):
                    backoff.progress()
                    if event.type != v1.WatchSandboxesResponse.EVENT_TYPE_KEEP_ALIVE:
                        yield event
                return
            except Error as error:
                wait = backoff.after_cut(error)
            await sleep(wait)

    async def info(self) -> v1.SystemInfo:
        """What the daemon is, and what isolation its host gives."""
        info: v1.SystemInfo = await self.client.call(
            self.client.system.GetSystemInfo, v1.GetSystemInfoRequest()
        )
        return info

    async def close(self) -> None:
        """Closes the connection; sandboxes and commands go on."""
        await self.client.close()

    async def __aenter__(self) -> AsyncSkerry:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.close()
