"""How good summaries of labelled notes are, by the figures of a scorer, with plain ways of doing it beside them.

Notes and scorer are not part of Tavolo. Where they are missing nothing is scored, and the report says so.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from scipy.sparse.csgraph import connected_components

from benchmarks.server import ROOT
from feedback.compiler import compile_notes, dumps
from feedback.compiler.document import digest
from feedback.compiler.jsonl import notes_from_jsonl, summary_for_scorer
from feedback.compiler.meaning import KNOWN
from feedback.compiler.sections import examine

BESIDE = ROOT.parent / "shared"
DRAWS = 5
COMPONENTS_AT = 0.3
PUBLISHED = {
    "argkp": {
        "char TF-IDF, connected components, cosine .3": {"cov@K": 0.49, "cov@2K": 0.68, "evid@K": 0.63, "mix": 0.36},
        "char TF-IDF, leader clustering, cosine .2": {"cov@K": 0.45, "cov@2K": 0.59, "evid@K": 0.69, "mix": 0.14},
        "stemmed TF-IDF, NMF, 10 topics": {"cov@K": 0.44, "cov@2K": 0.50, "evid@K": 0.57, "mix": 0.28},
        "char+stem TF-IDF, k-means, 10": {"cov@K": 0.50, "cov@2K": 0.54, "evid@K": 0.56, "mix": 0.29},
        "LSA, HDBSCAN (min 3)": {"cov@K": 0.52, "cov@2K": 0.62, "evid@K": 0.74, "mix": 0.21},
        "char+stem TF-IDF, 10-NN graph, Leiden": {"cov@K": 0.41, "cov@2K": 0.41, "evid@K": 0.57, "mix": 0.25},
        "MiniLM-L6, average linkage": {"cov@K": 0.55, "cov@2K": 0.70, "evid@K": 0.59, "mix": 0.22},
    }
}
"""Measured by those who made the scorer, on the same notes."""


def score_files(folder: Path | None, *, meaning: bool = False) -> dict[str, Any]:
    """One object for each file of notes in `folder`, by name: the scorer's figures, the baselines, seconds it took.
    With `meaning` notes are put together by what they mean too, and those in languages nobody knows are left out."""
    data = folder or BESIDE / "data"
    scorer = _scorer(data.parent / "bench" / "summary_eval.py")
    if scorer is None or not data.is_dir():
        return {}
    return {_name(file): _score(scorer, file, meaning) for file in sorted(data.glob("*.notes.jsonl"))}


def steadiness(folder: Path | None, *, meaning: bool = False) -> dict[str, Any]:
    """What one more note in every section leaves of the points of the debate notes, and whether bytes repeat."""
    data = folder or BESIDE / "data"
    scorer, file = _scorer(data.parent / "bench" / "summary_eval.py"), data / "argkp.notes.jsonl"
    if scorer is None or not file.is_file():
        return {}
    whole = notes_from_jsonl(file, meaning=meaning)
    last = {note["section"]: note["id"] for note in whole["notes"]}
    fewer = {**whole, "notes": [note for note in whole["notes"] if note["id"] != last[note["section"]]]}
    before = compile_notes(fewer)
    given = whole["settings"]
    earlier = [_as_earlier(section["key"], point) for section in before["sections"] for point in section["points"]]
    kept = {}
    for name, settings in (("full", given), ("frozen", {**given, "frozen": True})):
        after = compile_notes({**whole, "settings": settings, "earlier": earlier})
        kept[name] = _compare(scorer, before, fewer, after, whole)
    return {**kept, "different_bytes": len(_digests(whole)) - 1}


def _name(file: Path) -> str:
    return file.name.removesuffix(".notes.jsonl")


def _scorer(path: Path) -> ModuleType | None:
    spec = importlib.util.spec_from_file_location("summary_scorer", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _score(scorer: ModuleType, file: Path, meaning: bool) -> dict[str, Any]:
    """Through the command, as anybody would: a file in, a file out."""
    gold = file.with_name(f"{_name(file)}.points.jsonl")
    points = scorer.read_jsonl(gold) if gold.is_file() else None
    notes = [note for note in scorer.read_jsonl(file) if not meaning or note["lang"] in KNOWN]
    with tempfile.TemporaryDirectory() as folder:
        read, out = Path(folder) / file.name, Path(folder) / "summary.json"
        read.write_text("\n".join(map(dumps, notes)), encoding="utf-8")
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "manage.py", "compile_jsonl", str(read), str(out), *["--meaning"] * meaning],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - started
        summary = json.loads(out.read_text(encoding="utf-8"))
    mean, sections, errors = scorer.score(notes, points, summary)
    told = {"scores": _rounded(mean), "errors": errors, "seconds": round(seconds, 2)}
    by_section = {"sections": {key: _rounded(each) for key, each in sections.items()}} if len(sections) <= 4 else {}
    return {**told, **by_section, "baselines": _baselines(scorer, file, notes, points)}


def _baselines(scorer: ModuleType, file: Path, notes: list[dict], points: list[dict] | None) -> dict[str, Any]:
    """Notes in random order without any grouping, notes chained by likeness, and what others have published."""
    chance = random.Random(1)
    draws = [scorer.score(notes, points, _ungrouped(notes, chance))[0] for _ in range(DRAWS)]
    alone = {key: round(statistics.mean(draw[key] for draw in draws), 4) for key in draws[0]}
    chained = scorer.score(notes, points, _chained(notes))[0]
    return {
        f"random order, ungrouped ({DRAWS} draws)": alone,
        f"connected components, cosine {COMPONENTS_AT}": _rounded(chained),
        **PUBLISHED.get(_name(file), {}),
    }


def _by_section(notes: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for note in notes:
        found.setdefault(note["section"], []).append(note)
    return found


def _ungrouped(notes: list[dict], chance: random.Random) -> dict[str, Any]:
    sections = []
    for key, those in _by_section(notes).items():
        order = chance.sample(those, len(those))
        points = [{"id": note["id"], "representative": note["id"], "notes": [note["id"]]} for note in order]
        sections.append({"section": key, "points": points})
    return {"sections": sections}


def _chained(notes: list[dict]) -> dict[str, Any]:
    """Heaps in which each note is like some other, the largest first; its first note stands for a heap."""
    sections = []
    for key, those in _by_section(notes).items():
        table = examine([{**note, "stance": None} for note in those], "en").table
        heaps: dict[int, list[str]] = {}
        _count, labels = connected_components(table.square(range(len(those))) >= COMPONENTS_AT, directed=False)
        for note, label in zip(those, labels.tolist(), strict=True):
            heaps.setdefault(label, []).append(note["id"])
        ordered = sorted(heaps.values(), key=lambda heap: (-len(heap), heap))
        points = [{"id": heap[0], "representative": heap[0], "notes": heap} for heap in ordered]
        sections.append({"section": key, "points": points})
    return {"sections": sections}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in figures.items()}


def _as_earlier(section: str, point: dict[str, Any]) -> dict[str, Any]:
    notes = [evidence["note"] for evidence in point["evidence"]]
    return {"section": section, "key": point["key"], "tier": point["tier"], "notes": notes}


def _compare(scorer: ModuleType, before: dict, fewer: dict, after: dict, whole: dict) -> dict[str, float]:
    found = scorer.compare(summary_for_scorer(before, fewer), summary_for_scorer(after, whole))
    return {name: round(found[name], 4) for name in ("ari", "points_kept", "kept_with_same_id")}


def _digests(document: dict[str, Any]) -> set[str]:
    """What four processes make of the same notes: in file order and shuffled, with other hash seeds and threads."""
    shuffled = {**document, "notes": random.Random(4).sample(document["notes"], len(document["notes"]))}
    found = {digest(json.loads(dumps(compile_notes(document))))}
    for seed, given in enumerate((document, document, shuffled)):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "OPENBLAS_NUM_THREADS": str(seed % 2 + 1)}
        command = [sys.executable, "-m", "feedback.compiler"]
        done = subprocess.run(
            command, input=json.dumps(given).encode(), cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
        )
        found.add(digest(json.loads(done.stdout)))
    return found
