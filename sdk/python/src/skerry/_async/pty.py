"""Terminals in a sandbox."""

from __future__ import annotations

from skerry import v1
from skerry.spec import Command, ExecOptions, exec_spec
from typing_extensions import Unpack

from .client import AsyncClient
from .commands import start
from .exec import AsyncExec


class AsyncPty:
    """Commands on a terminal, which is their input and all of their output."""

    def __init__(self, client: AsyncClient, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    async def start(
        self,
        command: Command = "exec bash",
        *,
        rows: int = 24,
        columns: int = 80,
        **options: Unpack[ExecOptions],
    ) -> AsyncExec:
        """Starts a command on a terminal of this size."""
        spec = exec_spec(command, options)
        spec.terminal.CopyFrom(v1.TerminalSize(rows=rows, columns=columns))
        return await start(self._client, self._sandbox_id, spec)

    async def attach(self, exec_id: str, *, offset: int = 0) -> AsyncExec:
        """A terminal that was started before."""
        return AsyncExec(self._client, self._sandbox_id, exec_id, offset, stdin=True)
