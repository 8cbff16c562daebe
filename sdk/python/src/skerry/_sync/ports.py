# Made by sdk/generate of skerry/_async: change that.
"""Ports of a sandbox, seen from outside it."""

from __future__ import annotations

from typing import List, Optional

from skerry import v1
from skerry.spec import Span, span

from .client import Client


class Ports:
    """The ports that the sandbox was created with."""

    def __init__(self, client: Client, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    def url(self, port: int, *, ttl: Optional[Span] = None) -> str:
        """A link for a browser that opens a port for `ttl`; none: an hour."""
        request = v1.GetPreviewUrlRequest(sandbox_id=self._sandbox_id, port=port, ttl=span(ttl))
        answer: v1.GetPreviewUrlResponse = self._client.call(
            self._client.previews.GetPreviewUrl, request
        )
        return answer.url

    def list(self) -> List[v1.PortUrls]:
        """The ports and where each is found."""
        request = v1.ListUrlsRequest(sandbox_id=self._sandbox_id)
        answer = self._client.call(self._client.previews.ListUrls, request)
        return list(answer.ports)
