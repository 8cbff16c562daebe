# Made by sdk/generate of skerry/_async: change that.
"""The connection to a daemon, and the calls on it."""

from __future__ import annotations

from typing import Any, Iterator

import grpc
from skerry.backoff import Backoff
from skerry.config import Config
from skerry.errors import Code, Error, from_rpc
from skerry.v1.exec_service_pb2_grpc import ExecServiceStub
from skerry.v1.file_service_pb2_grpc import FileServiceStub
from skerry.v1.image_service_pb2_grpc import ImageServiceStub
from skerry.v1.network_service_pb2_grpc import NetworkServiceStub
from skerry.v1.preview_service_pb2_grpc import PreviewServiceStub
from skerry.v1.sandbox_service_pb2_grpc import SandboxServiceStub
from skerry.v1.snapshot_service_pb2_grpc import SnapshotServiceStub
from skerry.v1.system_service_pb2_grpc import SystemServiceStub
from skerry.v1.token_service_pb2_grpc import TokenServiceStub
from skerry.v1.volume_service_pb2_grpc import VolumeServiceStub

from ._waiting import next_message, open_channel, sleep


class Client:
    """The generated stubs, and `call` and `stream` to call them with: token,
    typed errors, tries. The way to what the hand-written face leaves out."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.channel: grpc.Channel = open_channel(config)
        self.sandboxes = SandboxServiceStub(self.channel)
        self.execs = ExecServiceStub(self.channel)
        self.files = FileServiceStub(self.channel)
        self.images = ImageServiceStub(self.channel)
        self.network = NetworkServiceStub(self.channel)
        self.previews = PreviewServiceStub(self.channel)
        self.snapshots = SnapshotServiceStub(self.channel)
        self.system = SystemServiceStub(self.channel)
        self.tokens = TokenServiceStub(self.channel)
        self.volumes = VolumeServiceStub(self.channel)

    def call(self, method: Any, request: Any, *, once: bool = False) -> Any:
        """Calls a method, again where that may help, unless it is to be `once`:
        because a second call would do something else than the first. A stream of
        requests is given as a function, which makes it for each try."""
        backoff = Backoff()
        while True:
            try:
                made = request() if callable(request) else request
                return method(made, metadata=self.config.metadata)
            except grpc.RpcError as failed:
                error = from_rpc(failed, self.config.address)
            if once:
                raise error
            sleep(backoff.after_call(error))

    def stream(self, method: Any, request: Any) -> Any:
        """Begins a call whose answers are a stream."""
        return method(request, metadata=self.config.metadata)

    def read(self, call: Any) -> Any:
        """A stream's next message, none at its end; a typed error."""
        try:
            return next_message(call)
        except grpc.RpcError as failed:
            raise from_rpc(failed, self.config.address) from None

    def messages(self, method: Any, request: Any) -> Iterator[Any]:
        """A stream's messages; what is cut is an error."""
        call = self.stream(method, request)
        try:
            while (message := self.read(call)) is not None:
                yield message
        finally:
            call.cancel()

    def pages(self, method: Any, request: Any, field: str) -> Iterator[Any]:
        """All items of a list, page by page."""
        while True:
            page = self.call(method, request)
            for item in getattr(page, field):
                yield item
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def close(self) -> None:
        self.channel.close()


def cut(message: str) -> Error:
    """A stream that ended before its last message."""
    return Error(Code.UNAVAILABLE, "", message)
