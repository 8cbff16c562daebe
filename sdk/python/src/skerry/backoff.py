"""How long to wait before a call is tried again."""

from __future__ import annotations

import random
import time
from typing import Optional

from skerry.errors import Error

# Of one wait, in seconds.
_SHORTEST, _LONGEST = 0.1, 2.0
# Tries of a call that may safely be made again.
_TRIES = 5
# Seconds for which a stream that was cut is taken up again, without a byte.
_PATIENCE = 60.0


class Backoff:
    """Counts what failed, and says how long to wait or that it is enough."""

    def __init__(self) -> None:
        self._failures = 0
        self._since = 0.0

    def progress(self) -> None:
        """Something came: start anew."""
        self._failures = 0

    def after_call(self, error: Error) -> float:
        """Seconds to wait before the call is made again; raises when it is enough."""
        if not error.retryable or self._failures + 1 >= _TRIES:
            raise error
        return self._wait(error.retry_after)

    def after_cut(self, error: Error) -> float:
        """Seconds to wait before a stream is taken up; raises when it is enough."""
        if self._failures == 0:
            self._since = time.monotonic()
        if not error.cut or time.monotonic() - self._since > _PATIENCE:
            raise error
        return self._wait(error.retry_after)

    def _wait(self, told: Optional[float]) -> float:
        longest = min(_LONGEST, _SHORTEST * 2**self._failures)
        self._failures += 1
        return told if told is not None else random.uniform(longest / 2, longest)
