"""Making and finding sandboxes."""

from __future__ import annotations

from typing import AsyncIterator, Mapping, Optional
from uuid import uuid4

from skerry import v1
from skerry.errors import Code, Error
from skerry.spec import SandboxOptions, create_request
from typing_extensions import Unpack

from .client import AsyncClient
from .sandbox import AsyncSandbox


class AsyncSandboxes:
    """All sandboxes."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._stubs = client.sandboxes

    async def create(
        self, image: str = "", name: str = "", **options: Unpack[SandboxOptions]
    ) -> AsyncSandbox:
        """Makes one, which runs; without an image, of `host`."""
        request = create_request(image, name, str(uuid4()), options)
        return AsyncSandbox(self._client, await self._client.call(self._stubs.CreateSandbox, request))

    async def get_or_create(
        self, image: str, name: str, **options: Unpack[SandboxOptions]
    ) -> AsyncSandbox:
        """The one of this name, as it is, or a new one."""
        try:
            return await self.get(name)
        except Error as error:
            if error.code is not Code.NOT_FOUND:
                raise
        try:
            return await self.create(image, name, **options)
        except Error as taken:
            # Another caller was faster.
            if taken.code is not Code.ALREADY_EXISTS:
                raise
        return await self.get(name)

    async def get(self, sandbox_id: str) -> AsyncSandbox:
        """By id or name."""
        request = v1.GetSandboxRequest(sandbox_id=sandbox_id)
        return AsyncSandbox(self._client, await self._client.call(self._stubs.GetSandbox, request))

    async def list(self, *, labels: Optional[Mapping[str, str]] = None) -> AsyncIterator[AsyncSandbox]:
        """In order of creation; those alone that have all these labels."""
        request = v1.ListSandboxesRequest(labels=labels or {})
        async for info in self._client.pages(self._stubs.ListSandboxes, request, "sandboxes"):
            yield AsyncSandbox(self._client, info)
