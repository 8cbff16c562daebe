"""Runs the scenarios of sdk/contract against a daemon.

Usage: contract.py SCENARIOS

SKERRY_ADDRESS and SKERRY_TOKEN name the daemon; SKERRY_CUT_ADDRESS leads to it
by connections that are cut. Prints a line for each scenario.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import uuid
from typing import Any, Callable, Dict, Iterator, List, Optional

from skerry import CommandFailed, Error, Exec, Output, Sandbox, Skerry, v1

Step = Dict[str, Any]
MIB = bytes((i * 31 + (i >> 8)) & 0xFF for i in range(1 << 20))


def same(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise AssertionError(f"{what} is {found!r}, not {wanted!r}")


def seen(error: Exception) -> Dict[str, Any]:
    """What a user sees of an error."""
    found = {"class": type(error).__name__, "message": str(error)}
    if isinstance(error, Error):
        field = error.fields[0].field if error.fields else ""
        found.update(code=error.code.value, reason=error.reason, message=error.message, field=field)
        return {**found, "retryable": error.retryable}
    return found


class Scenario:
    """Steps in one sandbox. Each `op` is a method."""

    def __init__(self, skerry: Skerry, sandbox: Sandbox) -> None:
        self.skerry = skerry
        self.sandbox = sandbox
        self.exec: Optional[Exec] = None

    def steps(self, steps: List[Step]) -> None:
        for step in steps:
            self.step(step)

    def step(self, step: Step) -> None:
        wanted = step.get("error")
        try:
            getattr(self, step["op"])(step)
        except (Error, CommandFailed, ValueError) as error:
            if wanted is None:
                raise
            found = seen(error)
            print("told\t" + json.dumps(found), flush=True)
            same("the error", {name: found[name] for name in wanted}, wanted)
        else:
            same(f"the error of {step}", None, wanted)

    def inside(self, sandbox: Sandbox, steps: List[Step]) -> None:
        with sandbox:
            Scenario(self.skerry, sandbox).steps(steps)

    # Commands.

    def run(self, step: Step) -> None:
        options: Any = {key: step[key] for key in ("env", "cwd", "user", "input", "max_output") if key in step}
        if "timeout_ms" in step:
            options["timeout"] = step["timeout_ms"] / 1000
        self.compare(self.sandbox.commands.run(step["command"], **options), step)

    def check(self, step: Step) -> None:
        try:
            code = self.sandbox.commands.run(step["command"]).check().exit_code
        except CommandFailed as failed:
            code = failed.result.exit_code
        same("the exit code", code, step["want"])

    def must_exit(self, step: Step) -> None:
        timeout = step["timeout_ms"] / 1000 if "timeout_ms" in step else None
        self.sandbox.commands.run(step["command"], timeout=timeout).check()

    def callbacks(self, step: Step) -> None:
        told: Dict[str, bytes] = {"stdout": b"", "stderr": b""}

        def add(name: str) -> Callable[[bytes], None]:
            return lambda data: told.update({name: told[name] + data})

        self.sandbox.commands.run(step["command"], on_stdout=add("stdout"), on_stderr=add("stderr"))
        same("what was told", {name: data.decode() for name, data in told.items()}, step["want"])

    def stream(self, step: Step) -> None:
        digest, count = hashlib.sha256(), 0
        with self.sandbox.commands.stream(step["command"]) as exec:
            for event in exec:
                assert isinstance(event, Output), event
                digest.update(event.data)
                count += len(event.data)
        found = {"bytes": count, "sha256": digest.hexdigest(), "exit_code": exec.exit_code}
        same("the output", found, step["want"])

    def both_ways(self, step: Step) -> None:
        sent, received = hashlib.sha256(), hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            for _ in range(step["bytes"] // len(MIB)):
                sent.update(MIB)
                yield MIB

        self.sandbox.commands.run("cat", input=pieces(), on_stdout=received.update)
        same("what came back", received.hexdigest(), sent.hexdigest())

    def start(self, step: Step) -> None:
        self.exec = self.sandbox.commands.start(step["command"], stdin=step.get("stdin", False))

    def pty(self, step: Step) -> None:
        self.exec = self.sandbox.pty.start(step["command"], rows=step["rows"], columns=step["columns"])

    def attach(self, step: Step) -> None:
        self.exec = self.sandbox.commands.attach(self.current.id, offset=step["offset"])

    def until(self, step: Step) -> None:
        seen = ""
        for event in self.current:
            assert isinstance(event, Output), event
            seen += event.text
            if step["text"] in seen:
                # What follows in the same piece is not read again.
                return
        raise AssertionError(f"{step['text']!r} not in {seen!r}")

    def write(self, step: Step) -> None:
        self.current.write(step["text"])

    def end_input(self, step: Step) -> None:
        self.current.end_input()

    def resize(self, step: Step) -> None:
        self.current.resize(step["rows"], step["columns"])

    def signal(self, step: Step) -> None:
        self.current.signal(step["signal"])

    def kill(self, step: Step) -> None:
        self.current.kill()

    def wait(self, step: Step) -> None:
        self.compare(self.current.wait(), step)

    def execs(self, step: Step) -> None:
        same("the number of execs", len(list(self.sandbox.commands.list())), step["want"])

    # Files.

    def write_file(self, step: Step) -> None:
        options: Any = {k: step[k] for k in ("append", "create_new", "make_parents") if k in step}
        self.sandbox.files.write(self.path(step), step["text"], **options)

    def read_file(self, step: Step) -> None:
        same("the file", self.sandbox.files.read(self.path(step)).decode(), step.get("want"))

    def digest(self, step: Step) -> None:
        digest = hashlib.sha256()
        for piece in self.sandbox.files.read_stream(step["path"]):
            digest.update(piece)
        same("the file's digest", digest.hexdigest(), step["want"])

    def list_files(self, step: Step) -> None:
        files = self.sandbox.files.list(step["path"], recursive=step.get("recursive", False))
        same("the files", sorted(file.path for file in files), sorted(step["want"]))

    def exists(self, step: Step) -> None:
        for _ in range(600):
            try:
                self.sandbox.files.stat(step["path"])
                return
            except Error:
                time.sleep(0.1)
        raise AssertionError(f"{step['path']} is not there")

    def move(self, step: Step) -> None:
        self.sandbox.files.move(step["path"], step["to"])

    def remove(self, step: Step) -> None:
        self.sandbox.files.remove(step["path"], recursive=step["recursive"])

    def watch(self, step: Step) -> None:
        for event in self.sandbox.files.watch(step["path"]):
            if event.HasField("watching"):
                self.sandbox.commands.run(step["then"]).check()
            elif event.HasField("change"):
                return same("what was changed", event.change.path, step["want"])

    def copy_archive(self, step: Step) -> None:
        self.sandbox.files.upload(step["to"], self.sandbox.files.download(step["path"]))

    # The sandbox.

    def pause(self, step: Step) -> None:
        same("the state", self.sandbox.pause().state, step["want"])

    def resume(self, step: Step) -> None:
        same("the state", self.sandbox.resume().state, step["want"])

    def stop(self, step: Step) -> None:
        same("the state", self.sandbox.stop(grace_period=0).state, step["want"])

    def start_sandbox(self, step: Step) -> None:
        same("the state", self.sandbox.start().state, step["want"])

    def refresh(self, step: Step) -> None:
        same("the state", self.sandbox.refresh().state, step["want"])

    def keep_alive(self, step: Step) -> None:
        kept = self.sandbox.keep_alive(step["period_ms"] / 1000)
        same("whether it is kept", kept.info.HasField("keep_alive_time"), True)

    def stats(self, step: Step) -> None:
        stats = self.sandbox.stats()
        same("the limit of memory", stats.limits.memory_bytes, step["memory"])
        same("whether a processor was used", stats.cpu_time.ToNanoseconds() > 0, step["runs"])
        same("whether memory is told", stats.HasField("memory_used_bytes"), step["runs"])
        same("whether processes are told", stats.HasField("pids"), step["runs"])
        same("the state", v1.SandboxState.Name(stats.state), "SANDBOX_STATE_" + step["want"])

    def fork(self, step: Step) -> None:
        forks = self.sandbox.fork(step["count"])
        same("the number of forks", len(forks), step["count"])
        for fork in forks:
            self.inside(fork, step["steps"])

    def snapshot(self, step: Step) -> None:
        self.sandbox.snapshots.create(step["name"])
        same("the snapshots", [s.name for s in self.sandbox.snapshots.list()], [step["name"]])

    def from_snapshot(self, step: Step) -> None:
        self.inside(self.skerry.sandboxes.create(snapshot=step["name"]), step["steps"])

    def delete_snapshot(self, step: Step) -> None:
        self.skerry.snapshots.delete(step["name"])

    def volume(self, step: Step) -> None:
        self.skerry.volumes.create(step["name"])
        self.steps(step["steps"])
        self.skerry.volumes.delete(step["name"])

    def with_volume(self, step: Step) -> None:
        sandbox = self.skerry.sandboxes.create(volumes={step["path"]: step["name"]})
        self.inside(sandbox, step["steps"])

    def url(self, step: Step) -> None:
        url = self.sandbox.ports.url(step["port"])
        assert step["want"] in url, url

    def create(self, step: Step) -> None:
        self.skerry.sandboxes.create(step.get("image", "host"), step["name"]).delete()

    def get(self, step: Step) -> None:
        self.skerry.sandboxes.get(step["name"])

    def get_or_create(self, step: Step) -> None:
        first = self.skerry.sandboxes.get_or_create("host", step["name"])
        with first, self.skerry.sandboxes.get_or_create("host", step["name"]) as second:
            same("the second's id", second.id, first.id)

    # The daemon.

    def token(self, step: Step) -> None:
        made = self.skerry.tokens.create(step["name"])
        with Skerry(token=made.secret) as other:
            same("who calls", other.tokens.identity().token.id, made.token.id)
            assert made.token.id in [token.id for token in self.skerry.tokens.list()]
            self.skerry.tokens.revoke(made.token.id)
            self.error_of(other, "UNAUTHENTICATED")

    def error_of(self, skerry: Skerry, code: str) -> None:
        try:
            skerry.info()
        except Error as error:
            return same("the code", error.code.value, code)
        raise AssertionError("no error")

    def events(self, step: Step) -> None:
        kinds: List[int] = []
        for event in self.skerry.events(self.sandbox.id):
            kinds.append(event.type)
            if event.type == 2:
                self.sandbox.delete()
            if event.type == 5:
                break
        same("the first events", kinds[:2], [1, 2])

    def images(self, step: Step) -> None:
        assert step["want"] in [image.name for image in self.skerry.images.list()]

    def info(self, step: Step) -> None:
        same("the API", self.skerry.info().api_version, step["want"])

    def delete_volume(self, step: Step) -> None:
        self.skerry.volumes.delete(step["name"])

    def revoked_midway(self, step: Step) -> None:
        made = self.skerry.tokens.create("soon revoked")
        with Skerry(token=made.secret) as other:
            exec = other.sandboxes.get(self.sandbox.id).commands.stream("echo ready; sleep 1000")
            for _ in exec:
                self.skerry.tokens.revoke(made.token.id)

    def unknown_method(self, step: Step) -> None:
        method = self.skerry.client.channel.unary_unary(
            "/skerry.v1.SandboxService/Juggle",
            request_serializer=v1.GetSandboxRequest.SerializeToString,
            response_deserializer=v1.Sandbox.FromString,
        )
        self.skerry.client.call(method, v1.GetSandboxRequest())

    def other(self, step: Step) -> None:
        with Skerry(step.get("address"), step.get("token"), ca=step.get("ca")) as other:
            if "steps" not in step:
                other.info()
                return
            here = self.sandbox if step.get("elsewhere") else other.sandboxes.get(self.sandbox.id)
            Scenario(other, here).steps(step["steps"])

    def through_cuts(self, step: Step) -> None:
        with Skerry(os.environ["SKERRY_CUT_ADDRESS"]) as cut:
            Scenario(cut, cut.sandboxes.get(self.sandbox.id)).steps(step["steps"])

    @property
    def current(self) -> Exec:
        assert self.exec is not None
        return self.exec

    @staticmethod
    def path(step: Step) -> Any:
        return bytes.fromhex(step["raw_path"]) if "raw_path" in step else step["path"]

    @staticmethod
    def compare(result: Any, step: Step) -> None:
        wanted = step.get("want", {})
        same("the result", {name: getattr(result, name) for name in wanted}, wanted)


def perform(skerry: Skerry, scenario: Dict[str, Any]) -> None:
    options = {key: value for key, value in scenario.get("options", {}).items() if not key.endswith("_ms")}
    for name in ("idle_timeout", "max_lifetime"):
        if f"{name}_ms" in scenario.get("options", {}):
            options[name] = scenario["options"][f"{name}_ms"] / 1000
    with skerry.sandboxes.create("host", **options) as sandbox:
        steps = scenario["steps"]
        if scenario.get("through") == "cuts":
            steps = [{"op": "through_cuts", "steps": steps}]
        Scenario(skerry, sandbox).steps(steps)


def main() -> int:
    with open(sys.argv[1]) as file:
        text = file.read()
    failures = 0
    with Skerry() as skerry:
        for scenario in json.loads(text.replace("$UNIQUE", f"python-{uuid.uuid4().hex[:8]}")):
            try:
                perform(skerry, scenario)
                print(f"ok\t{scenario['name']}", flush=True)
            except (AssertionError, Error, CommandFailed) as failure:
                failures += 1
                print(f"FAILED\t{scenario['name']}\t{failure}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
