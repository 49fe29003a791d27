"""How long compiling takes and how much memory it holds, on notes made for it: two compilers, as two workers have."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

from feedback.summary.child import Compiler

CORES = 2
MATTERS = 40
"""Different matters in each section; a note is about one of them."""
SYLLABLES = [a + b for a in ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v") for b in "aeiou"]


def sections_of(notes: int, sections: int, seed: int = 1) -> list[dict[str, Any]]:
    """Documents with so many notes in all: each note has some words of its matter and some that everybody uses."""
    chance = Random(seed)
    common = [_word(chance) for _ in range(600)]
    return [
        _document(f"s{number:03}", notes // sections, [_own_words(chance) for _ in range(MATTERS)], common, chance)
        for number in range(sections)
    ]


def _word(chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))


def _own_words(chance: Random) -> list[str]:
    return [_word(chance) for _ in range(12)]


def _document(key: str, notes: int, matters: list[list[str]], common: list[str], chance: Random) -> dict[str, Any]:
    rows = []
    for number in range(notes):
        words = chance.choices(chance.choice(matters), k=chance.randint(2, 5))
        words += [common[int(chance.random() ** 3 * len(common))] for _ in range(chance.randint(3, 18))]
        chance.shuffle(words)
        rows.append(
            {
                "id": f"{key}-{number:06}",
                "section": key,
                "group": f"g{number % 12:02}",
                "kind": "idea",
                "lang": "it",
                "text": " ".join(words),
            }
        )
    return {"language": "it", "notes": rows}


def play(notes: int, sections: int, *, meaning: bool = False) -> dict[str, Any]:
    """Compile so many notes with two compilers at once, from their start on. Memory is that of both at their peaks."""
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    for document in sections_of(notes, sections):
        waiting.put({**document, "settings": {"meaning": True} if meaning else {}})
    shown: list[int] = []
    started = time.perf_counter()
    compilers = [Compiler() for _ in range(min(CORES, sections))]
    threads = [threading.Thread(target=_work, args=(each, waiting, shown)) for each in compilers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    peak = sum(_peak_mb(each.pid) for each in compilers)
    for each in compilers:
        each.end()
    return {"sections": sections, "seconds": round(seconds, 2), "peak_mb": round(peak), "lost": notes - sum(shown)}


def _work(compiler: Compiler, waiting: queue.SimpleQueue[dict[str, Any]], shown: list[int]) -> None:
    while True:
        try:
            document = waiting.get_nowait()
        except queue.Empty:
            return
        shown.append(compiler.answer(document, lambda: None)["audit"]["shown"])


def _peak_mb(pid: int) -> float:
    """The most memory a process has held, in MiB (VmHWM of proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
