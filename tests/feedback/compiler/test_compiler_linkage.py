import numpy as np
import pytest

from feedback.compiler import linkage
from feedback.compiler.linkage import Heap, Links, arrange, average_linkage, same_wording
from feedback.compiler.nearness import related_from
from feedback.compiler.sections import examine
from feedback.compiler.similarity import Spread


def square(*rows):
    return np.array(rows, dtype=np.float32)


def table_of(*texts, stances=None):
    notes = [
        {"id": f"n{number:03}", "section": "s", "group": None, "kind": None, "text": text, "lang": "en"}
        for number, text in enumerate(texts)
    ]
    for note, stance in zip(notes, stances or [], strict=False):
        note["stance"] = stance
    return examine(notes, "en").table


def test_links_make_sets_through_others():
    links = Links([(4, 2), (7, 4), (1, 9)])
    assert (links.root(7), links.root(5)) == (2, 5)
    assert links.sets() == [[1, 9], [2, 4, 7], [5]]


def test_average_linkage_joins_by_the_mean_and_not_by_the_nearest():
    chain = square([1, 0.8, 0.1], [0.8, 1, 0.8], [0.1, 0.8, 1])
    assert average_linkage(chain, 0.5, []) == [[0, 1], [2]]
    assert average_linkage(chain, 0.4, []) == [[0, 1, 2]]


def test_average_linkage_keeps_heaps_whole_that_nothing_else_holds():
    apart = square([1, 0, 0], [0, 1, 0], [0, 0, 1])
    assert average_linkage(apart, 0.5, [[0, 2]]) == [[0, 2], [1]]


def test_the_nearness_asked_for_has_bounds_where_chance_says_nothing():
    assert related_from(Spread(0.06, 0.05), 2.0) == pytest.approx(0.16)
    assert [related_from(Spread(0.02, 0.01), z) for z in (1.5, 2.0, 3.0)] == pytest.approx([0.075, 0.1, 0.15])
    assert related_from(Spread(0.3, 0.4), 2.0) == pytest.approx(0.3)


@pytest.mark.parametrize("size", [0, 1])
def test_average_linkage_takes_no_note_and_one_note(size):
    assert average_linkage(np.ones((size, size), dtype=np.float32), 0.5, []) == [[n] for n in range(size)]


def test_the_same_wording_never_joins_a_pair_marked_apart_however_many_stand_between():
    alike = np.full((6, 6), 0.95, dtype=np.float32)
    apart = np.zeros((6, 6), dtype=np.bool_)
    apart[0, 5] = apart[5, 0] = True
    assert not [heap for heap in same_wording(alike, apart) if {0, 5} <= set(heap)]


def test_a_note_joins_a_heap_made_by_people_only_with_the_same_wording():
    table = table_of(
        "More benches in the park", "Seats in the shade", "more benches in the park", "Benches by the pond"
    )
    heaps = arrange(table, [0, 1, 2, 3], [Heap([0, 1], same=True, closed=True)], z=2.0)
    assert heaps[0] == Heap([0, 1], same=True, closed=True)
    alone = arrange(table, [0, 2, 3], [Heap([0], same=True, closed=True)], z=2.0)
    assert alone[0].members == [0, 2]
    assert [heap.members for heap in alone[1:]] == [[3]]


MATTERS = ["benches in the park {}", "the tram comes late at night {}", "solar panels on the roof {}"]


def test_a_long_section_in_blocks_finds_the_same_matters_as_in_one_piece(monkeypatch):
    texts = [MATTERS[number % 3].format(f"w{number}x") for number in range(30)]
    table = table_of(*texts)
    whole = sorted(heap.members for heap in arrange(table, range(30), [], z=2.0))
    monkeypatch.setattr(linkage, "BLOCK", 7)
    blocks = sorted(sorted(heap.members) for heap in arrange(table, range(30), [], z=2.0))
    assert blocks == whole == [list(range(start, 30, 3)) for start in range(3)]


def test_in_blocks_a_note_against_never_joins_a_statement_for(monkeypatch):
    monkeypatch.setattr(linkage, "BLOCK", 2)
    table = table_of(*["Close the square to cars"] * 6, stances=[1, 1, 1, -1, None, -1])
    for heap in arrange(table, range(6), [], z=2.0):
        sides = table.stances[heap.members]
        assert not heap.same or not (sides.min() < 0 < sides.max())
