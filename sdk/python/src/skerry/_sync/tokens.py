# Made by sdk/generate of skerry/_async: change that.
"""What callers are known by."""

from __future__ import annotations

from datetime import datetime
from typing import Iterator, Optional

from google.protobuf.timestamp_pb2 import Timestamp
from skerry import v1

from .client import Client


class Tokens:
    """All tokens."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stubs = client.tokens

    def create(
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
        made: v1.CreateTokenResponse = self._client.call(
            self._stubs.CreateToken, request, once=True
        )
        return made

    def list(self) -> Iterator[v1.Token]:
        """Oldest first."""
        return self._client.pages(self._stubs.ListTokens, v1.ListTokensRequest(), "tokens")

    def revoke(self, token_id: str) -> None:
        """Takes one away."""
        self._client.call(self._stubs.RevokeToken, v1.RevokeTokenRequest(token_id=token_id))

    def identity(self) -> v1.Identity:
        """Who the caller is."""
        identity: v1.Identity = self._client.call(
            self._stubs.GetIdentity, v1.GetIdentityRequest()
        )
        return identity
