"""Drawn parts of the pages: what they draw, what they leave to words."""

import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from workshops.templatetags.tavolo import heatlevel, initials, seat_states

FOOD = SimpleNamespace(slot=3, icon="carrot", name="Food consumption", short="Food")


def render(source: str, **context) -> str:
    return Template("{% load tavolo %}" + source).render(Context(context))


def seats_in(html: str) -> list[str]:
    return re.findall(r'class="seat seat-([\w-]+)"', html)


def test_eighteen_places_with_eleven_taken_fill_the_top_row_first():
    top = render('{% seats total=18 taken=11 part="top" %}')
    bottom = render('{% seats total=18 taken=11 part="bottom" %}')
    assert (seats_in(top), seats_in(bottom)) == (["taken"] * 9, ["taken"] * 2 + ["free"] * 7)


def test_your_seat_is_marked_among_seats_that_say_nothing_about_others():
    html = render('{% seats total=6 taken=3 yours=4 rest="expected" %}')
    assert seats_in(html) == ["taken", "taken", "taken", "yours", "expected", "expected"]


def test_more_people_than_places_never_draw_more_seats_than_places():
    assert seat_states(total=4, taken=6, yours=None, rest="free") == ["taken"] * 4


@pytest.mark.parametrize(("total", "drawn"), [(24, 24), (25, 0)])
def test_up_to_24_places_are_seats_and_more_are_a_bar(total, drawn):
    html = render("{% meter 5 total %}", total=total)
    assert (len(seats_in(html)), 'class="bar"' in html) == (drawn, drawn == 0)


def test_every_drawing_is_hidden_from_screen_readers_and_carries_no_style_attribute():
    html = render(
        '{% seats 18 11 %}{% meter 11 18 %}{% table_drawing 6 5 1 label="17" sub="notes" %}{% bar 3 9 %}'
        '{% rating_bar counts %}{% icon "bike" %}{% seat_mark "free" %}{% minutes_high 45 %}{% dots 3 %}'
        "{% pace two 4 %}",
        counts=[0, 1, 2, 4, 9],
        two=[2, None],
    )
    bare = re.sub(r'<div class="(?:seat-row|rating-bar)[^>]*aria-hidden="true">.*?</div>', "", html)
    assert [drawing for drawing in re.findall(r"<svg[^>]*>", bare) if 'aria-hidden="true"' not in drawing] == []
    assert "style=" not in html


def test_what_is_written_on_a_table_is_also_read_aloud():
    html = render('{% table_drawing seats=6 here=5 expected=1 label="17" sub="notes" %}')
    assert re.findall(r'visually-hidden">([^<]*)<', html) == ["17 notes"]


def test_a_table_from_above_shows_people_then_those_expected_and_two_moderators():
    html = render("{% table_drawing seats=6 here=4 expected=1 %}")
    assert seats_in(html) == ["taken"] * 4 + ["expected", "not-open", "moderator", "moderator"]


def test_ratings_are_one_seat_per_answer_in_order():
    html = render("{% rating_bar counts %}", counts=[1, 0, 2, 0, 3])
    assert re.findall(r"rate rate-(\d)", html) == ["1", "3", "3", "5", "5", "5"]


@pytest.mark.parametrize(("count", "level"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (7, 4), (9, 5), (10, 5)])
def test_heat_is_the_fifth_of_the_largest_cell(count, level):
    assert heatlevel(count, 10) == level


def test_heat_of_a_table_without_notes_is_zero_everywhere():
    assert heatlevel(0, 0) == 0


def test_the_heat_table_has_headers_counts_levels_and_totals():
    html = render(
        "{% heat rows columns totals=True %}",
        rows=[(FOOD, [5, 0]), ("Other", [1, 2])],
        columns=["Gelso", "Olmo"],
    )
    assert re.findall(r'<th scope="col">([^<]*)', html)[:2] == ["Gelso", "Olmo"]
    assert re.findall(r'class="heat-(\d)">(\d+)', html) == [("5", "5"), ("0", "0"), ("1", "1"), ("2", "2")]
    assert re.findall(r'heat-total">(\d+)', html) == ["5", "3", "6", "2", "8"]


def test_numbers_inside_drawings_stay_plain_in_italian():
    from django.utils import translation

    with translation.override("it"):
        assert 'viewBox="0 0 12000 1"' in render("{% bar 1500 12000 %}")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Serena Riva", "SR"), ("Li Na Zhou", "LZ"), ("Ada", "A"), ("", ""), ("  élodie  b ", "ÉB")],
)
def test_initials_take_the_first_and_the_last_word(name, letters):
    assert initials(name) == letters


def test_the_stepper_says_in_words_what_is_done_and_marks_what_is_now():
    html = render("{% stepper steps 5 first=4 %}", steps=["Run", ("Compile", "/compile/"), "Curate"])
    assert re.findall(r'<li class="step-([\w-]+)"', html) == ["done", "now", "to-come"]
    assert html.count('aria-current="step"') == 1
    assert '<a href="/compile/">' in html


def test_a_quote_has_its_marks_from_css_and_its_own_language():
    note = {"kind": "quote", "kind_label": "Quote", "theme": FOOD, "text": "Chi lo pulisce?", "lang": "it"}
    assert '<blockquote class="note-text" lang="it"><q>Chi lo pulisce?</q></blockquote>' in render(
        "{% note_card note %}", note=note
    )


def test_what_a_person_wrote_is_never_markup():
    note = {"kind": "idea", "kind_label": "Idea", "text": "<b>bold</b>", "by": "<i>"}
    html = render("{% note_card note %}", note=note)
    assert ("<b>bold" in html, "<i>" in html) == (False, False)


class PlaceForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="For your ticket.")
    theme = forms.ChoiceField(label="Theme", required=False, widget=forms.RadioSelect, choices=[("3", "Food")])


def test_a_wrong_field_is_described_by_its_hint_and_its_error():
    html = render("{% field form.email %}", form=PlaceForm({"email": "teresa@"}))
    described = re.search(r'aria-describedby="([^"]*)"', html).group(1).split()
    assert described == ["id_email_helptext", "id_email_error"]
    assert [f'id="{name}"' in html for name in described] == [True, True]
    assert html.index('id="id_email_error"') < html.index("<input")


def test_choices_are_chips_that_keep_their_state_in_an_input():
    html = render("{% field form.theme %}", form=PlaceForm({"email": "t@posta.example", "theme": "3"}))
    assert re.findall(r'<label class="chip" for="(id_theme_0)"><input[^>]*checked[^>]*>', html) == ["id_theme_0"]


class SessionForm(forms.Form):
    themes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("7", "Food"), ("8", "Energy")])
    kinds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("habit", "Habit"), ("idea", "Idea")]
    )


def chips_in(html: str) -> list[tuple[str, str, str]]:
    """Of each chip: its classes, its icon, its word."""
    return re.findall(r'<label class="([^"]*)".*?chip-face">(?:<svg.*?#([\w-]+)".*?</svg>)?(\w+)<', html)


def test_themes_and_kinds_to_choose_from_have_their_icons():
    food = SimpleNamespace(pk=7, slot=3, icon="carrot")
    themes = render("{% field form.themes themes=themes %}", form=SessionForm(), themes=[food])
    assert chips_in(themes) == [("chip theme-3", "carrot", "Food"), ("chip", "", "Energy")]
    kinds = render("{% field form.kinds kinds=True %}", form=SessionForm())
    assert chips_in(kinds) == [("chip", "repeat-2", "Habit"), ("chip", "lightbulb", "Idea")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bread at seven.", "Bread at seven."),
        ("Bread at seven in the bin", "Bread at seven…"),
        ("Breadatseveninthebin", "Breadatsevenint…"),
        ("Ok 地図が読めない人がたくさんいます", "Ok 地図が読めない人がたくさ…"),
    ],
)
def test_a_long_text_ends_after_a_whole_word_where_it_can(text, shown):
    assert render("{{ text|up_to:16 }}", text=text) == shown


def test_the_summary_of_errors_links_to_its_field_and_says_the_same_words():
    form = PlaceForm({"email": "teresa@"})
    assert re.findall(r'<a href="#(\w+)">([^<]*)', render("{% error_summary form %}", form=form)) == [
        ("id_email", form.errors["email"][0])
    ]


def test_a_form_without_errors_has_no_summary():
    assert render("{% error_summary form %}", form=PlaceForm({"email": "t@posta.example"})).strip() == ""
