# Made by sdk/generate of skerry/_async: change that.
"""Terminals in a sandbox."""

from __future__ import annotations

from skerry import v1
from skerry.spec import Command, ExecOptions, exec_spec
from typing_extensions import Unpack

from .client import Client
from .commands import start
from .exec import Exec


class Pty:
    """Commands on a terminal, which is their input and all of their output."""

    def __init__(self, client: Client, sandbox_id: str) -> None:
        self._client = client
        self._sandbox_id = sandbox_id

    def start(
        self,
        command: Command = "exec bash",
        *,
        rows: int = 24,
        columns: int = 80,
        **options: Unpack[ExecOptions],
    ) -> Exec:
        """Starts a command on a terminal of this size."""
        spec = exec_spec(command, options)
        spec.terminal.CopyFrom(v1.TerminalSize(rows=rows, columns=columns))
        return start(self._client, self._sandbox_id, spec)

    def attach(self, exec_id: str, *, offset: int = 0) -> Exec:
        """A terminal that was started before."""
        return Exec(self._client, self._sandbox_id, exec_id, offset, stdin=True)
