import pytest

from feedback.compiler.text import Reading, grams, language_of, normalise, read, stem
from feedback.compiler.vocabulary import NEGATIONS, STOP_WORDS


def test_white_space_and_composed_letters_are_made_one():
    assert normalise("  caffe\u0301\n\tin  piazza ") == "caffé in piazza"


def test_a_reading_keeps_the_words_and_picks_the_terms():
    assert read("Non c'è l'acqua, 2 fontane!", "it") == Reading(
        words=("Non", "c", "è", "l", "acqua", "2", "fontane"),
        lowered=("non", "c", "è", "l", "acqua", "2", "fontane"),
        terms=("acqua", "fontane"),
        negated=True,
    )


@pytest.mark.parametrize(
    ("language", "text", "negated"),
    [
        ("en", "We don\u2019t need cars", True),
        ("en", "Nothing happens here", True),
        ("en", "Notable knots", False),
        ("it", "Nessuno passa di qui", True),
        ("it", "La nonna passa di qui", False),
        ("de", "Ohne Auto leben", True),
        ("fr", "On n'y va plus", True),
        ("es", "Tampoco hay bancos", True),
        ("xx", "no", False),
    ],
)
def test_a_text_says_no_if_a_word_of_its_language_does(language, text, negated):
    assert read(text, language).negated is negated


def test_stems_join_the_forms_of_a_word_where_the_language_has_a_stemmer():
    assert stem("biciclette", "it") == stem("bicicletta", "it")
    assert stem("biciclette", "xx") == "biciclette"


def test_grams_mark_both_ends_of_a_word():
    assert list(grams("tu")) == ["\u2060tu", "tu\u2060", "\u2060tu\u2060"]


def test_scripts_without_blanks_are_read_in_pairs_of_letters():
    assert read("长椅太少", "zh").terms == ("长椅", "椅太", "太少")


def test_a_language_tag_is_read_without_its_region():
    assert [language_of(tag) for tag in ("de-AT", "pt_BR", "IT", "")] == ["de", "pt", "it", ""]


def test_no_negation_is_lost_among_the_stop_words_of_its_language():
    assert {language: nays & STOP_WORDS[language] for language, nays in NEGATIONS.items()} == dict.fromkeys(
        NEGATIONS, frozenset()
    )
