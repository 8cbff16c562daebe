"""What is wrong with a connection or a call, and what to do next."""

from __future__ import annotations

import re
from typing import Optional, Tuple

_START = "start skerryd there, or give another address (SKERRY_ADDRESS)"
_TOKEN = "give another token, by SKERRY_TOKEN or to the client"

# What grpc says of a connection, the reason that this is, what it is, what to do
# next. The first that matches counts.
_CONNECTIONS = [
    (
        "WRONG_VERSION_NUMBER",
        "TLS_NOT_SPOKEN",
        "what answers at {} does not speak TLS",
        "use http:// in the address, or give skerryd --tls-cert and --tls-key",
    ),
    (
        "Hostname mismatch|IP address mismatch|Hostname Verification|not in peer certificate",
        "CERTIFICATE_OTHER_NAME",
        "the certificate at {} is for another name",
        "use that name in the address, or give skerryd a certificate for this one",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "CERTIFICATE_NOT_TRUSTED",
        "the certificate at {} is signed by nobody who is trusted",
        "give the authority's, by SKERRY_TLS_CA or to the client",
    ),
    (
        "http1|HTTP/1|settings frame|invalid initial frame",
        "HTTP2_NOT_SPOKEN",
        "what answers at {} is no skerryd: it does not speak HTTP/2",
        "give another address (SKERRY_ADDRESS)",
    ),
    ("[Cc]onnection refused", "", "no daemon answers at {}: connection refused", _START),
    ("DNS resolution|Domain name not found", "", "no daemon answers at {}: the host is not known", _START),
]

#: Reasons of this side: the same call fails again.
LASTING = {entry[1] for entry in _CONNECTIONS if entry[1]}

# What to do next, where the daemon's own message does not say it for a caller of
# this package.
_NEXT = {
    "TOKEN_MISSING": _TOKEN,
    "TOKEN_MALFORMED": _TOKEN,
    "TOKEN_UNKNOWN": _TOKEN,
    "TOKEN_ENDED": _TOKEN,
    "SCOPE_TOO_SMALL": "use a token that may",
    "BOUND_REACHED": "remove what is not needed, and try again",
    "TLS_WANTED": "use https:// in the address",
    "UNKNOWN_METHOD": "daemon and client differ in their version: update the older one",
}


def of_connection(said: str, address: str) -> Optional[Tuple[str, str]]:
    """Reason and message of a connection that was not made."""
    for pattern, reason, what, then in _CONNECTIONS:
        if re.search(pattern, said):
            return reason, f"{what.format(address)}; {then}"
    return None


def of_cut(said: str, address: str) -> str:
    """The message of a connection that was lost."""
    return f"the connection to {address} was lost: {said}; see whether skerryd runs there, and try again"


def of_stranger(said: str, address: str) -> str:
    """The message of an answer that no daemon gave."""
    return f"what answers at {address} is no skerryd: {said}; give another address (SKERRY_ADDRESS)"


def with_next_step(reason: str, said: str) -> str:
    """A daemon's message, and what to do next."""
    what = said or "the daemon does not know this call"
    return f"{what}; {_NEXT[reason]}" if reason in _NEXT else what
