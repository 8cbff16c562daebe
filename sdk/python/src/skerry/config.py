"""Which daemon to talk to, and what opens it."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple, Union
from urllib.parse import urlsplit

# So much is under way of a stream. The daemon still has 384 KiB of an exec's
# output when the connection is cut; grpc adds the message that it reads to what
# is set here.
STREAM_WINDOW = 128 << 10
# An exec answers with at most 16 MiB of stdout and of stderr.
MAX_MESSAGE = 40 << 20

#: Of every channel: a peer that has vanished is noticed after two pings' time,
#: and a daemon that comes back is found again within seconds.
CHANNEL_OPTIONS: List[Tuple[str, Union[int, str]]] = [
    ("grpc.http2.lookahead_bytes", STREAM_WINDOW),
    ("grpc.http2.bdp_probe", 0),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.primary_user_agent", "skerry-python/0.1.0"),
]


@dataclass(frozen=True)
class Config:
    """A daemon, and how it is called."""

    #: As it was given.
    address: str
    #: For gRPC: `host:port` or `unix:/path`.
    target: str
    #: Whether over TLS.
    secure: bool
    #: Sent with each call, where there is one.
    token: Optional[str]
    #: Certificates in PEM to trust in place of the system's.
    ca: Optional[bytes]

    @property
    def metadata(self) -> Tuple[Tuple[str, str], ...]:
        """What goes with each call."""
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()


def resolve(address: Optional[str], token: Optional[str], ca: Optional[str]) -> Config:
    """What is given, else what the environment says, else this machine's daemon."""
    text = address or os.environ.get("SKERRY_ADDRESS") or "127.0.0.1:4000"
    target, secure, local = _parse(text)
    token = token or os.environ.get("SKERRY_TOKEN") or (_local_token() if local else None)
    ca = ca or os.environ.get("SKERRY_TLS_CA")
    return Config(text, target, secure, token, Path(ca).read_bytes() if secure and ca else None)


def _parse(text: str) -> Tuple[str, bool, bool]:
    """Target, whether over TLS, whether a loopback's."""
    if text.startswith("unix:"):
        return text, False, False
    parts = urlsplit(text if "://" in text else f"http://{text}")
    plain = parts.path in ("", "/") and not parts.query and parts.username is None
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise ValueError(f"not an address: {text}; want host:port, https://host:port or unix:/path")
    secure = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (443 if secure else 4000)
    return f"{host}:{port}", secure, _is_loopback(parts.hostname)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _local_token() -> Optional[str]:
    """What a daemon on this machine wrote for its clients."""
    folder = os.environ.get("SKERRY_DATA_DIR") or "/var/lib/skerry"
    try:
        return Path(folder, "admin.token").read_text().strip() or None
    except OSError:
        return None
