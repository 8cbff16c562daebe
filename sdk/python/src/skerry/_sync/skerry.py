# Made by sdk/generate of skerry/_async: change that.
"""A daemon."""

from __future__ import annotations

from types import TracebackType
from typing import Iterator, Mapping, Optional, Type

from skerry import v1
from skerry.backoff import Backoff
from skerry.config import resolve
from skerry.errors import Error

from ._waiting import sleep
from .client import Client
from .images import Images
from .sandboxes import Sandboxes
from .snapshots import Snapshots
from .tokens import Tokens
from .volumes import Volumes


class Skerry:
    """A daemon: what is not given comes from `SKERRY_ADDRESS`, `SKERRY_TOKEN`
    and `SKERRY_TLS_CA`, else it is this machine's daemon and its own token.

    No call has a deadline of its own. A peer that has vanished is noticed after
    40 seconds, so that nothing hangs for ever.
    """

    def __init__(
        self, address: Optional[str] = None, token: Optional[str] = None, *, ca: Optional[str] = None
    ) -> None:
        #: The stubs, for what has no method here.
        self.client = Client(resolve(address, token, ca))
        self.sandboxes = Sandboxes(self.client)
        self.snapshots = Snapshots(self.client)
        self.volumes = Volumes(self.client)
        self.images = Images(self.client)
        self.tokens = Tokens(self.client)

    def events(
        self, sandbox_id: str = "", *, labels: Optional[Mapping[str, str]] = None
    ) -> Iterator[v1.WatchSandboxesResponse]:
        """Changes of sandboxes: one EXISTING for each, then CURRENT, then what
        happens. After a lost connection it begins anew, with EXISTING."""
        request = v1.WatchSandboxesRequest(sandbox_id=sandbox_id, labels=labels or {})
        backoff = Backoff()
        while True:
            try:
                for event in self.client.messages(self.client.sandboxes.WatchSandboxes, request):
                    backoff.progress()
                    if event.type != v1.WatchSandboxesResponse.EVENT_TYPE_KEEP_ALIVE:
                        yield event
                return
            except Error as error:
                wait = backoff.after_cut(error)
            sleep(wait)

    def info(self) -> v1.SystemInfo:
        """What the daemon is, and what isolation its host gives."""
        info: v1.SystemInfo = self.client.call(
            self.client.system.GetSystemInfo, v1.GetSystemInfoRequest()
        )
        return info

    def close(self) -> None:
        """Closes the connection; sandboxes and commands go on."""
        self.client.close()

    def __enter__(self) -> Skerry:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
