"""The orders of a run: a line each on standard input, a figure each in answer."""

import sys
import time
from collections.abc import Callable

TRUE = ["/bin/true"]
#: dd's blocks of 64 KiB in a MiB.
BLOCKS = 16


def dd(mib: int) -> list[str]:
    """A command that writes so much."""
    return ["/bin/dd", "if=/dev/zero", "bs=64k", f"count={mib * BLOCKS}"]


def serve(run: Callable[[int], None], stream: Callable[[int], int]) -> None:
    """Answers `exec N` with the milliseconds of one of `N` commands, and
    `stream MIB` with the MiB a second. `run` runs so many commands one after
    the other; `stream` answers with how many bytes have come of so many MiB."""
    for line in sys.stdin:
        order, number = line.split()
        count = int(number)
        started = time.perf_counter()
        if order == "exec":
            run(count)
            figure = (time.perf_counter() - started) * 1e3 / count
        else:
            got = stream(count)
            figure = count / (time.perf_counter() - started)
            if got != count << 20:
                sys.exit(f"{got} bytes came of {count} MiB")
        print(figure, flush=True)


def check(exit_code: object) -> None:
    """Ends the program where a command failed."""
    if exit_code != 0:
        sys.exit(f"the command ended with {exit_code}")
