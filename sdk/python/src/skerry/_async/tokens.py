"""What callers are known by."""

from __future__ import annotations

from datetime import datetime
from typing import AsyncIterator, Optional

from google.protobuf.timestamp_pb2 import Timestamp
from skerry import v1

from .client import AsyncClient


class AsyncTokens:
    """All tokens."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._stubs = client.tokens

    async def create(
        self,
        name: str = "",
        *,
        scope: Optional[v1.TokenScope] = None,
        expire_time: Optional[datetime] = None,
    ) -> v1.CreateTokenResponse:
        """Makes one; its `secret` is told this once. Without a scope it is an admin's."""
        request = v1.CreateTokenRequest(name=name, scope=scope)
        if expire_time is not None:
            moment = Timestamp()
            moment.FromDatetime(expire_time)
            request.expire_time.CopyFrom(moment)
        made: v1.CreateTokenResponse = await self._client.call(
            self._stubs.CreateToken, request, once=True
        )
        return made

    def list(self) -> AsyncIterator[v1.Token]:
        """Oldest first."""
        return self._client.pages(self._stubs.ListTokens, v1.ListTokensRequest(), "tokens")

    async def revoke(self, token_id: str) -> None:
        """Takes one away."""
        await self._client.call(self._stubs.RevokeToken, v1.RevokeTokenRequest(token_id=token_id))

    async def identity(self) -> v1.Identity:
        """Who the caller is."""
        identity: v1.Identity = await self._client.call(
            self._stubs.GetIdentity, v1.GetIdentityRequest()
        )
        return identity
