"""The merge rule, as a rule: every pair of writers, in either order, loses no text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback.notes.merge import merge_field, with_variant

texts = st.sampled_from(["", "bread", "bread at seven", "no bread"])


@given(base=texts, one=texts, other=texts)
def test_two_texts_written_apart_are_both_there_afterwards(base, one, other):
    here, variants = base, []
    for wanted in (one, other):
        verdict = merge_field("text", here, base, wanted)
        if verdict == "take":
            here = wanted
        elif verdict == "clash":
            variants = with_variant(variants, {"op": wanted, "text": wanted})
    kept = {here, *(variant["text"] for variant in variants)}
    written = {text for text in (one, other) if text not in {base, ""}}
    assert written <= kept


@given(here=texts, seen=texts, wanted=texts)
def test_a_kind_never_clashes(here, seen, wanted):
    assert merge_field("kind", here, seen, wanted) == ("keep" if here == wanted else "take")
