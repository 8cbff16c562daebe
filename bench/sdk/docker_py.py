"""docker-py, which does the same in a container."""

import sys

import docker
import orders

client = docker.from_env()
container = client.containers.get(sys.argv[1])


def run(count: int) -> None:
    for _ in range(count):
        orders.check(container.exec_run(orders.TRUE).exit_code)


def stream(mib: int) -> int:
    # `exec_run` with a stream knows no exit code.
    command = client.api.exec_create(container.id, orders.dd(mib))["Id"]
    got = 0
    for stdout, _ in client.api.exec_start(command, stream=True, demux=True):
        got += len(stdout or b"")
    orders.check(client.api.exec_inspect(command)["ExitCode"])
    return got


orders.serve(run, stream)
