"""Seats, tables, icons and the other drawn parts of a page.

A drawing is always hidden from screen readers: the sentence beside it, written by the page, is the value.
Drawings use SVG attributes and classes only, because pages carry no `style` attributes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from workshops.scales import WORDS, steps

register = template.Library()

KIND_ICONS = {
    "habit": "repeat-2",
    "experience": "footprints",
    "idea": "lightbulb",
    "concern": "triangle-alert",
    "question": "circle-question-mark",
    "quote": "quote",
}
SEATS_DRAWN = 24  # more places than this are a bar
DOTS_DRAWN = 10  # more dots than this are only a number
ANSWERS_IN_ONE_ROW = 24
ANSWERS_DRAWN = 60  # more answers than this are a bar


# Messages and what people said


@register.filter
def said_at(messages: Iterable[Any], place: str) -> list[Any]:
    """The messages for one place of a page, by their `extra_tags`; those without any are for its top, `""`."""
    return [message for message in messages if message.extra_tags == place]


@register.filter
def up_to(text: str, most: int) -> str:
    """As many words as fit into `most` characters, then "…"; where that is next to nothing, words are cut."""
    short = textwrap.shorten(text, most, placeholder="…")
    return Truncator(text).chars(most) if len(short) * 2 < most < len(text) else short


# Icons, kinds and themes


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, decorative beside a word; `extra` adds classes (`icon-l`)."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    """The icon of a kind of note, by its stored name (`"habit"`, …, see `KIND_ICONS`)."""
    return icon(KIND_ICONS[kind])


@register.inclusion_tag("components/theme_chip.html")
def theme_chip(theme: Any, filled: bool = True, short: bool = False) -> dict[str, Any]:
    """A theme as icon and word in its colour. `theme` has `slot` (1 to 8), `icon`, `name` and `short`."""
    return {"theme": theme, "filled": filled, "short": short}


@register.inclusion_tag("components/theme_count.html")
def theme_count(theme: Any, count: int) -> dict[str, Any]:
    """How many notes a table has on a theme, as icon and number; outlined when there are none."""
    return {"theme": theme, "count": count}


@register.filter
def initials(name: str) -> str:
    """`"Serena Maria Riva"` gives `"SR"`, one word gives one letter, nothing gives nothing."""
    words = name.split()
    return "".join(word[0] for word in dict.fromkeys([words[0], words[-1]])).upper() if words else ""


# Seats


def seat_states(total: int, taken: int, yours: int | None, rest: str) -> list[str]:
    """The state of each seat in order: taken ones first, then `rest`; seat number `yours` counts from 1."""
    states = ["taken"] * min(taken, total) + [rest] * max(total - taken, 0)
    if yours is not None and 1 <= yours <= total:
        states[yours - 1] = "yours"
    return states


def in_rows(states: Sequence[str], rows: int) -> tuple[Sequence[str], Sequence[str]]:
    """Top and bottom row; the top one takes the odd seat."""
    cut = len(states) if rows == 1 else (len(states) + 1) // 2
    return states[:cut], states[cut:]


@register.inclusion_tag("components/seats.html")
def seats(
    total: int,
    taken: int = 0,
    yours: int | None = None,
    rows: int = 2,
    part: str = "both",
    rest: str = "free",
    faded: bool = False,
) -> dict[str, Any]:
    """Seats along a card: `part="top"` goes above it and `part="bottom"` below.

    `rest` is the state of seats not taken: `"free"`, `"expected"` or `"not-open"`. With `rows=1` all
    stand in the top row, as for progress. Above 24 places nothing is drawn: the number in words says it.
    """
    states = seat_states(total, taken, yours, rest) if total <= SEATS_DRAWN or rows == 1 else []
    if faded:
        states = ["faded" if state == "taken" else state for state in states]
    top, bottom = in_rows(states, rows)
    return {
        "top": top if part in ("both", "top") else [],
        "bottom": bottom if part in ("both", "bottom") else [],
        "progress": rows == 1,
    }


@register.inclusion_tag("components/seat_mark.html")
def seat_mark(state: str = "taken", side: str = "top") -> dict[str, str]:
    """One seat, for legends and place cards; `side="bottom"` turns its flat side up."""
    return {"state": state, "side": side}


@register.inclusion_tag("components/meter.html")
def meter(
    taken: int,
    total: int,
    label: str = "",
    aside: str = "",
    rest: str = "free",
    look: str = "",
    small: bool = False,
) -> dict[str, Any]:
    """The places of a workshop as a long table: one seat each up to 24, above that a bar.

    `look` is `""`, `"outline"`, `"faded"` (past) or `"not-open"`; `label` and `aside` are written on it.
    """
    filled = "faded" if look == "faded" else "taken"
    empty = "not-open" if look in ("faded", "not-open") else rest
    states = [filled] * min(taken, total) + [empty] * max(total - taken, 0)
    top, bottom = in_rows(states, rows=2)
    return {
        "drawn": total <= SEATS_DRAWN,
        "top": top,
        "bottom": bottom,
        "taken": min(taken, total),
        "total": total,
        "label": label,
        "aside": aside,
        "look": look,
        "small": small,
    }


# A table from above, in SVG pixels.
SEAT_DEPTH, SEAT_PITCH, TABLE_HEIGHT, NARROWEST_TABLE, GAP = 15, 43, 60, 130, 4
MARGIN = SEAT_DEPTH + GAP + 1  # the last one is for the outline


@register.inclusion_tag("components/table_drawing.html")
def table_drawing(
    seats: int = 6,
    here: int = 0,
    expected: int = 0,
    moderators: int = 2,
    label: str = "",
    sub: str = "",
    yours: int | None = None,
    rest: str = "not-open",
    faded: bool = False,
    small: bool = False,
    aloud: bool = True,
    moderator: int | None = None,
) -> dict[str, Any]:
    """One table from above: half of the seats on each long side, moderators (at most two) at the ends.

    With `moderator` (1 or 2, 0 for neither) only that end is drawn as taken, as on a badge. `label` and `sub` are
    written on the table, e.g. `"17"` and `"notes"`; read out too, unless not `aloud`.
    """
    states = ["faded" if faded else "taken"] * here + ["expected"] * expected
    states = (states + [rest] * max(seats - len(states), 0))[:seats]
    nobody = all(state == "not-open" for state in states)
    if yours is not None and 1 <= yours <= seats:
        states[yours - 1] = "yours"
    top, bottom = in_rows(states, rows=2)
    width = max(NARROWEST_TABLE, SEAT_PITCH * len(top))
    middle = MARGIN + TABLE_HEIGHT // 2
    return {
        "seats": [
            *_along(top, width, y=MARGIN - GAP, turn=0),
            *_along(bottom, width, y=MARGIN + TABLE_HEIGHT + GAP, turn=180),
            *_at_the_ends(_ends(moderators, nobody, moderator, rest), width, y=middle),
        ],
        "width": width,
        "height": TABLE_HEIGHT,
        "margin": MARGIN,
        "view_width": width + 2 * MARGIN,
        "view_height": TABLE_HEIGHT + 2 * MARGIN,
        "centre": MARGIN + width // 2,
        "label_y": middle + (2 if sub else 9),
        "sub_y": middle + 21,
        "label": label,
        "sub": sub,
        "not_open": nobody,
        "small": small,
        "aloud": aloud,
    }


def _along(states: Sequence[str], width: int, *, y: int, turn: int) -> list[dict[str, Any]]:
    """Seats spread evenly along a long side; `turn` is in degrees, 0 has the flat side down."""
    pitch = width / max(len(states), 1)
    return [
        {"state": state, "x": round(MARGIN + (place + 0.5) * pitch), "y": y, "turn": turn}
        for place, state in enumerate(states)
    ]


def _ends(moderators: int, nobody: bool, moderator: int | None, rest: str) -> list[str]:
    if moderator is None:
        return ["not-open" if nobody else "moderator"] * moderators
    return ["moderator" if end == moderator else rest for end in (1, 2)]


def _at_the_ends(states: Sequence[str], width: int, *, y: int) -> list[dict[str, Any]]:
    ends = [(MARGIN - GAP, 270), (MARGIN + width + GAP, 90)]
    return [{"state": state, "x": x, "y": y, "turn": turn} for state, (x, turn) in zip(states, ends, strict=False)]


# Counts


@register.inclusion_tag("components/bar.html")
def bar(value: int, total: int, extra: str = "") -> dict[str, Any]:
    """A bar `value` of `total` long; `extra` adds classes (`bar-thin`, `clock-bar`, `theme-1`)."""
    return {"value": min(value, total), "total": total or 1, "extra": extra}


@register.inclusion_tag("components/time_bar.html")
def time_bar(pieces: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """The minutes of an agenda in order: pairs of minutes and `"tables"`, `"together"` or `"break"`."""
    drawn, at = [], 0
    for minutes, sort in pieces:
        drawn.append({"x": at, "width": max(minutes - 1, 1), "sort": sort})
        at += minutes
    return {"pieces": drawn, "total": at or 1}


@register.simple_tag
def minutes_high(minutes: int) -> SafeString:
    """An unseen drawing that makes an agenda block as high as its minutes (4 px each)."""
    return format_html('<svg class="minutes-high" height="{}" aria-hidden="true"></svg>', str(4 * minutes))


@register.inclusion_tag("components/pace.html")
def pace(counts: Sequence[int | None], highest: int, slots: int = 0) -> dict[str, Any]:
    """Notes per five minutes as columns; the last is now, `None` is a tablet out of touch.

    `highest` is the count that fills the height, `slots` the number of columns to leave room for.
    """
    columns = [
        {
            "count": count,
            "height": 38 if count is None else _pace_height(count, highest),
            "is_now": False,
        }
        for count in counts
    ]
    if columns:
        columns[-1]["is_now"] = columns[-1]["count"] is not None
    return {"columns": columns, "room": range(max(slots - len(columns), 0))}


def _pace_height(count: int, highest: int) -> int:
    """Pixels: a line at zero, and room for its number from one on."""
    return 18 + 20 * count // highest if count and highest else 4


@register.filter
def heatlevel(value: int, largest: int) -> int:
    """Which fifth of the largest cell a count falls in, 1 to 5; zero is 0."""
    return -(-5 * value // largest) if value > 0 and largest > 0 else 0


@register.inclusion_tag("components/heat.html")
def heat(
    rows: Iterable[tuple[Any, Sequence[int]]],
    columns: Sequence[str],
    caption: str = "",
    totals: bool = False,
) -> dict[str, Any]:
    """Themes by tables: `rows` pairs a theme with its counts, one per name in `columns`.

    Each row ends in its total; `totals` adds a last row of them.
    """
    counted = [(theme, list(counts)) for theme, counts in rows]
    largest = max((count for _theme, counts in counted for count in counts), default=0)
    return {
        "columns": columns,
        "caption": caption,
        "rows": [
            {
                "theme": theme,
                "cells": [{"count": count, "level": heatlevel(count, largest)} for count in counts],
                "total": sum(counts),
            }
            for theme, counts in counted
        ],
        "column_totals": [sum(column) for column in zip(*(counts for _, counts in counted), strict=True)]
        if totals
        else [],
        "all": sum(sum(counts) for _theme, counts in counted),
    }


@register.inclusion_tag("components/spread.html")
def spread(parts: Iterable[tuple[str, int]]) -> dict[str, Any]:
    """How a finding's notes spread over the tables: pairs of table name and count."""
    counted = list(parts)
    largest = max((count for _, count in counted), default=0)
    return {"parts": [{"name": name, "count": count, "level": heatlevel(count, largest)} for name, count in counted]}


@register.inclusion_tag("components/rating_bar.html")
def rating_bar(counts: Sequence[int]) -> dict[str, Any]:
    """One seat per answer; of many, one bar. `counts` are five, from the lowest step of the scale."""
    total = sum(counts)
    if total > ANSWERS_DRAWN:
        starts = [sum(counts[:level]) for level in range(len(counts))]
        pieces = [
            (str(level), str(x), str(width))
            for level, (x, width) in enumerate(zip(starts, counts, strict=True), start=1)
        ]
        return {"pieces": pieces, "total": str(total)}
    answers = [level for level, count in enumerate(counts, start=1) for level in repeat(level, count)]
    return {"answers": answers, "many": len(answers) > ANSWERS_IN_ONE_ROW}


@register.inclusion_tag("components/rating_key.html")
def rating_key(scale: str) -> dict[str, Any]:
    """The five steps of a scale with their seats."""
    return {"answers": list(enumerate(steps(scale), start=1))}


@register.filter
def rated_from(scale: str) -> str:
    """Between which answers initiatives are rated with a scale."""
    first, *_between, last = steps(scale)
    return gettext("rated from “%(first)s” to “%(last)s”") % {"first": first, "last": last}


@register.filter
def asked_with(scale: str) -> str:
    """What the table is asked where initiatives are rated with a scale."""
    return str(WORDS[scale].asks)


@register.inclusion_tag("components/dots.html")
def dots(count: int) -> dict[str, Any]:
    """Votes on a note: up to ten drawn, always with the number."""
    drawn = count if count <= DOTS_DRAWN else 1
    return {"count": count, "centres": range(6, 14 * drawn, 14), "width": max(14 * drawn - 2, 1)}


# Larger parts


@register.inclusion_tag("components/note_card.html")
def note_card(note: Any, heading: str = "", foot: bool = True) -> dict[str, Any]:
    """One note with `kind`, `theme` or none, and `text`.

    It may have `kind_label`, `dots`, `rating` (1 to 5), `by`, `lang`, `waiting`, `variants` (other
    texts of the same note) and `said_before` (corrections: `from`, `by`, `at`), which only organisers' pages fill in.
    """
    return {"note": note, "heading": heading, "foot": foot}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[Any], current: int, first: int = 1) -> dict[str, Any]:
    """The life of a workshop. `steps` are names, or pairs of name and URL.

    `current` is the number of the step that is now, `first` the number of the first one shown.
    """
    shown = []
    for number, step in enumerate(steps, start=first):
        name, url = (step, "") if isinstance(step, str) or not isinstance(step, Sequence) else step
        state = "done" if number < current else "now" if number == current else "to-come"
        shown.append({"number": number, "name": name, "url": url, "state": state})
    return {"steps": shown}


@register.inclusion_tag("components/field.html")
def field(bound: Any, hint: str = "", extra: str = "", themes: Any = (), kinds: bool = False) -> dict[str, Any]:
    """A Django form field: label, hint, error, control. Choices become chips, one box a line to tick.

    Where the choices are some of `themes`, or kinds of notes, each chip has its icon.
    """
    marks = {str(theme.pk): {"icon": theme.icon, "slot": theme.slot} for theme in themes}
    if kinds:
        marks |= {kind: {"icon": icon, "slot": None} for kind, icon in KIND_ICONS.items()}
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    several = bool(getattr(widget, "use_fieldset", False)) and kind in ("radio", "checkbox")
    return {
        "field": bound,
        "hint": hint,
        "extra": extra,
        "chips": [(choice, marks.get(str(choice.data["value"]))) for choice in bound] if several else [],
        "tick": kind == "checkbox" and not several,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """What to check in a form, said once on top, with links to the fields; it takes the focus."""
    wrong = [
        {"id": bound.id_for_label or bound.auto_id, "message": message} for bound in form for message in bound.errors
    ]
    return {
        "wrong": wrong,
        "general": form.non_field_errors(),
        "count": len(wrong) + len(form.non_field_errors()),
    }
