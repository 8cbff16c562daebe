"""What a command does and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from skerry import v1
from skerry.errors import CommandFailed

#: Bytes that are kept of stdout and of stderr, unless a caller says otherwise.
MAX_OUTPUT = 16 << 20


@dataclass(frozen=True)
class Output:
    """A piece of what a command writes."""

    #: `stdout` or `stderr`.
    stream: str
    data: bytes
    #: Of its first byte, in stdout and stderr counted together.
    offset: int

    @property
    def text(self) -> str:
        """The data as UTF-8; what is not becomes U+FFFD."""
        return self.data.decode(errors="replace")


@dataclass(frozen=True)
class Truncated:
    """Output before `offset` was not kept, and is missing here."""

    offset: int


Event = Union[Output, Truncated]


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote."""

    stdout_bytes: bytes
    stderr_bytes: bytes
    #: 0 to 255; 128 and the signal's number where a signal ended it.
    exit_code: int
    #: The signal that ended it, or 0.
    signal: int
    #: Its `timeout` ran out.
    timed_out: bool
    #: The sandbox was out of memory.
    oom_killed: bool
    #: Output is missing: there was more than `max_output`, or it was not kept.
    truncated: bool

    @property
    def stdout(self) -> str:
        """As UTF-8; what is not becomes U+FFFD."""
        return self.stdout_bytes.decode(errors="replace")

    @property
    def stderr(self) -> str:
        """As UTF-8; what is not becomes U+FFFD."""
        return self.stderr_bytes.decode(errors="replace")

    def check(self) -> Result:
        """Itself, or `CommandFailed` unless the exit code is 0."""
        if self.exit_code != 0:
            raise CommandFailed(self)
        return self


class Collector:
    """Keeps output up to a bound."""

    def __init__(self, max_output: int) -> None:
        self._max_output = max_output
        self._kept = {"stdout": bytearray(), "stderr": bytearray()}
        self._truncated = False

    def add(self, event: Event) -> None:
        if isinstance(event, Truncated):
            self._truncated = True
            return
        kept = self._kept[event.stream]
        room = self._max_output - len(kept)
        kept += event.data[:room]
        self._truncated |= len(event.data) > room

    def result(self, ended: v1.ExecResult) -> Result:
        return Result(
            bytes(self._kept["stdout"]),
            bytes(self._kept["stderr"]),
            ended.exit_code,
            ended.signal,
            ended.timed_out,
            ended.oom_killed,
            self._truncated,
        )
