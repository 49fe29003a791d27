import json
import os
import time
from pathlib import Path

import pytest

from feedback.compiler import compile_notes
from feedback.compiler.jsonl import notes_from_jsonl, summary_for_scorer

DATA = Path(os.environ.get("TAVOLO_DATA") or Path(__file__).parents[4] / "shared" / "data")
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="no labelled notes: set TAVOLO_DATA to the folder that holds *.notes.jsonl"
)


def test_a_file_of_notes_becomes_a_document_without_its_answers(tmp_path):
    line = {
        "id": "n1",
        "section": "s",
        "group": "g1",
        "lang": "it",
        "text": "Panchine",
        "gold": ["k"],
        "stance": 1,
    }
    file = tmp_path / "a.notes.jsonl"
    file.write_text(json.dumps(line) + "\n\n", encoding="utf-8")
    note = {"id": "n1", "section": "s", "group": "g1", "kind": None, "lang": "it", "text": "Panchine"}
    assert notes_from_jsonl(file) == {
        "settings": {"related": "normal"},
        "language": "it",
        "groups": [{"id": "g1", "name": "g1"}],
        "notes": [{**note, "dots": 0, "same_as": None, "stance": None}],
        "must_link": [],
        "ratings": [],
    }


def test_a_line_break_inside_a_text_does_not_end_its_note(tmp_path):
    text = "Panchine\u2028e ombra\u0085in piazza"
    file = tmp_path / "a.notes.jsonl"
    line = {"id": "n1", "section": "s", "text": text}
    file.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [note["text"] for note in notes_from_jsonl(file)["notes"]] == [text]


def test_a_result_is_given_to_the_scorer_point_by_point(tmp_path):
    texts = {"n1": "Un orto condiviso", "n2": "un orto condiviso!", "n3": "Il tram tarda"}
    lines = [{"id": id, "section": "s", "group": id, "lang": "it", "text": text} for id, text in texts.items()]
    file = tmp_path / "a.notes.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    result = compile_notes(notes_from_jsonl(file))
    [point] = result["sections"][0]["points"]
    given = {
        "id": point["key"],
        "representative": "n1",
        "notes": ["n1", "n2"],
        "groups": 2,
        "strength": "same",
    }
    assert summary_for_scorer(result) == {"sections": [{"section": "s", "points": [given], "unassigned": ["n3"]}]}


@needs_data
def test_evidence_on_debate_notes_says_what_its_representative_says():
    file = DATA / "argkp.notes.jsonl"
    gold = {line["id"]: set(line.get("gold", [])) for line in map(json.loads, file.read_text("utf-8").splitlines())}
    result = compile_notes(notes_from_jsonl(file))
    shares = [_share_that_fits(section, gold) for section in result["sections"]]
    assert sum(shares) / len(shares) >= 0.72
    assert (result["audit"]["in"], result["audit"]["shown"]) == (len(gold), len(gold))


@needs_data
def test_five_thousand_notes_in_ten_sections_take_no_more_than_five_seconds():
    notes = [note for file in ("argkp", "xsid") for note in notes_from_jsonl(DATA / f"{file}.notes.jsonl")["notes"]]
    spread = [{**note, "section": f"s{number % 10}", "lang": "en"} for number, note in enumerate(notes[:5000])]
    started = time.perf_counter()
    result = compile_notes({"settings": {}, "language": "en", "notes": spread})
    assert time.perf_counter() - started < 5
    assert (result["audit"]["shown"], len(result["sections"])) == (5000, 10)


def _share_that_fits(section, gold):
    fits = [
        bool(gold[evidence["note"]] & gold[point["representative"]])
        for point in section["points"]
        for evidence in point["evidence"]
        if evidence["role"] != "representative" and gold[evidence["note"]] and gold[point["representative"]]
    ]
    return sum(fits) / len(fits)
