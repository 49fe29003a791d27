import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from benchmarks.summary import goals
from benchmarks.summary_files import score_files, steadiness
from feedback.compiler import compile_notes
from feedback.compiler.jsonl import notes_from_jsonl, summary_for_scorer

DATA = Path(os.environ.get("TAVOLO_TEST_NOTES") or Path(__file__).parents[4] / "shared" / "data")
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="no labelled notes: set TAVOLO_TEST_NOTES to the folder that holds *.notes.jsonl"
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
    document = notes_from_jsonl(file)
    result = compile_notes(document)
    [point] = result["sections"][0]["points"]
    given = {
        "id": point["key"],
        "representative": "n1",
        "text": "Un orto condiviso",
        "notes": ["n1", "n2"],
        "groups": 2,
        "strength": "same",
    }
    assert summary_for_scorer(result, document) == {
        "sections": [{"section": "s", "points": [given], "unassigned": ["n3"]}]
    }


def test_the_command_turns_a_file_of_notes_into_a_summary_file(tmp_path):
    notes, out = tmp_path / "a.notes.jsonl", tmp_path / "summary.json"
    texts = {"n1": "Un orto condiviso", "n2": "un orto condiviso!", "n3": "Il tram tarda"}
    lines = [{"id": id, "section": "s", "group": id, "lang": "it", "text": text} for id, text in texts.items()]
    notes.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    said = io.StringIO()
    call_command("compile_jsonl", notes, out, stdout=said)
    document = notes_from_jsonl(notes)
    assert json.loads(out.read_text(encoding="utf-8")) == summary_for_scorer(compile_notes(document), document)
    assert said.getvalue() == "3 notes, 3 shown, 0 left out with a reason, 1 points in 1 sections\n"


@pytest.mark.parametrize("content", ["{", '{"id": "n1"}', "[1]", b"\xff"])
def test_the_command_says_what_is_no_file_of_notes_and_writes_nothing(tmp_path, content):
    notes, out = tmp_path / "a.notes.jsonl", tmp_path / "summary.json"
    notes.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CommandError, match="is not a file of notes"):
        call_command("compile_jsonl", notes, out)
    assert not out.exists()


@needs_data
@pytest.mark.slow
def test_with_meanings_every_floor_is_reached_to_half_a_hundredth_on_notes_that_others_have_labelled():
    """One is missed by .0007 (decision 73); the last bits of vectors differ between processors."""
    report = {"files": score_files(DATA, meaning=True), "steady": {}, "sizes": {}, "click": {}, "meaning": True}
    missed = {what: goal for what, goal in goals(report).items() if not goal["met"]}
    assert {what: goal for what, goal in missed.items() if abs(goal["found"] - goal["must"]) > 0.005} == {}
    assert len(missed) < 3


@needs_data
@pytest.mark.slow
def test_every_floor_is_reached_on_notes_that_others_have_labelled():
    report = {"files": score_files(DATA), "steady": steadiness(DATA), "sizes": {}, "click": {}, "meaning": False}
    assert set(report["files"]) >= {"argkp", "xsid"}
    assert {what: goal for what, goal in goals(report).items() if not goal["met"]} == {}


@needs_data
def test_of_five_thousand_notes_in_ten_sections_each_is_shown():
    notes = [note for file in ("argkp", "xsid") for note in notes_from_jsonl(DATA / f"{file}.notes.jsonl")["notes"]]
    spread = [{**note, "section": f"s{number % 10}", "lang": "en"} for number, note in enumerate(notes[:5000])]
    result = compile_notes({"settings": {}, "language": "en", "notes": spread})
    assert (result["audit"]["shown"], len(result["sections"])) == (5000, 10)
