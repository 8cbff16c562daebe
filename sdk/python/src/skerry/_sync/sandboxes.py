# Made by sdk/generate of skerry/_async: change that.
"""Making and finding sandboxes."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional
from uuid import uuid4

from skerry import v1
from skerry.errors import Code, Error
from skerry.spec import SandboxOptions, create_request
from typing_extensions import Unpack

from .client import Client
from .sandbox import Sandbox


class Sandboxes:
    """All sandboxes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stubs = client.sandboxes

    def create(
        self, image: str = "", name: str = "", **options: Unpack[SandboxOptions]
    ) -> Sandbox:
        """Makes one, which runs; without an image, of `host`."""
        request = create_request(image, name, str(uuid4()), options)
        return Sandbox(self._client, self._client.call(self._stubs.CreateSandbox, request))

    def get_or_create(
        self, image: str, name: str, **options: Unpack[SandboxOptions]
    ) -> Sandbox:
        """The one of this name, as it is, or a new one."""
        try:
            return self.get(name)
        except Error as error:
            if error.code is not Code.NOT_FOUND:
                raise
        try:
            return self.create(image, name, **options)
        except Error as taken:
            # Another caller was faster.
            if taken.code is not Code.ALREADY_EXISTS:
                raise
        return self.get(name)

    def get(self, sandbox_id: str) -> Sandbox:
        """By id or name."""
        request = v1.GetSandboxRequest(sandbox_id=sandbox_id)
        return Sandbox(self._client, self._client.call(self._stubs.GetSandbox, request))

    def list(self, *, labels: Optional[Mapping[str, str]] = None) -> Iterator[Sandbox]:
        """In order of creation; those alone that have all these labels."""
        request = v1.ListSandboxesRequest(labels=labels or {})
        for info in self._client.pages(self._stubs.ListSandboxes, request, "sandboxes"):
            yield Sandbox(self._client, info)
