"""Isolated Linux machines in milliseconds: a client for Skerry.

    from skerry import Skerry

    with Skerry() as skerry, skerry.sandboxes.create("host") as sandbox:
        print(sandbox.commands.run("echo $((6 * 7))").check().stdout)

`Skerry` waits, `AsyncSkerry` is its twin for asyncio. Messages of the API are
in `skerry.v1`.
"""

from skerry import v1
from skerry._async.exec import AsyncExec
from skerry._async.sandbox import AsyncSandbox
from skerry._async.skerry import AsyncSkerry
from skerry._sync.exec import Exec
from skerry._sync.sandbox import Sandbox
from skerry._sync.skerry import Skerry
from skerry.errors import Code, CommandFailed, Error, FieldViolation
from skerry.result import Event, Output, Result, Truncated
from skerry.spec import ExecOptions, SandboxOptions

__version__ = "0.1.0"
__all__ = [
    "AsyncExec",
    "AsyncSandbox",
    "AsyncSkerry",
    "Code",
    "CommandFailed",
    "Error",
    "Event",
    "Exec",
    "ExecOptions",
    "FieldViolation",
    "Output",
    "Result",
    "Sandbox",
    "SandboxOptions",
    "Skerry",
    "Truncated",
    "v1",
]
