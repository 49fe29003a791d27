"""`bench summary`: how good summaries are, how long they take, and how soon the page has one.

Quality is scored on labelled notes that lie beside Tavolo, in `../shared` or in the folder that `--data` names: files
`*.notes.jsonl`, and beside that folder `bench/summary_eval.py`. Everything else needs nothing from outside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.process import machine
from benchmarks.summary_click import click
from benchmarks.summary_files import score_files, steadiness
from benchmarks.summary_sizes import play

SIZES = {"5000": (5_000, 10), "10000": (10_000, 5), "100000": (100_000, 50), "100000 in one section": (100_000, 1)}
FLOORS = (  # file, section or "" for the mean, figure, floor, aim, whether less is better
    ("argkp", "", "same.evid_all", 0.90, 0.97, False),
    ("argkp", "", "same.stance_opp", 0.08, 0.01, True),
    ("argkp", "", "kp.evid_all", 0.72, 0.85, False),
    ("argkp", "", "kp.stance_mix", 0.13, 0.05, True),
    ("argkp", "", "kp.cov@K", 0.48, 0.65, False),
    ("argkp", "", "kp.cov@2K", 0.68, 0.80, False),
    ("xsid", "it", "group.b3_f1", 0.30, 0.60, False),
    ("xsid", "it", "kp.evid_all", 0.90, 0.95, False),
)
FLOORS_OF_MEANING = (
    ("argkp", "", "same.evid_all", 0.93, 0.97, False),
    ("argkp", "", "same.stance_opp", 0.03, 0.01, True),
    ("argkp", "", "kp.evid_all", 0.76, 0.85, False),
    ("argkp", "", "kp.stance_mix", 0.10, 0.05, True),
    ("argkp", "", "kp.cov@K", 0.54, 0.65, False),
    ("argkp", "", "kp.cov@2K", 0.68, 0.80, False),
    ("xsid", "it", "group.b3_f1", 0.35, 0.60, False),
    ("xsid", "it", "kp.evid_all", 0.93, 0.95, False),
    ("sib-xling", "", "xling.recall", 0.97, 0.99, False),
    ("sib-xling", "", "xling.precision", 0.93, 0.97, False),
)
SLOWEST_S = {"5000": (5.0, 2.0), "100000": (60.0, 30.0)}
SLOWEST_OF_MEANING_S = {"100000": (240.0, 30.0)}
MOST_MB = 1024


def measure(*, data: str = "", most: int = 100_000, rounds: int = 5, meaning: bool = False) -> dict[str, Any]:
    """Score, then compile notes made for it in sizes up to `most`, then press the button `rounds` times.

    With `meaning` the compiler uses the encoder; the button is pressed without, as in an installation that lacks it.
    """
    before = machine()
    folder = Path(data) if data else None
    files, steady = score_files(folder, meaning=meaning), steadiness(folder, meaning=meaning)
    wanted = {name: size for name, size in SIZES.items() if size[0] <= most}
    if meaning:
        wanted.pop("100000 in one section", None)  # it takes longer than a section may
    sizes = {name: play(*size, meaning=meaning) for name, size in wanted.items()}
    report = {
        "meaning": meaning,
        "machine": {**before, "load_average_after": machine()["load_average"]},
        "files": files,
        "why_no_files": "" if files else "no labelled notes and no scorer beside the project",
        "steady": steady,
        "sizes": sizes,
        "seconds": {name: each["seconds"] for name, each in sizes.items()},
        "peak_mb": {name: each["peak_mb"] for name, each in sizes.items()},
        "click": click(rounds) if rounds else {},
    }
    return {**report, "goals": goals(report)}


def goals(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Floors and aims, and what was found; only what was measured."""
    found = [*_about_files(report), *_about_sizes(report), *_about_clicks(report)]
    return {
        what: {
            "must": must,
            "aim": aim,
            "found": is_,
            "met": is_ <= must if less else is_ >= must,
            "aim_met": is_ <= aim if less else is_ >= aim,
        }
        for what, is_, must, aim, less in found
    }


Goal = tuple[str, float, float, float, bool]


def _about_files(report: dict[str, Any]) -> list[Goal]:
    files, steady = report["files"], report["steady"]
    found: list[Goal] = [
        (f"{name}: broken links", each["scores"]["trace.errors"], 0, 0, True) for name, each in files.items()
    ]
    for name, section, figure, must, aim, less in FLOORS_OF_MEANING if report["meaning"] else FLOORS:
        if name in files:
            scores = files[name]["sections"][section] if section else files[name]["scores"]
            found.append((" ".join(filter(None, (name, section, figure))), scores[figure], must, aim, less))
    if steady:
        found.append(
            ("one more note: points that keep their key", steady["full"]["kept_with_same_id"], 0.98, 0.99, False)
        )
        found.append(("the same, frozen", steady["frozen"]["kept_with_same_id"], 1.0, 1.0, False))
        found.append(("other bytes for the same notes", steady["different_bytes"], 0, 0, True))
    return found


def _about_sizes(report: dict[str, Any]) -> list[Goal]:
    sizes = report["sizes"]
    found: list[Goal] = [(f"{name} notes: lost", each["lost"], 0, 0, True) for name, each in sizes.items()]
    found += [(f"{name} notes: peak MiB", each["peak_mb"], MOST_MB, MOST_MB, True) for name, each in sizes.items()]
    for name, (must, aim) in (SLOWEST_OF_MEANING_S if report["meaning"] else SLOWEST_S).items():
        if name in sizes:
            found.append((f"{name} notes: seconds", sizes[name]["seconds"], must, aim, True))
    if "100000" in sizes:
        ratio = round(sizes["100000"]["seconds"] / sizes["10000"]["seconds"], 1)
        found.append(("100,000 notes take as many times as long as 10,000", ratio, 12, 10, True))
    return found


def _about_clicks(report: dict[str, Any]) -> list[Goal]:
    clicks = report["click"]
    if not clicks:
        return []
    return [
        ("C1: click to start, p50 ms", clicks["start_p50_ms"], 10, 5, True),
        ("C2: 8 groups x 50 notes, p50 ms", clicks["done_p50_ms"], 500, 150, True),
    ]


def table(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [report["why_no_files"]] if report["why_no_files"] else []
    for what, goal in report["goals"].items():
        verdict = "aim met" if goal["aim_met"] else "met" if goal["met"] else "MISSED"
        lines.append(f"{verdict:<9}{goal['found']} (must {goal['must']}, aim {goal['aim']})  {what}")
    loads = ", ".join(map(str, report["machine"]["load_average"]))
    return "\n".join([*lines, f"\n{report['machine']['cpus']} processors, load average before: {loads}"])
