"""Skerry's Python SDK with asyncio."""

import asyncio
import sys

import orders
from skerry import AsyncSandbox, AsyncSkerry, Output


async def run(sandbox: AsyncSandbox, count: int) -> None:
    for _ in range(count):
        (await sandbox.commands.run(orders.TRUE)).check()


async def stream(sandbox: AsyncSandbox, mib: int) -> int:
    got = 0
    async with await sandbox.commands.stream(orders.dd(mib)) as command:
        async for event in command:
            if isinstance(event, Output) and event.stream == "stdout":
                got += len(event.data)
    orders.check(command.exit_code)
    return got


async def connect() -> AsyncSandbox:
    return await AsyncSkerry().sandboxes.get(sys.argv[1])


# The loop is the same in all turns, and so is the connection.
loop = asyncio.new_event_loop()
sandbox = loop.run_until_complete(connect())
orders.serve(
    lambda count: loop.run_until_complete(run(sandbox, count)),
    lambda mib: loop.run_until_complete(stream(sandbox, mib)),
)
