"""Two shapes of the server against each other: docs/decisions/0003-server-shape.md.

`python -m benchmarks.shapes --gunicorn FOLDER`, where gunicorn was put by `pip install --target FOLDER gunicorn`; it is
no package of ours. One shape is one process with streams and pages (`config.asgi` in uvicorn), the other two processes:
pages by gunicorn's threads, and uvicorn for the streams alone. Both are without embedded worker and have eight threads.
"""

from __future__ import annotations

import argparse
import json
import sys

from benchmarks.pages import COLUMNS, in_turn
from benchmarks.process import machine
from benchmarks.server import Installation, Server, free_port

THREADS = "8"
SHOWN = ("req/s", "p50 ms", "p99 ms", "alone ms", "cpu ms", "db ms")


def one_process(here: Installation, port: int) -> Server:
    """What `manage.py serve` runs."""
    options = ["--port", str(port), "--log-level", "warning", "--no-access-log"]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", *options]
    return Server(command, here.environment, port, path="/healthz")


def gunicorn_threads(here: Installation, port: int, folder: str) -> Server:
    """Pages as WSGI in one gunicorn worker with threads."""
    options = ["-k", "gthread", "-w", "1", "--threads", THREADS, "--keep-alive", "60", "-b", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", *options]
    return Server(command, {**here.environment, "PYTHONPATH": folder}, port, path="/healthz")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gunicorn", required=True, help="the folder gunicorn was installed into")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with Installation() as here:
        here.manage("migrate", "--verbosity", "0")
        here.manage("seed", "--verbosity", "0")
        counted = json.loads(here.module("benchmarks.count"))
        paths = {
            "kept": counted["pages"]["home"]["url"],
            "made": counted["pages"]["programme"]["url"] + "?anew=1",  # a page asked for with a query is not kept
            "api": counted["pages"]["api_workshops"]["url"],
        }
        with (
            one_process(here, here.port) as uvicorn,
            gunicorn_threads(here, free_port(), asked.gunicorn) as gunicorn,
            one_process(here, free_port()) as streams,
        ):
            servers = {"uvicorn + a2wsgi": uvicorn, "gunicorn gthread": gunicorn}
            targets = {
                f"{page}, {name}": (server, path) for page, path in paths.items() for name, server in servers.items()
            }
            header = f"Authorization: Token {counted['token']}"
            found = in_turn(here, targets, header, seconds=asked.seconds, rounds=asked.rounds)
            memory = {name: server.pss_mb() for name, server in [*servers.items(), ("uvicorn for streams", streams)]}
    print(f"{'':<28}" + "".join(f"{title:>10}" for title in SHOWN))
    for name, figures in found.items():
        print(f"{name:<28}" + "".join(f"{COLUMNS[title](figures)!s:>10}" for title in SHOWN))
    print(f"{here.engine}, PSS MiB: {memory}, load average: {machine()['load_average']}")


if __name__ == "__main__":
    main()
