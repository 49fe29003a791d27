"""`bench pages`: what each public page costs, beside the least Django that does a comparable thing (benchmarks/floor).

Load meets pages as visitors do: made once for each state of the rows, then kept (workshops/kept.py). `made_ms` and
`queries` tell what making one costs; with `TAVOLO_KEEP_PAGES=no` each request makes its own. Agendas with people
(benchmarks/agendas.py) come after the pages, in turn with the floor once more, because their rows would slow the pages.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks import load
from benchmarks.process import machine
from benchmarks.server import Installation, Server, free_port

ROUNDS = 3
CONNECTIONS = 8
WARM_UP_S = 0.5
ALONE_S = 0.5
FLOOR = "floor"
LARGE = 5_000
MOST_QUERIES = 6
"""Of an agenda with people, however many sessions it has."""
MUST_BE = {"P1": 9.0, "P2": 6, "P3": 20.0, "P4": 3.6, "M1": 90.0, "M3": 4.0, "curation": 300.0, "outcome": 100.0}
STRETCH = {"P1": 3.7, "P2": 2, "P3": 8.0, "P4": 1.45, "M1": 65.0, "M3": 2.5, "curation": 150.0, "outcome": 50.0}
WHAT = {
    "P1": "programme page, CPU of web and database, ms",
    "P2": "most queries of making a public page, the same for one and three of everything",
    "P3": "slowest public page, one request alone, p50 ms",
    "P4": "thirty sessions with people by REST, CPU of web and database, times the floor's; in {queries} queries",
    "M1": "web process after all requests, PSS MiB",
    "M3": "start to first 200, s",
    "curation": "organisers' summary of a workshop of 5,000 notes, CPU of making it, ms",
    "outcome": "published outcome of the same, CPU of making it from a warm start, ms",
}


def measure(*, seconds: float = 3, rounds: int = ROUNDS, notes: int = LARGE) -> dict[str, Any]:
    """Run everything; `seconds` is the length of one load on one page. Figures are medians over `rounds`. The summary
    and the outcome of a workshop of so many `notes` are made too, last, because their rows would slow the others."""
    before = machine()
    with Installation() as here:
        here.manage("migrate", "--verbosity", "0")
        here.manage("seed", "--verbosity", "0")
        counted = json.loads(here.module("benchmarks.count"))
        pages = counted["pages"]
        with here.serve() as web, floor_of(here) as floor:
            fresh = web.pss_mb()
            targets = {name: (web, page["url"]) for name, page in pages.items()} | {FLOOR: (floor, "/")}
            header = f"Authorization: Token {counted['token']}"
            measured = in_turn(here, targets, header, seconds=seconds, rounds=rounds)
            memory = {"web_process_pss": fresh, "after_requests": web.pss_mb()}
            start_s = web.start_s
            agendas = of_agendas(here, web, floor, header, seconds=seconds, rounds=rounds)
        large = json.loads(here.module("benchmarks.long_summary", str(notes)))
    requests = sum(figures["requests"] for name, figures in measured.items() if name != FLOOR)
    report = {
        "machine": {**before, "load_average_after": machine()["load_average"]},
        "database": here.engine,
        "conditions": {"connections": CONNECTIONS, "seconds": seconds, "rounds": rounds, "requests": requests},
        "memory_mb": memory,
        "start_s": start_s,
        "floor": {"url": "/", "queries": 1, **measured[FLOOR]},
        "agendas": agendas,
        "large": {"notes": notes, **large},
        "pages": [_with_ratio(name, {**page, **measured[name]}, measured[FLOOR]) for name, page in pages.items()],
    }
    return {**report, "goals": goals(report)}


def floor_of(here: Installation) -> Server:
    """The floor in the same database as Tavolo on PostgreSQL, and in a file of its own on SQLite."""
    port = free_port()
    environment = dict(here.environment)
    if here.engine == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{here.folder / 'floor.sqlite3'}"
    return Server([sys.executable, "-m", "benchmarks.floor", str(port)], environment, port, path="/healthz")


def of_agendas(
    here: Installation, web: Server, floor: Server, header: str, *, seconds: float, rounds: int
) -> list[dict[str, Any]]:
    """Workshops of one, three and thirty sessions with people, each beside the floor of the same minutes."""
    counted = json.loads(here.module("benchmarks.agendas"))
    targets = {name: (web, agenda["url"]) for name, agenda in counted.items()} | {FLOOR: (floor, "/")}
    measured = in_turn(here, targets, header, seconds=seconds, rounds=rounds)
    return [_with_ratio(name, {**agenda, **measured[name]}, measured[FLOOR]) for name, agenda in counted.items()]


def in_turn(
    here: Installation, targets: dict[str, tuple[Server, str]], header: str, *, seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """Each target once in each round, so that a slow minute of the machine meets all of them."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in targets}
    for server, path in targets.values():
        load.run(server.origin + path, connections=CONNECTIONS, seconds=WARM_UP_S, header=header)
    for _round in range(rounds):
        for name, (server, path) in targets.items():
            found[name].append(_once(here, server, path, header, seconds))
    return {name: _medians(each) for name, each in found.items()}


def _once(here: Installation, server: Server, path: str, header: str, seconds: float) -> dict[str, Any]:
    url = server.origin + path
    alone = load.run(url, connections=1, seconds=min(ALONE_S, seconds), header=header)
    web, database = server.cpu_seconds(), here.database_cpu_seconds()
    figures = load.run(url, connections=CONNECTIONS, seconds=seconds, header=header)
    if figures["failed"] or not figures["requests"]:
        raise ValueError(f"{url}: {figures['failed']} of {figures['requests']} requests failed")
    figures["cpu_ms"] = 1000 * (server.cpu_seconds() - web) / figures["requests"]
    figures["db_ms"] = 1000 * (here.database_cpu_seconds() - database) / figures["requests"]
    return {**figures, "alone_ms": alone["p50_ms"]}


def _medians(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the rounds, with the range of the requests a second."""
    names = ("rps", "p50_ms", "p99_ms", "alone_ms", "cpu_ms", "db_ms")
    middle = {name: round(median(each[name] for each in rounds), 2) for name in names}
    rates = [each["rps"] for each in rounds]
    return {
        **middle,
        "rps_range": [min(rates), max(rates)],
        "bytes": rounds[0]["bytes"],
        "requests": sum(each["requests"] for each in rounds),
    }


def _with_ratio(name: str, page: dict[str, Any], floor: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, **page, "ratio_to_floor": round(_cost(page) / max(_cost(floor), 0.01), 2)}


def _cost(figures: dict[str, Any]) -> float:
    """CPU of web and database together, ms a request."""
    return figures["cpu_ms"] + figures["db_ms"]


def goals(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each goal with what must be, what would be better, what was found, and whether it is met."""
    public = [page for page in report["pages"] if not page["name"].startswith("api_")]
    programme = next(page for page in public if page["name"] == "programme")
    agendas, asked = report["agendas"], {agenda["queries"] for agenda in report["agendas"]}
    holds = {
        "P2": all(one == three for one, three in (page["queries_at_1_and_3"] for page in public)),
        "P4": len(asked) == 1 and max(asked) <= MOST_QUERIES,
    }
    what = {**WHAT, "P4": WHAT["P4"].format(queries=" or ".join(map(str, sorted(asked))))}
    found = {
        "P1": round(_cost(programme), 2),
        "P2": max(page["queries"] for page in public),
        "P3": max(page["alone_ms"] for page in public),
        "P4": max(agendas, key=lambda agenda: agenda["sessions"])["ratio_to_floor"],
        "M1": report["memory_mb"]["after_requests"],
        "M3": report["start_s"],
        "curation": report["large"]["summary"]["made_ms"],
        "outcome": report["large"]["outcome"]["made_ms"],
    }
    return {
        name: {
            "what": what[name],
            "must": most,
            "stretch": STRETCH[name],
            "found": found[name],
            "met": found[name] <= most and holds.get(name, True),
        }
        for name, most in MUST_BE.items()
    }


COLUMNS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "req/s": lambda page: page["rps"],
    "p50 ms": lambda page: page["p50_ms"],
    "p99 ms": lambda page: page["p99_ms"],
    "alone ms": lambda page: page["alone_ms"],
    "cpu ms": lambda page: page["cpu_ms"],
    "db ms": lambda page: page["db_ms"],
    "x floor": lambda page: page.get("ratio_to_floor", 1.0),
    "made ms": lambda page: page.get("made_ms", ""),
    "SQL": lambda page: page["queries"],
    "SQL kept": lambda page: page.get("queries_kept", ""),
    "SQL 1, 3": lambda page: "{}, {}".format(*page.get("queries_at_1_and_3", ["", ""])),
    "kB": lambda page: round(page["bytes"] / 1000, 1),
}


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = ["".join([f"{'page':<15}", *(f"{title:>10}" for title in COLUMNS)])]
    for page in [{"name": FLOOR, **report["floor"]}, *report["pages"], *report["agendas"]]:
        lines.append("".join([f"{page['name']:<15}", *(f"{value(page)!s:>10}" for value in COLUMNS.values())]))
    lines.append("")
    for name, goal in report["goals"].items():
        met = "met" if goal["met"] else "MISSED"
        bounds = f"(must {goal['must']}, better {goal['stretch']})"
        lines.append(f"{name:<8}  {goal['found']:>7} {bounds}  {met:<7} {goal['what']}")
    cpus, loads = report["machine"]["cpus"], ", ".join(map(str, report["machine"]["load_average"]))
    lines.append(f"\n{report['database']}, {cpus} processors, load average before: {loads}")
    return "\n".join(lines)
