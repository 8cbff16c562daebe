"""One command."""

from __future__ import annotations

from types import TracebackType
from typing import Any, AsyncIterator, Optional, Type, Union

from skerry import v1
from skerry.backoff import Backoff
from skerry.errors import Code, Error
from skerry.result import MAX_OUTPUT, Collector, Event, Output, Result, Truncated
from skerry.spec import Data, number, pieces

from ._waiting import AsyncCallback, AsyncRequests, sleep, tell
from .client import AsyncClient, cut


class AsyncExec:
    """A command in a sandbox: iterate over it for its output.

    The output survives a lost connection by itself: it is taken up again where
    it was, no byte lost or doubled. Input does not, as nobody can know what has
    arrived: with `stdin`, a lost connection is an error (`INPUT_CUT`), and
    `commands.attach(exec.id, offset=exec.offset, stdin=True)` goes on.

    A reader that is slow holds the command back; `close` lets it go on alone.
    """

    def __init__(
        self, client: AsyncClient, sandbox_id: str, exec_id: str, offset: int, stdin: bool, call: Any = None
    ) -> None:
        self._client = client
        self._sandbox_id = sandbox_id
        self._stdin = stdin
        self._call = call
        self._requests: Optional[AsyncRequests[v1.InteractExecRequest]] = None
        self._backoff = Backoff()
        self._ended: Optional[v1.ExecResult] = None
        #: The exec's id, for `attach`.
        self.id = exec_id
        #: Of the first byte that has not come, stdout and stderr together.
        self.offset = offset

    @property
    def exit_code(self) -> Optional[int]:
        """None until all of its output was read."""
        return None if self._ended is None else self._ended.exit_code

    async def started(self) -> None:
        """Waits until it runs."""
        while not self.id:
            try:
                self._take(await self._client.read(await self._open()))
            except Error:
                await self.close()
                raise

    async def wait(
        self,
        on_stdout: Optional[AsyncCallback] = None,
        on_stderr: Optional[AsyncCallback] = None,
        max_output: int = MAX_OUTPUT,
    ) -> Result:
        """Reads to the end, and keeps at most `max_output` bytes of stdout and
        of stderr each. A non-zero exit code is a result."""
        collected = Collector(max_output)
        async for event in self:
            collected.add(event)
            if isinstance(event, Output):
                await tell(on_stdout if event.stream == "stdout" else on_stderr, event.data)
        assert self._ended is not None
        return collected.result(self._ended)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while self._ended is None:
            try:
                event = self._take(await self._client.read(await self._open()))
            except Error as error:
                await self._lost(error)
                continue
            self._backoff.progress()
            if event is not None:
                return event
        await self.close()
        raise StopAsyncIteration

    async def write(self, data: Data) -> None:
        """Writes to its standard input; waits for it to read."""
        for piece in pieces(data):
            await self._send(v1.InteractExecRequest(stdin=piece))

    async def end_input(self) -> None:
        """Ends its standard input; on a terminal, types the end-of-file character."""
        await self._send(v1.InteractExecRequest(stdin_end=v1.InteractExecRequest.StdinEnd()))

    async def resize(self, rows: int, columns: int) -> None:
        """Gives its terminal another size."""
        await self._send(v1.InteractExecRequest(resize=v1.TerminalSize(rows=rows, columns=columns)))

    async def signal(self, signal: Union[int, str]) -> None:
        """Sends a signal to its process group: `15`, `"TERM"` or `"SIGTERM"`."""
        request = v1.SignalExecRequest(sandbox_id=self._sandbox_id, exec_id=self.id, signal=number(signal))
        await self._client.call(self._client.execs.SignalExec, request, once=True)

    async def kill(self) -> None:
        """Sends SIGKILL to its process group."""
        await self.signal("KILL")

    async def info(self) -> v1.ExecInfo:
        """What the daemon knows of it."""
        request = v1.GetExecRequest(sandbox_id=self._sandbox_id, exec_id=self.id)
        info: v1.ExecInfo = await self._client.call(self._client.execs.GetExec, request)
        return info

    async def close(self) -> None:
        """Stops reading; the command goes on, and can be attached to."""
        if self._requests is not None:
            await self._requests.close()
        if self._call is not None:
            self._call.cancel()
        self._call, self._requests = None, None

    async def __aenter__(self) -> AsyncExec:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.close()

    async def _open(self) -> Any:
        """The call that its output comes by."""
        if self._call is None and not self._stdin:
            attach = v1.AttachExecRequest(
                sandbox_id=self._sandbox_id, exec_id=self.id, from_offset=self.offset
            )
            self._call = self._client.stream(self._client.execs.AttachExec, attach)
        elif self._call is None:
            attach_to = v1.InteractExecRequest.Attach(
                sandbox_id=self._sandbox_id, exec_id=self.id, from_offset=self.offset, takeover=True
            )
            self._requests = AsyncRequests()
            await self._requests.put(v1.InteractExecRequest(attach=attach_to))
            self._call = self._client.stream(self._client.execs.InteractExec, self._requests)
            self._requests.close_with(self._call)
        return self._call

    async def _send(self, message: v1.InteractExecRequest) -> None:
        if not self._stdin:
            raise Error(Code.FAILED_PRECONDITION, "STDIN_CLOSED", "start or attach to it with stdin=True")
        if self._ended is None:
            await self._open()
        if self._ended or self._requests is None or not await self._requests.put(message):
            raise Error(Code.FAILED_PRECONDITION, "STDIN_CLOSED", "the command takes no input any more")

    def _take(self, frame: Optional[v1.ExecStreamResponse]) -> Optional[Event]:
        if frame is None:
            raise cut("the stream ended before the command")
        kind = frame.WhichOneof("event")
        if kind == "started":
            self.id = frame.started.id
        elif kind == "stdout" or kind == "stderr":
            chunk = frame.stdout if kind == "stdout" else frame.stderr
            # What was had already is not given again.
            data = chunk.data[max(0, self.offset - chunk.offset) :]
            self.offset = chunk.offset + len(chunk.data)
            return Output(kind, data, self.offset - len(data)) if data else None
        elif kind == "truncated":
            self.offset = frame.truncated.before
            return Truncated(self.offset)
        elif kind == "exited":
            self._ended = frame.exited
        return None

    async def _lost(self, error: Error) -> None:
        """Waits before the stream is taken up again, where it may be."""
        await self.close()
        if self._stdin and error.cut:
            told = f"how much of the input of {self.id} has arrived is not known: {error.message}"
            then = "attach to it with its offset and its input to go on"
            raise Error(Code.UNAVAILABLE, "INPUT_CUT", f"{told}; {then}")
        try:
            wait = self._backoff.after_cut(error)
        except Error:
            if not error.cut:
                raise
            told = f"the output of {self.id} from byte {self.offset} on has not come: {error.message}"
            then = "attach to it with its offset once the daemon answers"
            raise Error(Code.UNAVAILABLE, "OUTPUT_CUT", f"{told}; {then}") from error
        await sleep(wait)
