# Made by sdk/generate of skerry/_async: change that.
"""One command."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Iterator, Optional, Type, Union

from skerry import v1
from skerry.backoff import Backoff
from skerry.errors import Code, Error
from skerry.result import MAX_OUTPUT, Collector, Event, Output, Result, Truncated
from skerry.spec import Data, number, pieces

from ._waiting import Callback, Requests, sleep, tell
from .client import Client, cut


class Exec:
    """A command in a sandbox: iterate over it for its output.

    The output survives a lost connection by itself: it is taken up again where
    it was, no byte lost or doubled. Input does not, as nobody can know what has
    arrived: with `stdin`, a lost connection is an error (`INPUT_CUT`), and
    `commands.attach(exec.id, offset=exec.offset, stdin=True)` goes on.

    A reader that is slow holds the command back; `close` lets it go on alone.
    """

    def __init__(
        self, client: Client, sandbox_id: str, exec_id: str, offset: int, stdin: bool, call: Any = None
    ) -> None:
        self._client = client
        self._sandbox_id = sandbox_id
        self._stdin = stdin
        self._call = call
        self._requests: Optional[Requests[v1.InteractExecRequest]] = None
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

    def started(self) -> None:
        """Waits until it runs."""
        while not self.id:
            try:
                self._take(self._client.read(self._open()))
            except Error:
                self.close()
                raise

    def wait(
        self,
        on_stdout: Optional[Callback] = None,
        on_stderr: Optional[Callback] = None,
        max_output: int = MAX_OUTPUT,
    ) -> Result:
        """Reads to the end, and keeps at most `max_output` bytes of stdout and
        of stderr each. A non-zero exit code is a result."""
        collected = Collector(max_output)
        for event in self:
            collected.add(event)
            if isinstance(event, Output):
                tell(on_stdout if event.stream == "stdout" else on_stderr, event.data)
        assert self._ended is not None
        return collected.result(self._ended)

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        while self._ended is None:
            try:
                event = self._take(self._client.read(self._open()))
            except Error as error:
                self._lost(error)
                continue
            self._backoff.progress()
            if event is not None:
                return event
        self.close()
        raise StopIteration

    def write(self, data: Data) -> None:
        """Writes to its standard input; waits for it to read."""
        for piece in pieces(data):
            self._send(v1.InteractExecRequest(stdin=piece))

    def end_input(self) -> None:
        """Ends its standard input; on a terminal, types the end-of-file character."""
        self._send(v1.InteractExecRequest(stdin_end=v1.InteractExecRequest.StdinEnd()))

    def resize(self, rows: int, columns: int) -> None:
        """Gives its terminal another size."""
        self._send(v1.InteractExecRequest(resize=v1.TerminalSize(rows=rows, columns=columns)))

    def signal(self, signal: Union[int, str]) -> None:
        """Sends a signal to its process group: `15`, `"TERM"` or `"SIGTERM"`."""
        request = v1.SignalExecRequest(sandbox_id=self._sandbox_id, exec_id=self.id, signal=number(signal))
        self._client.call(self._client.execs.SignalExec, request, once=True)

    def kill(self) -> None:
        """Sends SIGKILL to its process group."""
        self.signal("KILL")

    def info(self) -> v1.ExecInfo:
        """What the daemon knows of it."""
        request = v1.GetExecRequest(sandbox_id=self._sandbox_id, exec_id=self.id)
        info: v1.ExecInfo = self._client.call(self._client.execs.GetExec, request)
        return info

    def close(self) -> None:
        """Stops reading; the command goes on, and can be attached to."""
        if self._requests is not None:
            self._requests.close()
        if self._call is not None:
            self._call.cancel()
        self._call, self._requests = None, None

    def __enter__(self) -> Exec:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def _open(self) -> Any:
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
            self._requests = Requests()
            self._requests.put(v1.InteractExecRequest(attach=attach_to))
            self._call = self._client.stream(self._client.execs.InteractExec, self._requests)
            self._requests.close_with(self._call)
        return self._call

    def _send(self, message: v1.InteractExecRequest) -> None:
        if not self._stdin:
            raise Error(Code.FAILED_PRECONDITION, "STDIN_CLOSED", "start or attach to it with stdin=True")
        if self._ended is None:
            self._open()
        if self._ended or self._requests is None or not self._requests.put(message):
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

    def _lost(self, error: Error) -> None:
        """Waits before the stream is taken up again, where it may be."""
        self.close()
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
        sleep(wait)
