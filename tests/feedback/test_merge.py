"""The merge rule, as a rule: every pair of writers, in either order, loses no text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.notes.merge import carried_on, merge_field

texts = st.sampled_from(["", "bread", "bread at seven", "no bread"])


@given(base=texts, one=texts, other=texts)
def test_two_texts_written_apart_are_both_there_afterwards(base, one, other):
    here, variants = base, []
    for wanted in (one, other):
        verdict = merge_field("text", here, base, wanted)
        if verdict == "take":
            here = wanted
        elif verdict == "clash":
            variants = carried_on(variants, [], {"op": wanted, "text": wanted})
    kept = {here, *(variant["text"] for variant in variants)}
    written = {text for text in (one, other) if text not in {base, ""}}
    assert written <= kept


@given(here=texts, seen=texts, wanted=texts)
def test_a_kind_never_clashes(here, seen, wanted):
    assert merge_field("kind", here, seen, wanted) == ("keep" if here == wanted else "take")


def texts_of(variants):
    return [variant["text"] for variant in variants]


def test_what_an_author_writes_on_takes_the_place_of_the_own_variant_only():
    open_ones = [{"op": "1", "text": "a"}, {"op": "2", "text": "b"}, {"op": "3", "text": "c"}]
    assert texts_of(carried_on(open_ones, ["2"], {"op": "4", "text": "bb"})) == ["a", "bb", "c"]
    assert texts_of(carried_on(open_ones, [], {"op": "4", "text": "bb"})) == ["a", "b", "c", "bb"]
    assert texts_of(carried_on(open_ones, ["2"], None)) == ["a", "c"]
    assert texts_of(carried_on(open_ones, [], {"op": "4", "text": "c"})) == ["a", "b", "c"]


@given(typed=st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=8))
def test_one_who_types_on_through_a_clash_leaves_one_variant_at_most_and_it_is_the_last_text(typed):
    variants, seen = [], "old"
    for at, wanted in enumerate(typed):
        own = [variant["op"] for variant in variants if variant["text"] == seen]
        verdict = merge_field("text", "theirs", seen, wanted)
        variants = carried_on(variants, own, {"op": at, "text": wanted} if verdict == "clash" else None)
        seen = wanted
    assert texts_of(variants) == typed[-1:]
