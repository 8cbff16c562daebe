"""What waiting is, without asyncio. The twin with it is in `_async`."""

from __future__ import annotations

import time
from collections import deque
from threading import Condition
from typing import Any, Callable, Deque, Generic, Iterator, Optional, TypeVar

import grpc
from skerry.config import CHANNEL_OPTIONS, Config

T = TypeVar("T")
#: Told of each piece of output.
Callback = Callable[[bytes], None]

# Messages that wait to be sent.
_DEPTH = 4


def open_channel(config: Config) -> grpc.Channel:
    """A connection that is made on the first call, and anew when it is lost."""
    if not config.secure:
        return grpc.insecure_channel(config.target, options=CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(config.ca)
    return grpc.secure_channel(config.target, credentials, options=CHANNEL_OPTIONS)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def tell(callback: Optional[Callback], data: bytes) -> None:
    """Calls back."""
    if callback:
        callback(data)


def next_message(call: Any) -> Optional[Any]:
    """A stream's next message; none at its end."""
    return next(call, None)


class Requests(Generic[T]):
    """Messages for a stream of requests: a bounded queue that can be closed."""

    def __init__(self) -> None:
        self._messages: Deque[T] = deque()
        self._changed = Condition()
        self._closed = False

    def close_with(self, call: Any) -> None:
        """Nothing more is sent once the call is over."""
        if not call.add_callback(self.close):
            self.close()

    def put(self, message: T) -> bool:
        """Waits for room; false where nothing is sent any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._messages) < _DEPTH)
            if not self._closed:
                self._messages.append(message)
                self._changed.notify_all()
            return not self._closed

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._messages) > 0)
            if not self._messages:
                raise StopIteration
            self._changed.notify_all()
            return self._messages.popleft()
