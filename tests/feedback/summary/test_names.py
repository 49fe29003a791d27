"""Probable names are found rather than missed, and hidden words do not come back."""

import pytest

from feedback.models import Redaction
from feedback.summary.names import probable_names
from feedback.summary.redact import shown_text, shown_words

KNOWN = {"Teresa", "Li", "Joaquín"}

FOUND = [
    ("The key is with Signora Pina.", ["Signora Pina"]),
    ("È la Signora Ornella del secondo piano che ritira i pacchi.", ["Signora Ornella"]),
    ("Chiedi al sig. Rossi o alla dott.ssa De Luca.", ["sig. Rossi", "dott.ssa De Luca"]),
    ("Mr. Brown and Mrs Green help.", ["Mr. Brown", "Mrs Green"]),
    ("Nonna Pina knows.", ["Nonna Pina"]),
    ("Teresa said so.", ["Teresa"]),
    ("I asked TERESA twice, and Teresa again.", ["TERESA", "Teresa"]),
    ("Joaquín's tools", ["Joaquín"]),
    ("The signora upstairs shops for me.", []),
    ("I like Milan.", []),
    ("Line 77 is late.", []),
    ("teresa in small letters", []),
    ("Dr", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_probable_names(text, names):
    assert probable_names(text, KNOWN) == names


def hidden(*pairs):
    return [Redaction(words=words, replacement=instead) for words, instead in pairs]


def test_every_occurrence_is_hidden_in_whatever_case():
    assert shown_text("Pina, PINA and pina.", hidden(("Pina", "a neighbour"))) == (
        "[a neighbour], [a neighbour] and [a neighbour]."
    )


def test_longer_words_go_first_and_replacements_are_left_alone():
    assert shown_text("Signora Pina and Pina", hidden(("Pina", "P"), ("Signora Pina", "Pina"))) == "[Pina] and [P]"


def test_words_that_look_like_a_pattern_are_only_words():
    assert shown_text(r"a.b a+b \1", hidden(("a.b", r"\1"))) == r"[\1] a+b \1"


def test_without_redactions_the_text_is_as_it_was():
    assert shown_text("Pina", []) == "Pina"


def test_a_word_that_is_hidden_in_all_notes_titles_nothing():
    texts = [shown_text("Pina lends her bike.", hidden(("Pina", "a neighbour"))), "Bikes in the courtyard."]
    assert shown_words(["pina", "Bike"], texts) == ["Bike"]
