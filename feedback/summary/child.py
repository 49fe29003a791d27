"""The compiler's own processes: one document in, one summary out, and a reason in words where there is none.

A process stays for a while after its work, because loading the arithmetic takes longer than most sections do. Each
answers one caller at a time; a crash, a hunger for memory or a section without end costs that process and nothing else.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings

KEEP_EVERY = 20.0
"""Seconds between two signs of life while the compiler works; a lease lasts three times as long."""
LONGEST = 240.0
"""Seconds after which a section is given up."""
MOST_MEMORY = "2048"
"""MiB of address space; a section of 100,000 notes needs half of it."""
IDLE = "60"
"""Seconds a process waits for its next document."""
PIECE = 2**20

Document = dict[str, Any]
Keep = Callable[[], None]


class CompilerFailed(Exception):
    """The compiler's process gave no summary; the message says why."""


class _Gone(CompilerFailed):
    """The process ended without an answer."""


class Compiler:
    """One process that compiles."""

    def __init__(self) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        self._child = subprocess.Popen(  # noqa: S603 (no word of it comes from outside)
            [sys.executable, "-m", "feedback.compiler", "--lines", "--idle", IDLE, "--memory", MOST_MEMORY],
            cwd=settings.ROOT,
            env={"PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def answer(self, document: Document, keep: Keep) -> dict[str, Any]:
        """What the compiler makes of a document. Raises `CompilerFailed`, and whatever `keep` raises."""
        until = time.monotonic() + LONGEST
        try:
            self._child.stdin.write(json.dumps(document).encode() + b"\n")  # type: ignore[union-attr]
            self._child.stdin.flush()  # type: ignore[union-attr]
        except BrokenPipeError:
            raise self._gone() from None
        line = self._line(until, keep)
        try:
            said = json.loads(line)
        except ValueError as problem:
            raise CompilerFailed("the compiler's answer is not a document") from problem
        if "error" in said:
            raise CompilerFailed(f"the compiler refused: {said['error']}")
        return said["result"]

    def _line(self, until: float, keep: Keep) -> bytes:
        """Wait for a whole line, with a sign of life now and then."""
        out = self._child.stdout.fileno()  # type: ignore[union-attr]
        pieces: list[bytes] = []
        kept_at = time.monotonic()
        while not pieces or not pieces[-1].endswith(b"\n"):
            if select.select([out], [], [], KEEP_EVERY)[0]:
                piece = os.read(out, PIECE)
                if not piece:
                    raise self._gone()
                pieces.append(piece)
            now = time.monotonic()
            if now > until:
                raise CompilerFailed(f"the compiler took longer than {LONGEST:.0f} seconds")
            if now - kept_at >= KEEP_EVERY:
                keep()
                kept_at = now
        return b"".join(pieces)

    def _gone(self) -> _Gone:
        code = self._child.wait()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        self._complaints.seek(0)
        complaint = self._complaints.read()[-200:].decode(errors="replace").strip()
        return _Gone(f"the compiler {how}" + (f": {complaint}" if complaint else ""))

    def end(self) -> None:
        with suppress(BrokenPipeError):
            self._child.stdin.close()  # type: ignore[union-attr]
        self._child.kill()
        self._child.wait()
        self._child.stdout.close()  # type: ignore[union-attr]
        self._complaints.close()


_idle: list[Compiler] = []
_lock = threading.Lock()


def run_compiler(document: Document, keep: Keep) -> dict[str, Any]:
    """The compiler's answer from a process of its own, so that live notes never wait for its arithmetic.

    `keep` is called every `KEEP_EVERY` seconds and may raise to give up. Raises `CompilerFailed`.
    """
    process, has_waited = _take()
    try:
        try:
            answer = process.answer(document, keep)
        except _Gone:
            if not has_waited:
                raise
            process.end()  # it had ended by itself, idle, or an earlier section left it weak: a fresh one decides
            process = Compiler()
            answer = process.answer(document, keep)
    except BaseException:
        process.end()
        raise
    with _lock:
        _idle.append(process)
    return answer


def get_ready() -> None:
    """Start a process where none waits for work, so that it has loaded its arithmetic by the time it is asked."""
    process, _has_waited = _take()
    with _lock:
        _idle.append(process)


def _take() -> tuple[Compiler, bool]:
    """A process, and whether it has waited for work."""
    with _lock:
        while _idle:
            process = _idle.pop()
            if process.is_alive:
                return process, True
            process.end()
    return Compiler(), False


def end_all() -> None:
    """End the processes that wait for work."""
    with _lock:
        waiting, _idle[:] = _idle[:], []
    for process in waiting:
        process.end()
