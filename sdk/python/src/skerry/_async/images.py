"""What sandboxes are made from."""

from __future__ import annotations

from typing import AsyncIterator, Callable, Optional

from skerry import v1

from .client import AsyncClient, cut


class AsyncImages:
    """All images; `host` is always there."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._stubs = client.images

    async def pull(
        self,
        reference: str,
        name: str = "",
        *,
        on_progress: Optional[Callable[[v1.PullProgress], None]] = None,
    ) -> v1.Image:
        """Makes an image from a registry: `alpine`, `ghcr.io/owner/name:tag`."""
        request = v1.PullImageRequest(reference=reference, name=name)
        async for event in self._client.messages(self._stubs.PullImage, request):
            if event.HasField("image"):
                image: v1.Image = event.image
                return image
            if on_progress:
                on_progress(event.progress)
        raise cut("the stream ended before the image")

    async def get(self, image_id: str) -> v1.Image:
        """By id or name."""
        request = v1.GetImageRequest(image_id=image_id)
        image: v1.Image = await self._client.call(self._stubs.GetImage, request)
        return image

    def list(self) -> AsyncIterator[v1.Image]:
        """By name."""
        return self._client.pages(self._stubs.ListImages, v1.ListImagesRequest(), "images")

    async def delete(self, image_id: str) -> None:
        """Removes one that no sandbox was made from."""
        request = v1.DeleteImageRequest(image_id=image_id)
        await self._client.call(self._stubs.DeleteImage, request)
