# Made by sdk/generate of skerry/_async: change that.
"""Files of a sandbox."""

from __future__ import annotations

from typing import Any, Iterator, Iterable, Iterator, Optional

from skerry import v1
from skerry.backoff import Backoff
from skerry.errors import Code, Error
from skerry.spec import Data, Path, path_fields, pieces

from ._waiting import sleep
from .client import Client


class Files:
    """A path is absolute or below /workspace; one that is not UTF-8 is bytes."""

    def __init__(self, client: Client, sandbox_id: str) -> None:
        self._client = client
        self._stubs = client.files
        self._sandbox_id = sandbox_id

    def read(self, path: Path) -> bytes:
        """A file's content."""
        content = bytearray()
        for piece in self.read_stream(path):
            content += piece
        return bytes(content)

    def read_stream(
        self, path: Path, *, offset: int = 0, length: Optional[int] = None
    ) -> Iterator[bytes]:
        """A file's content in pieces. A lost connection is taken up where it
        was; a file that was changed meanwhile is an error (`FILE_CHANGED`)."""
        end = None if length is None else offset + length
        known: Optional[v1.FileInfo] = None
        backoff = Backoff()
        while True:
            request = v1.ReadFileRequest(
                sandbox_id=self._sandbox_id,
                offset=offset,
                length=None if end is None else end - offset,
                **self._path(path),
            )
            call = self._client.stream(self._stubs.ReadFile, request)
            try:
                while (part := self._client.read(call)) is not None:
                    backoff.progress()
                    if part.HasField("info"):
                        known = _same(known, part.info)
                    else:
                        offset += len(part.data)
                        yield part.data
                return
            except Error as error:
                wait = backoff.after_cut(error)
            finally:
                call.cancel()
            sleep(wait)

    def write(
        self,
        path: Path,
        data: Data,
        *,
        mode: Optional[int] = None,
        owner: str = "",
        append: bool = False,
        create_new: bool = False,
        make_parents: bool = False,
    ) -> v1.FileInfo:
        """Writes a file: all of it, at once, or nothing."""
        whole = isinstance(data, (bytes, bytearray, str))
        opening = v1.WriteFileOpen(
            sandbox_id=self._sandbox_id,
            mode=mode,
            owner=owner,
            append=append,
            create_new=create_new,
            make_parents=make_parents,
            **self._path(path),
        )
        info: v1.FileInfo = self._client.call(
            self._stubs.WriteFile,
            lambda: _write_requests(opening, data),
            once=append or create_new or not whole,
        )
        return info

    def stat(self, path: Path, *, follow: bool = True) -> v1.FileInfo:
        """What is known of a file."""
        request = v1.StatFileRequest(
            sandbox_id=self._sandbox_id, no_follow=not follow, **self._path(path)
        )
        info: v1.FileInfo = self._client.call(self._stubs.StatFile, request)
        return info

    def list(self, path: Path = "", *, recursive: bool = False) -> Iterator[v1.FileInfo]:
        """What is in a directory, or in the tree below it."""
        request = v1.ListFilesRequest(
            sandbox_id=self._sandbox_id, recursive=recursive, **self._path(path)
        )
        return self._client.pages(self._stubs.ListFiles, request, "files")

    def make_directory(self, path: Path, *, parents: bool = True) -> v1.FileInfo:
        """Makes a directory, and with `parents` those that lead to it."""
        request = v1.MakeDirectoryRequest(
            sandbox_id=self._sandbox_id, parents=parents, **self._path(path)
        )
        info: v1.FileInfo = self._client.call(
            self._stubs.MakeDirectory, request, once=not parents
        )
        return info

    def move(self, path: Path, to_path: Path, *, overwrite: bool = False) -> v1.FileInfo:
        """Gives a file another name."""
        request = v1.MoveFileRequest(
            sandbox_id=self._sandbox_id,
            overwrite=overwrite,
            **self._path(path),
            **self._path(to_path, "to_path"),
        )
        info: v1.FileInfo = self._client.call(self._stubs.MoveFile, request, once=True)
        return info

    def remove(self, path: Path, *, recursive: bool = False) -> None:
        """Removes a file, an empty directory, or a tree."""
        request = v1.RemoveFileRequest(
            sandbox_id=self._sandbox_id, recursive=recursive, **self._path(path)
        )
        self._client.call(self._stubs.RemoveFile, request, once=True)

    def watch(self, path: Path, *, recursive: bool = False) -> Iterator[v1.WatchFilesResponse]:
        """Changes of a file or of what is in a directory: `watching` once every
        later change is sure to be told, then `change`. After `overflow`, and
        after another `watching`, which follows a lost connection, changes may
        have been missed: look at everything again."""
        request = v1.WatchFilesRequest(
            sandbox_id=self._sandbox_id, recursive=recursive, **self._path(path)
        )
        backoff = Backoff()
        while True:
            try:
                for event in self._client.messages(self._stubs.WatchFiles, request):
                    backoff.progress()
                    if event.WhichOneof("event") != "keep_alive":
                        yield event
                return
            except Error as error:
                wait = backoff.after_cut(error)
            sleep(wait)

    def upload(
        self,
        path: Path,
        archive: Data,
        *,
        format: v1.ArchiveFormat.ValueType = v1.ARCHIVE_FORMAT_TAR,
        owner: str = "",
    ) -> v1.FileInfo:
        """Unpacks an archive into a directory: all of it or nothing."""
        opening = v1.UploadArchiveOpen(
            sandbox_id=self._sandbox_id, format=format, owner=owner, **self._path(path)
        )
        info: v1.FileInfo = self._client.call(
            self._stubs.UploadArchive, lambda: _upload_requests(opening, archive), once=True
        )
        return info

    def download(
        self, path: Path, *, format: v1.ArchiveFormat.ValueType = v1.ARCHIVE_FORMAT_TAR
    ) -> Iterator[bytes]:
        """A file or a directory as an archive, in pieces."""
        request = v1.DownloadArchiveRequest(
            sandbox_id=self._sandbox_id, format=format, **self._path(path)
        )
        for part in self._client.messages(self._stubs.DownloadArchive, request):
            yield part.data

    def _path(self, path: Path, name: str = "path") -> Any:
        return path_fields(path, name)


def _same(known: Optional[v1.FileInfo], info: v1.FileInfo) -> v1.FileInfo:
    """The file, which must be the one that was read before."""
    if known is not None:
        was = (known.inode, known.size_bytes, known.modify_time)
        if was != (info.inode, info.size_bytes, info.modify_time):
            raise Error(Code.FAILED_PRECONDITION, "FILE_CHANGED", f"{info.path} was changed while it was read")
    return info


def _write_requests(opening: v1.WriteFileOpen, data: Data) -> Iterator[v1.WriteFileRequest]:
    yield v1.WriteFileRequest(open=opening)
    for piece in pieces(data):
        yield v1.WriteFileRequest(data=piece)
    yield v1.WriteFileRequest(end=v1.FileEnd())


def _upload_requests(opening: v1.UploadArchiveOpen, archive: Data) -> Iterable[v1.UploadArchiveRequest]:
    yield v1.UploadArchiveRequest(open=opening)
    for piece in pieces(archive):
        yield v1.UploadArchiveRequest(data=piece)
    yield v1.UploadArchiveRequest(end=v1.FileEnd())
