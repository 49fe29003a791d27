import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.compiler import compile_notes


def make_note(id, text, **fields):
    bare = {
        "section": "s",
        "group": id[0],
        "kind": None,
        "lang": "it",
        "dots": 0,
        "same_as": None,
        "stance": None,
    }
    return {**bare, "id": id, "text": text, **fields}


pytestmark = pytest.mark.one_database
BENCHES = [
    make_note(f"b{n}", f"Servono panchine {where}") for n, where in enumerate(["nel parco", "al parco", "in parco"])
]
TRAMS = [make_note(f"t{n}", f"Il tram passa tardi {when}") for n, when in enumerate(["la sera", "di sera", "la notte"])]
ALONE = make_note("x", "Una festa di vicini")


def compile_after(notes, earlier=(), **settings):
    document = {"settings": settings, "language": "it", "notes": list(notes), "earlier": list(earlier)}
    return compile_notes(document)["sections"][0]


def as_earlier(section):
    return [
        {
            "section": section["key"],
            "key": point["key"],
            "tier": point["tier"],
            "notes": [evidence["note"] for evidence in point["evidence"]],
        }
        for point in section["points"]
    ]


def heaps(section):
    return {point["key"]: sorted(each["note"] for each in point["evidence"]) for point in section["points"]}


def earlier_point(key, *notes, tier="related"):
    return {"section": "s", "key": key, "tier": tier, "notes": list(notes)}


def test_a_point_keeps_its_key_while_half_of_its_notes_stay():
    notes = [*BENCHES, *TRAMS]
    earlier = [
        earlier_point("benches", "b0", "b1", "gone", "away"),
        earlier_point("trams", "t0", "gone", "away"),
    ]
    kept = heaps(compile_after(notes, earlier))
    assert kept.pop("benches") == ["b0", "b1", "b2"]
    assert "trams" not in kept
    assert list(kept.values()) == [["t0", "t1", "t2"]]


def test_of_two_points_that_have_become_one_the_larger_gives_its_key():
    earlier = [earlier_point("a", "b0"), earlier_point("z", "b1", "b2")]
    assert heaps(compile_after(BENCHES, earlier)) == {"z": ["b0", "b1", "b2"]}


def test_no_two_points_share_a_key_when_a_representative_has_moved():
    fresh = compile_after([*BENCHES, *TRAMS])
    trams = next(key for key, notes in heaps(fresh).items() if "t0" in notes)
    moved = heaps(compile_after([*BENCHES, *TRAMS], [earlier_point(trams, "b0", "b1", "b2")]))
    assert len(moved) == 2
    assert moved[trams] == ["b0", "b1", "b2"]


def test_frozen_points_hold_what_was_placed_and_a_new_note_finds_its_place():
    odd = [earlier_point("mine", "b0", "t0"), earlier_point("trams", "t1", "t2"), earlier_point("lone", "x")]
    new = make_note("z", "Il tram passa sempre tardi di sera")
    section = compile_after([*BENCHES, *TRAMS, ALONE, new], odd, frozen=True)
    found = heaps(section)
    assert found["trams"] == ["t1", "t2", "z"]
    assert (found["lone"], {"b0", "t0"} <= set(found["mine"])) == (["x"], True)


def test_a_link_leads_a_new_note_to_a_frozen_point_but_moves_no_placed_note():
    placed = [earlier_point("benches", "b0", "b1"), earlier_point("trams", "t0", "t1")]
    linked = {**ALONE, "same_as": "t0"}
    crossing = {**BENCHES[0], "same_as": "t0"}
    section = compile_after([crossing, BENCHES[1], *TRAMS[:2], linked], placed, frozen=True)
    assert heaps(section) == {"benches": ["b0", "b1"], "trams": ["t0", "t1", "x"]}


def test_a_frozen_statement_takes_in_only_the_same_wording():
    placed = [earlier_point("claim", "b0", tier="same")]
    again, near = make_note("c", "Servono panchine nel parco!"), make_note("d", "Le panchine vicino al tram")
    section = compile_after([BENCHES[0], again, near], placed, frozen=True)
    assert (heaps(section), section["points"][0]["tier"]) == ({"claim": ["b0", "c"]}, "same")
    assert section["remainder"] == ["d"]


WORDS = ["orto", "cortile", "bici", "piazza", "tram", "non", "scuola"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=15), st.lists(TEXTS, max_size=4), st.integers(1, 5))
def test_frozen_points_lose_no_note_and_no_key_whatever_people_placed_and_whatever_comes(old, new, piles):
    notes = [make_note(f"n{number:02}", text) for number, text in enumerate(old + new)]
    chosen = [[f"n{number:02}" for number in range(pile, len(old), piles)] for pile in range(piles)]
    placed = [earlier_point(f"k{pile}", *these) for pile, these in enumerate(chosen) if these]
    found = heaps(compile_after(notes, placed, frozen=True))
    home = {note: key for key, those in found.items() for note in those}
    assert all(home[note] == point["key"] for point in placed for note in point["notes"])
    again = heaps(compile_after(notes, as_earlier(compile_after(notes, placed, frozen=True)), frozen=True))
    assert all(set(those) <= set(again[key]) for key, those in found.items())
