"""The client: some connections that ask for the same page again and again, in a process of its own.

`python -m benchmarks.load URL --connections 8 --seconds 3` prints one JSON object. It writes and reads HTTP/1.1 by
hand, so that on a small machine the client takes as little of the processor as it can.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent


def run(url: str, *, connections: int, seconds: float, header: str = "") -> dict[str, Any]:
    """Load `url` from another process; see `Tally.summary` for what comes back."""
    options = ["--connections", str(connections), "--seconds", str(seconds), "--header", header]
    command = [sys.executable, "-m", "benchmarks.load", url, *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Tally:
    """What all connections together found."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.failed = 0
        self.bytes = 0

    def summary(self, seconds: float) -> dict[str, Any]:
        """Requests a second and the waits in milliseconds; `failed` counts answers other than 200."""
        waits = self.waits or [0.0]
        return {
            "requests": len(self.waits),
            "failed": self.failed,
            "bytes": self.bytes,
            "rps": round(len(self.waits) / seconds, 1),
            "p50_ms": round(1000 * percentile(waits, 0.5), 2),
            "p99_ms": round(1000 * percentile(waits, 0.99), 2),
        }


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and length of the next answer, which must say its length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    length = int(headers["content-length"])
    await reader.readexactly(length)
    return int(lines[0].split()[1]), length


async def _ask_until(end: float, host: str, port: int, request: bytes, tally: Tally) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (asked := time.perf_counter()) < end:
        writer.write(request)
        status, tally.bytes = await _read_answer(reader)
        tally.waits.append(time.perf_counter() - asked)
        tally.failed += status != 200
    writer.close()


async def load(url: str, *, connections: int, seconds: float, header: str) -> dict[str, Any]:
    """Keep each connection busy for `seconds`."""
    parts = urlsplit(url)
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", "Accept-Language: it"]
    request = "\r\n".join([*lines, *([header] if header else []), "", ""]).encode()
    tally, start = Tally(), time.perf_counter()
    host, port, end = parts.hostname or "", parts.port or 80, start + seconds
    await asyncio.gather(*(_ask_until(end, host, port, request, tally) for _ in range(connections)))
    return tally.summary(time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--header", default="")
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(load(**vars(asked)))))


if __name__ == "__main__":
    main()
