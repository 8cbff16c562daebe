"""A command in a sandbox that is gone afterwards."""

from skerry import Skerry

with Skerry() as skerry, skerry.sandboxes.create("host") as sandbox:
    print(sandbox.commands.run("echo $((6 * 7))").check().stdout, end="")
