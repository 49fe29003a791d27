"""`python -m feedback.compiler`: one JSON document on standard input, its summary on standard output.

With `--lines` it stays and answers one document a line, so that the arithmetic is loaded once:
`{"result": …}`, or `{"error": …}` for what is no document and for one that wants more memory than it may have.
"""

import argparse
import json
import os
import resource
import signal
import sys
import threading
import time
from typing import Any

from feedback.compiler import compile_notes, dumps

LOOK_EVERY = 1.0
"""Seconds between two looks at whether whoever asks is still there."""


def main() -> int:
    """Compile standard input; 2 if it is not a document, with the reason on standard error."""
    asked = _arguments()
    if asked.memory:
        resource.setrlimit(resource.RLIMIT_AS, (asked.memory * 2**20, asked.memory * 2**20))
    if asked.lines:
        return _answer_lines(asked.idle)
    try:
        result = compile_notes(json.loads(sys.stdin.buffer.read()))
    except (ValueError, AttributeError) as error:
        sys.stderr.write(f"feedback.compiler: {error}\n")
        return 2
    sys.stdout.buffer.write(dumps(result).encode())
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="feedback.compiler", description=__doc__)
    parser.add_argument("--lines", action="store_true", help="answer one document a line until the input ends")
    parser.add_argument("--idle", type=int, default=0, metavar="SECONDS", help="end after so long without a document")
    parser.add_argument("--memory", type=int, default=0, metavar="MB", help="take no more memory than this")
    return parser.parse_args()


def _answer_lines(idle: int) -> int:
    """Answer each line; ends with the input, with the process that asks, or (by SIGALRM) after `idle` seconds."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    from feedback.compiler import whole  # noqa: F401  (loads the arithmetic before the first document is there)

    while True:
        signal.alarm(idle)
        line = sys.stdin.buffer.readline()
        signal.alarm(0)
        if not line:
            return 0
        sys.stdout.buffer.write(dumps(_answer(line)).encode() + b"\n")
        sys.stdout.buffer.flush()


def _answer(line: bytes) -> dict[str, Any]:
    try:
        return {"result": compile_notes(json.loads(line))}
    except (ValueError, AttributeError) as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "it needs more memory than it may have"}


def _end_with(parent: int) -> None:
    """A killed parent cannot close our input in time: the arithmetic would go on for nobody."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
