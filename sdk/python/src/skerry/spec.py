"""Requests from what callers give."""

from __future__ import annotations

from datetime import timedelta
from typing import Dict, Iterable, Iterator, Literal, Mapping, Optional, Sequence, Union

from google.protobuf.duration_pb2 import Duration
from skerry import v1
from typing_extensions import TypedDict

#: A span: seconds, or a timedelta.
Span = Union[float, timedelta]
#: A line for the shell, or a program and its arguments.
Command = Union[str, Sequence[str]]
#: A path; bytes where it is not UTF-8.
Path = Union[str, bytes]
#: Content, whole or in pieces.
Data = Union[bytes, str, Iterable[bytes]]

# Well below the 1 MiB that one message of input may have.
_PIECE = 256 << 10
# Linux's numbers: the sandbox's, not those of the machine that calls.
_SIGNALS = {
    name: number + 1
    for number, name in enumerate(
        "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT "
        "STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split()
    )
}
_ON_IDLE = {"stop": v1.ON_IDLE_STOP, "pause": v1.ON_IDLE_PAUSE, "delete": v1.ON_IDLE_DELETE}


def span(value: Optional[Span]) -> Optional[Duration]:
    """A duration; none for none."""
    if value is None:
        return None
    duration = Duration()
    duration.FromTimedelta(value if isinstance(value, timedelta) else timedelta(seconds=value))
    return duration


def number(signal: Union[int, str]) -> int:
    """A signal's number: `15`, `"TERM"` and `"SIGTERM"` are the same."""
    if isinstance(signal, int):
        return signal
    name = signal.upper()
    return _SIGNALS[name[3:] if name.startswith("SIG") else name]


def path_fields(path: Path, name: str = "path") -> Dict[str, Union[str, bytes]]:
    """The field that a path goes into."""
    return {f"raw_{name}": path} if isinstance(path, bytes) else {name: path}


def pieces(data: Data) -> Iterator[bytes]:
    """Content in pieces that fit into a message."""
    if isinstance(data, str):
        data = data.encode()
    for part in [data] if isinstance(data, (bytes, bytearray)) else data:
        for start in range(0, len(part), _PIECE):
            yield bytes(part[start : start + _PIECE])


class ExecOptions(TypedDict, total=False):
    """How a command is run."""

    #: Added to the sandbox's environment.
    env: Mapping[str, str]
    #: Absolute; none: /workspace.
    cwd: str
    #: User name or uid, optionally with `:` and a group; none: root.
    user: str
    #: Ends the command after so long; none: never.
    timeout: Optional[Span]
    #: How long it has after SIGTERM; none: 5 seconds.
    grace_period: Optional[Span]


class SandboxOptions(TypedDict, total=False):
    """What a sandbox is to be like, where the daemon's defaults won't do."""

    labels: Mapping[str, str]
    #: Environment of every command.
    env: Mapping[str, str]
    #: Bytes, swap included.
    memory: int
    #: Processors: 1.5 is one and a half.
    cpus: float
    #: Processes and threads at once.
    pids: int
    #: Bytes on its disk beyond its image.
    disk: int
    #: How long without work until `on_idle` happens; none: for ever.
    idle_timeout: Optional[Span]
    #: What happens then; none: stop.
    on_idle: Literal["stop", "pause", "delete"]
    #: How long after its start it is stopped, whatever it does; none: never.
    max_lifetime: Optional[Span]
    #: How long after its stop it is deleted; none: never.
    auto_delete: Optional[Span]
    #: It never counts as idle, and runs again when its host does.
    always_on: bool
    #: The image is pulled where it is not there.
    pull: bool
    #: A command starts it where it is stopped and resumes it where it is paused.
    wake: bool
    #: Ports that may be reached from outside.
    ports: Sequence[Union[int, v1.Port]]
    #: Volumes, by id or name, at paths.
    volumes: Mapping[str, str]
    #: A snapshot to start from, by id or name.
    snapshot: str
    #: What it may reach; none: the daemon's default.
    network: Optional[v1.NetworkPolicy]
    #: The user of commands that name none.
    user: str
    #: The working directory of commands that name none.
    cwd: str


def exec_spec(command: Command, options: ExecOptions) -> v1.ExecSpec:
    """What to run and how."""
    return v1.ExecSpec(
        shell=command if isinstance(command, str) else "",
        command=[] if isinstance(command, str) else list(command),
        env=options.get("env", {}),
        cwd=options.get("cwd", ""),
        user=options.get("user", ""),
        timeout=span(options.get("timeout")),
        grace_period=span(options.get("grace_period")),
    )


def create_request(
    image: str, name: str, request_id: str, options: SandboxOptions
) -> v1.CreateSandboxRequest:
    """The request to make a sandbox."""
    cpus = options.get("cpus")
    ports = options.get("ports", ())
    volumes = options.get("volumes", {})
    return v1.CreateSandboxRequest(
        image=image,
        name=name,
        request_id=request_id,
        labels=options.get("labels", {}),
        env=options.get("env", {}),
        limits=v1.Limits(
            memory_bytes=options.get("memory"),
            cpu_millis=None if cpus is None else round(cpus * 1000),
            pids=options.get("pids"),
            disk_bytes=options.get("disk"),
        ),
        timeouts=v1.Timeouts(
            idle_timeout=span(options.get("idle_timeout")),
            on_idle=_ON_IDLE[options.get("on_idle", "stop")],
            max_lifetime=span(options.get("max_lifetime")),
            auto_delete=span(options.get("auto_delete")),
            always_on=options.get("always_on", False),
        ),
        on_exec=v1.ON_EXEC_WAKE if options.get("wake") else v1.ON_EXEC_REFUSE,
        ports=[port if isinstance(port, v1.Port) else v1.Port(port=port) for port in ports],
        mounts=[v1.VolumeMount(volume_id=volume, path=path) for path, volume in volumes.items()],
        snapshot_id=options.get("snapshot", ""),
        network_policy=options.get("network"),
        user=options.get("user", ""),
        cwd=options.get("cwd", ""),
        pull_policy=v1.PULL_POLICY_MISSING if options.get("pull") else v1.PULL_POLICY_NEVER,
    )
