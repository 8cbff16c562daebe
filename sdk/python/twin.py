"""Makes the twin without async of the package's async half.

Usage: twin.py ASYNC_FOLDER SYNC_FOLDER

Words are replaced, nothing else: what the twins do differently is in
`_waiting.py` of each, which is written by hand.
"""

import re
import sys
from pathlib import Path

WORDS = [
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\b__a(enter|exit|iter|next)__\b", r"__\1__"),
    (r"\baclose\b", "close"),
    (r"\bgrpc\.aio\.Channel\b", "grpc.Channel"),
    (r"\b(Stop)?Async(\w+)", r"\1\2"),
    (r"\b(\w+)AsyncStub\b", r"\1Stub"),
    (r"skerry\._async\b", "skerry._sync"),
]
BY_HAND = "_waiting.py"
NOTE = "# Made by sdk/generate of skerry/_async: change that.\n"


def twin(text: str) -> str:
    for pattern, replacement in WORDS:
        text = re.sub(pattern, replacement, text)
    return NOTE + text


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.py"):
        if old.name != BY_HAND:
            old.unlink()
    for file in sorted(source.glob("*.py")):
        if file.name != BY_HAND:
            (target / file.name).write_text(twin(file.read_text()))


main()
