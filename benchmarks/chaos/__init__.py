"""`bench chaos`: two tablets, one table, all that can go wrong in a hall; afterwards nothing is lost or doubled.

Real parts: `manage.py serve`, killed with -9, and tablets that run the shipped outbox, killed too. Between them a
network that loses, delays, repeats and reorders requests, loses answers, and answers wrongly. All that is drawn comes
from the seed: `--seed 7 --seeds 1` plays seed 7 again, with the same acts and faults for each tablet; only how the
processes interleave is left to the machine.

Moving a note between themes and questions is what "reorder" means here: a note's place on the board is those two and
the moment it was born.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from benchmarks.chaos.backup import Backup
from benchmarks.chaos.controls import CONTROLS, code_of_devices, command_of_server
from benchmarks.chaos.network import WRONG
from benchmarks.chaos.play import Hall, Node, Play, Verdict
from benchmarks.process import machine
from benchmarks.server import Installation, Server

Wanted = tuple[int, str | None, bool]
COUNTED = ("acked_lost", "device_lost", "doubled", "diverged", "hidden")
PATIENCE_S, TWIN_PATIENCE_S = 60, 10
"""How long all may take to settle once the network is well; a broken twin may never settle."""
LANES = 2
"""Seeds played at once, each on an installation of its own."""


def measure(
    *, seeds: int = 5, ops: int = 200, seed: int = 1, control: str | None = None, restore: bool = False
) -> dict[str, Any]:
    """Play so many seeds from `seed` on; `control` names the fault of the twin they are played with.

    With `restore` each seed also brings the server back from a backup once, under a new name of its history.
    """
    if control not in {None, *CONTROLS}:
        raise SystemExit(f"There is no twin “{control}”; there are {', '.join(CONTROLS)}.")
    before, begun = machine(), time.monotonic()
    wanted = [(number, control, restore) for number in range(seed, seed + seeds)]
    played = [wanted[lane::LANES] for lane in range(min(LANES, seeds))]
    together = asyncio.run(_in_lanes(played, ops))
    verdicts = sorted((verdict for lane in together for verdict in lane["verdicts"]), key=lambda verdict: verdict.seed)
    troubles = sum((Counter(verdict.troubles) for verdict in verdicts), start=Counter[str]())
    return {
        "machine": before,
        "database": together[0]["database"],
        "control": control,
        "restore": restore,
        "seeds": seeds,
        "first_seed": seed,
        "ops": sum(verdict.ops for verdict in verdicts),
        **_counted(verdicts),
        "failed_seeds": [verdict.seed for verdict in verdicts if not verdict.is_good],
        "failures": [_told(verdict) for verdict in verdicts if not verdict.is_good],
        "kills": sum(lane["kills"] for lane in together),
        "device_kills": sum(verdict.device_kills for verdict in verdicts),
        "conflicts": sum(verdict.conflicts for verdict in verdicts),
        "confirmations": sum(verdict.confirmations for verdict in verdicts),
        "wrong_answers": sum(troubles[name] for name in WRONG),
        "troubles": dict(sorted(troubles.items())),
        "longest_settling_s": max(verdict.settle_s for verdict in verdicts),
        "total_s": round(time.monotonic() - begun, 1),
    }


def measure_twins(*, ops: int = 120, seed: int = 1) -> dict[str, dict[str, int]]:
    """What one seed finds with each broken twin: `{control: {"acked_lost": …}}`. None may be without a finding."""
    played = [(seed, control, control == "restore_unnoticed") for control in CONTROLS]
    [lane] = asyncio.run(_in_lanes([played], ops))
    return {control: _counted([verdict]) for control, verdict in zip(CONTROLS, lane["verdicts"], strict=True)}


def _counted(verdicts: list[Verdict]) -> dict[str, int]:
    return {name: sum(len(getattr(verdict, name)) for verdict in verdicts) for name in COUNTED}


def _told(verdict: Verdict) -> dict[str, Any]:
    """The first things that a failed seed shows."""
    return {"seed": verdict.seed, **{name: getattr(verdict, name)[:5] for name in COUNTED}}


async def _in_lanes(played: list[list[Wanted]], ops: int) -> list[dict[str, Any]]:
    return await asyncio.gather(*(_lane(plays, ops) for plays in played))


async def _lane(plays: list[Wanted], ops: int) -> dict[str, Any]:
    """`(seed, control, restore)` one after the other, each at a table of its own on one installation."""
    async with AsyncExitStack() as ends:
        here = ends.enter_context(Installation())
        room = json.loads(await asyncio.to_thread(here.module, "benchmarks.chaos.room", str(len(plays))))
        node = Node(partial(_server, here, plays[0][1]))
        await node.start()
        ends.push_async_callback(node.stop)
        hall = Hall(node, here.port, here.folder, room)
        verdicts: list[Verdict] = []
        for at, (seed, control, restore) in enumerate(plays):
            if at and control != plays[at - 1][1]:
                await node.become(partial(_server, here, control))
            code = code_of_devices(control, here.folder)
            patience = PATIENCE_S if control is None else TWIN_PATIENCE_S
            play = Play(hall, seed, ops, room["tables"][at], code, patience, Backup(here) if restore else None)
            verdicts.append(await play.run())
            found = "good" if verdicts[-1].is_good else "FAILED"
            print(f"seed {seed}{f', {control}' if control else ''}: {found}", file=sys.stderr, flush=True)
        return {"verdicts": verdicts, "kills": node.kills, "database": here.engine}


def _server(here: Installation, control: str | None) -> Server:
    return Server(command_of_server(control, here.port), here.environment, here.port, path="/healthz")


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    shown = (
        "seeds",
        "ops",
        *COUNTED,
        "kills",
        "device_kills",
        "conflicts",
        "confirmations",
        "wrong_answers",
        "longest_settling_s",
        "total_s",
    )
    lines = [f"{name:<20}{report[name]:>10}" for name in shown]
    for failure in report["failures"]:
        lines.append(f"\nseed {failure['seed']} failed; play it again with --seeds 1 --seed {failure['seed']}")
        lines += [f"  {name}: {each}" for name in COUNTED for each in failure[name]]
    return "\n".join([*lines, f"{report['database']}, load average {report['machine']['load_average']}"])
