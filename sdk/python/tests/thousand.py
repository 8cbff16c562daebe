"""A thousand commands at once by asyncio: memory stays flat.

SKERRY_ADDRESS and SKERRY_TOKEN name the daemon.
"""

from __future__ import annotations

import asyncio
import resource
from typing import List

from skerry import AsyncSandbox, AsyncSkerry

COMMANDS = 1000
#: Over which they are spread: one runs at most 512 at once.
SANDBOXES = 4
#: That the second and third thousand may add to what the first took.
MOST_GROWTH_KIB = 16 << 10


async def thousand(sandboxes: List[AsyncSandbox]) -> None:
    async def one(number: int) -> None:
        sandbox = sandboxes[number % SANDBOXES]
        result = await sandbox.commands.run(["echo", str(number)])
        assert result.check().stdout == f"{number}\n", result

    await asyncio.gather(*(one(number) for number in range(COMMANDS)))


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def main() -> None:
    async with AsyncSkerry() as skerry:
        sandboxes = [await skerry.sandboxes.create("host") for _ in range(SANDBOXES)]
        await thousand(sandboxes)
        first = peak()
        for _ in range(2):
            await thousand(sandboxes)
        grown = peak() - first
        assert grown < MOST_GROWTH_KIB, f"{grown} KiB more than {first} KiB"
        print(f"{3 * COMMANDS} commands, peak {first} KiB, then {grown} KiB more")
        for sandbox in sandboxes:
            await sandbox.delete()


if __name__ == "__main__":
    asyncio.run(main())
