"""Commands in a sandbox."""

from __future__ import annotations

from typing import AsyncIterator, Iterator, Optional

from skerry import v1
from skerry.result import MAX_OUTPUT, Result
from skerry.spec import Command, Data, ExecOptions, exec_spec, pieces
from typing_extensions import Unpack

from ._waiting import AsyncCallback
from .client import AsyncClient
from .exec import AsyncExec


class AsyncCommands:
    """A command is a line for the shell, or a list: a program and its arguments."""

    def __init__(self, client: AsyncClient, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    async def run(
        self,
        command: Command,
        *,
        input: Optional[Data] = None,
        on_stdout: Optional[AsyncCallback] = None,
        on_stderr: Optional[AsyncCallback] = None,
        max_output: int = MAX_OUTPUT,
        **options: Unpack[ExecOptions],
    ) -> Result:
        """Runs a command to its end. A non-zero exit code is a result: see
        `Result.check`. With `input`, a lost connection is an error (`INPUT_CUT`)."""
        exec = await self._begin(command, input, options)
        async with exec:
            return await exec.wait(on_stdout, on_stderr, max_output)

    async def stream(self, command: Command, **options: Unpack[ExecOptions]) -> AsyncExec:
        """Runs a command whose output is iterated over as it comes. The command
        waits while nobody reads."""
        return await self._begin(command, None, options)

    async def start(
        self, command: Command, *, stdin: bool = False, **options: Unpack[ExecOptions]
    ) -> AsyncExec:
        """Starts a command in the background, which waits for nobody: of its
        output the last MiB is kept. With `stdin` it can be written to."""
        spec = exec_spec(command, options)
        spec.keep_stdin = stdin
        return await start(self._client, self._sandbox_id, spec)

    async def attach(self, exec_id: str, *, offset: int = 0, stdin: bool = False) -> AsyncExec:
        """A command that was started before, its output from an offset on. With
        `stdin` its input is taken from whoever has it."""
        return AsyncExec(self._client, self._sandbox_id, exec_id, offset, stdin)

    def list(self, *, running_only: bool = False) -> AsyncIterator[v1.ExecInfo]:
        """The sandbox's commands, oldest first."""
        request = v1.ListExecsRequest(sandbox_id=self._sandbox_id, running_only=running_only)
        return self._client.pages(self._client.execs.ListExecs, request, "execs")

    async def _begin(self, command: Command, input: Optional[Data], options: ExecOptions) -> AsyncExec:
        spec = exec_spec(command, options)
        execs = self._client.execs
        if input is None:
            request = v1.ExecStreamRequest(sandbox_id=self._sandbox_id, spec=spec)
            call = self._client.stream(execs.ExecStream, request)
        else:
            call = self._client.stream(execs.InteractExec, _with_input(self._sandbox_id, spec, input))
        exec = AsyncExec(self._client, self._sandbox_id, "", 0, input is not None, call)
        await exec.started()
        return exec


async def start(client: AsyncClient, sandbox_id: str, spec: v1.ExecSpec) -> AsyncExec:
    """Starts a command in the background."""
    request = v1.StartExecRequest(sandbox_id=sandbox_id, spec=spec)
    info = await client.call(client.execs.StartExec, request, once=True)
    return AsyncExec(client, sandbox_id, info.id, 0, spec.keep_stdin or spec.HasField("terminal"))


def _with_input(sandbox_id: str, spec: v1.ExecSpec, input: Data) -> Iterator[v1.InteractExecRequest]:
    spec.keep_stdin = True
    yield v1.InteractExecRequest(start=v1.InteractExecRequest.Start(sandbox_id=sandbox_id, spec=spec))
    for piece in pieces(input):
        yield v1.InteractExecRequest(stdin=piece)
    yield v1.InteractExecRequest(stdin_end=v1.InteractExecRequest.StdinEnd())
