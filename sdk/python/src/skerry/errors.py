"""What can go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Dict, List, Optional

import grpc
from google.rpc import error_details_pb2, status_pb2
from skerry.faults import LASTING, of_connection, of_cut, of_stranger, with_next_step

if TYPE_CHECKING:
    from skerry.result import Result


class Code(str, Enum):
    """The canonical code of a failed call."""

    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    ABORTED = "ABORTED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    INTERNAL = "INTERNAL"
    UNAVAILABLE = "UNAVAILABLE"
    DATA_LOSS = "DATA_LOSS"
    UNAUTHENTICATED = "UNAUTHENTICATED"


# What a connection that was lost looks like, where the daemon itself said
# nothing: its own errors have a reason, always.
_CUT = {Code.UNAVAILABLE, Code.INTERNAL, Code.UNKNOWN, Code.ABORTED}


@dataclass(frozen=True)
class FieldViolation:
    """A field of the request that the daemon refused."""

    #: Its path, for example `limits.memory_bytes`.
    field: str
    #: What is wrong with it.
    description: str


class Error(Exception):
    """A call that failed. `reason` is what to match on."""

    def __init__(self, code: Code, reason: str, message: str) -> None:
        super().__init__(message)
        #: The canonical code.
        self.code = code
        #: The stable reason, for example `SANDBOX_NOT_FOUND`; empty where nobody
        #: answered, or the call was cut.
        self.reason = reason
        #: What went wrong, for people.
        self.message = message
        #: Seconds after which to try again, where the daemon said so.
        self.retry_after: Optional[float] = None
        #: The fields that were wrong, for INVALID_ARGUMENT.
        self.fields: List[FieldViolation] = []
        #: What else the daemon said about the reason.
        self.metadata: Dict[str, str] = {}

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later."""
        passing = self.code is Code.UNAVAILABLE and self.reason not in LASTING
        return passing or self.retry_after is not None

    @property
    def cut(self) -> bool:
        """Whether the connection was lost, rather than the call refused."""
        if self.reason:
            return self.code is Code.UNAVAILABLE and self.reason not in LASTING
        return self.code in _CUT

    def __str__(self) -> str:
        return f"{self.code.value}: {self.message}" + (f" ({self.reason})" if self.reason else "")


class CommandFailed(Exception):
    """A command whose result was checked, and that did not exit with 0."""

    def __init__(self, result: Result) -> None:
        last = result.stderr.strip().rsplit("\n", 1)[-1]
        cause = "timed out, " if result.timed_out else "out of memory, " if result.oom_killed else ""
        super().__init__(f"{cause}exit code {result.exit_code}" + (f": {last}" if last else ""))
        self.result = result


def from_rpc(error: grpc.RpcError, address: str) -> Error:
    """The error that a status is."""
    assert isinstance(error, (grpc.Call, grpc.aio.AioRpcError))
    made = Error(Code[error.code().name], "", error.details() or "")
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            _read_details(made, value)
    connection = None if made.reason else of_connection(made.message, address)
    if connection is not None:
        made.code = Code.UNAVAILABLE
        made.reason, made.message = connection
    elif made.reason:
        made.message = with_next_step(made.reason, made.message)
    elif made.code is Code.UNAVAILABLE:
        made.message = of_cut(made.message, address)
    elif made.code is Code.UNIMPLEMENTED:
        made.message = of_stranger(made.message, address)
    return made


def _read_details(error: Error, encoded: bytes) -> None:
    for detail in status_pb2.Status.FromString(encoded).details:
        info = error_details_pb2.ErrorInfo()
        retry = error_details_pb2.RetryInfo()
        bad = error_details_pb2.BadRequest()
        if detail.Unpack(info):
            error.reason = info.reason
            error.metadata = dict(info.metadata)
        elif detail.Unpack(retry):
            error.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
        elif detail.Unpack(bad):
            error.fields = [FieldViolation(v.field, v.description) for v in bad.field_violations]
