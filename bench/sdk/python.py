"""Skerry's Python SDK, synchronous."""

import sys

import orders
from skerry import Output, Skerry

with Skerry() as skerry:
    sandbox = skerry.sandboxes.get(sys.argv[1])

    def run(count: int) -> None:
        for _ in range(count):
            sandbox.commands.run(orders.TRUE).check()

    def stream(mib: int) -> int:
        got = 0
        with sandbox.commands.stream(orders.dd(mib)) as command:
            for event in command:
                if isinstance(event, Output) and event.stream == "stdout":
                    got += len(event.data)
        orders.check(command.exit_code)
        return got

    orders.serve(run, stream)
