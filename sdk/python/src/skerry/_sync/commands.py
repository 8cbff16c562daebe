# Made by sdk/generate of skerry/_async: change that.
"""Commands in a sandbox."""

from __future__ import annotations

from typing import Iterator, Iterator, Optional

from skerry import v1
from skerry.result import MAX_OUTPUT, Result
from skerry.spec import Command, Data, ExecOptions, exec_spec, pieces
from typing_extensions import Unpack

from ._waiting import Callback
from .client import Client
from .exec import Exec


class Commands:
    """A command is a line for the shell, or a list: a program and its arguments."""

    def __init__(self, client: Client, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    def run(
        self,
        command: Command,
        *,
        input: Optional[Data] = None,
        on_stdout: Optional[Callback] = None,
        on_stderr: Optional[Callback] = None,
        max_output: int = MAX_OUTPUT,
        **options: Unpack[ExecOptions],
    ) -> Result:
        """Runs a command to its end. A non-zero exit code is a result: see
        `Result.check`. With `input`, a lost connection is an error (`INPUT_CUT`)."""
        exec = self._begin(command, input, options)
        with exec:
            return exec.wait(on_stdout, on_stderr, max_output)

    def stream(self, command: Command, **options: Unpack[ExecOptions]) -> Exec:
        """Runs a command whose output is iterated over as it comes. The command
        waits while nobody reads."""
        return self._begin(command, None, options)

    def start(
        self, command: Command, *, stdin: bool = False, **options: Unpack[ExecOptions]
    ) -> Exec:
        """Starts a command in the background, which waits for nobody: of its
        output the last MiB is kept. With `stdin` it can be written to."""
        spec = exec_spec(command, options)
        spec.keep_stdin = stdin
        return start(self._client, self._sandbox_id, spec)

    def attach(self, exec_id: str, *, offset: int = 0, stdin: bool = False) -> Exec:
        """A command that was started before, its output from an offset on. With
        `stdin` its input is taken from whoever has it."""
        return Exec(self._client, self._sandbox_id, exec_id, offset, stdin)

    def list(self, *, running_only: bool = False) -> Iterator[v1.ExecInfo]:
        """The sandbox's commands, oldest first."""
        request = v1.ListExecsRequest(sandbox_id=self._sandbox_id, running_only=running_only)
        return self._client.pages(self._client.execs.ListExecs, request, "execs")

    def _begin(self, command: Command, input: Optional[Data], options: ExecOptions) -> Exec:
        spec = exec_spec(command, options)
        execs = self._client.execs
        if input is None:
            request = v1.ExecStreamRequest(sandbox_id=self._sandbox_id, spec=spec)
            call = self._client.stream(execs.ExecStream, request)
        else:
            call = self._client.stream(execs.InteractExec, _with_input(self._sandbox_id, spec, input))
        exec = Exec(self._client, self._sandbox_id, "", 0, input is not None, call)
        exec.started()
        return exec


def start(client: Client, sandbox_id: str, spec: v1.ExecSpec) -> Exec:
    """Starts a command in the background."""
    request = v1.StartExecRequest(sandbox_id=sandbox_id, spec=spec)
    info = client.call(client.execs.StartExec, request, once=True)
    return Exec(client, sandbox_id, info.id, 0, spec.keep_stdin or spec.HasField("terminal"))


def _with_input(sandbox_id: str, spec: v1.ExecSpec, input: Data) -> Iterator[v1.InteractExecRequest]:
    spec.keep_stdin = True
    yield v1.InteractExecRequest(start=v1.InteractExecRequest.Start(sandbox_id=sandbox_id, spec=spec))
    for piece in pieces(input):
        yield v1.InteractExecRequest(stdin=piece)
    yield v1.InteractExecRequest(stdin_end=v1.InteractExecRequest.StdinEnd())
