"""What waiting is, with asyncio. The twin without is in `_sync`."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, AsyncIterator, Awaitable, Callable, Deque, Generic, Optional, TypeVar, Union

import grpc
from skerry.config import CHANNEL_OPTIONS, Config

T = TypeVar("T")
#: Told of each piece of output.
AsyncCallback = Callable[[bytes], Union[None, Awaitable[None]]]

# Messages that wait to be sent.
_DEPTH = 4


def open_channel(config: Config) -> grpc.aio.Channel:
    """A connection that is made on the first call, and anew when it is lost."""
    if not config.secure:
        return grpc.aio.insecure_channel(config.target, options=CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(config.ca)
    return grpc.aio.secure_channel(config.target, credentials, options=CHANNEL_OPTIONS)


async def sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def tell(callback: Optional[AsyncCallback], data: bytes) -> None:
    """Calls back, and waits where there is something to wait for."""
    waited = callback(data) if callback else None
    if waited is not None:
        await waited


async def next_message(call: Any) -> Optional[Any]:
    """A stream's next message; none at its end."""
    message = await call.read()
    return None if message is grpc.aio.EOF else message


class AsyncRequests(Generic[T]):
    """Messages for a stream of requests: a bounded queue that can be closed."""

    def __init__(self) -> None:
        self._messages: Deque[T] = deque()
        self._changed = asyncio.Condition()
        self._closed = False

    def close_with(self, call: Any) -> None:
        """Nothing more is sent once the call is over."""
        call.add_done_callback(lambda _: asyncio.ensure_future(self.close()))

    async def put(self, message: T) -> bool:
        """Waits for room; false where nothing is sent any more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or len(self._messages) < _DEPTH)
            if not self._closed:
                self._messages.append(message)
                self._changed.notify_all()
            return not self._closed

    async def close(self) -> None:
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or len(self._messages) > 0)
            if not self._messages:
                raise StopAsyncIteration
            self._changed.notify_all()
            return self._messages.popleft()
