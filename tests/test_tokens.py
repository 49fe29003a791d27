"""The contrast that the design promises, computed from the tokens (relative luminance of WCAG 2.2)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOKENS = (ROOT / "static/css/tokens.css").read_text()


def declared(selector: str) -> dict[str, str]:
    """The colours of every rule with exactly this selector: `{"ink": "#14241E", …}`."""
    rules = re.findall(rf"(?m)^\s*{re.escape(selector)} \{{([^}}]*)\}}", TOKENS)
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6})", " ".join(rules)))


LIGHT = declared(":root")
DARK = LIGHT | declared('[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


TEXT_ON_GROUND = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand") for ground in ("surface", "ground")],
    ("ink", "sunk"), ("ink-2", "sunk"),
    ("on-brand", "brand"), ("on-seat", "seat"),
    ("on-deep", "deep"), ("on-deep-2", "deep"), ("on-deep", "table"), ("on-deep-2", "table"),
    ("seat", "deep"), ("seat", "table"),
    ("ok", "ok-tint"), ("warn", "warn-tint"), ("bad", "bad-tint"), ("info", "info-tint"),
    ("ink", "ok-tint"), ("ink", "seat-tint"), ("ink", "bad-tint"), ("ink", "brand-tint"),
    ("surface", "presence"), ("surface", "ink"), ("ok", "surface"), ("warn", "surface"), ("bad", "surface"),
    *[("on-heat-pale", f"heat-{level}") for level in (1, 2, 3)],
    *[("on-heat-full", f"heat-{level}") for level in (4, 5)],
]  # fmt: skip


@pytest.mark.parametrize("mode", THEMES)
def test_every_text_colour_is_readable_on_its_ground(mode):
    colours = THEMES[mode]
    pale = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT_ON_GROUND}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", THEMES)
def test_edges_of_controls_stand_out_from_their_ground(mode):
    colours = THEMES[mode]
    edges = [
        ("line-strong", "surface"),
        ("line-strong", "ground"),
        ("rate-edge", "surface"),
        ("brand", "surface"),
    ]
    assert {edge: True for edge in edges if contrast(colours[edge[0]], colours[edge[1]]) < 3} == {}


@pytest.mark.parametrize("mode", THEMES)
@pytest.mark.parametrize("slot", range(1, 9))
def test_a_theme_is_readable_on_its_tint_and_on_cards(mode, slot):
    selector = f".theme-{slot}" if mode == "light" else f'[data-theme="dark"] .theme-{slot}'
    theme = declared(selector)
    surface, ink = THEMES[mode]["surface"], THEMES[mode]["ink"]
    ratios = [contrast(theme["t"], theme["tt"]), contrast(theme["t"], surface), contrast(ink, theme["tt"])]
    assert [ratio for ratio in ratios if ratio < 4.5] == []


def test_the_two_rings_of_the_focus_differ_enough_to_show_on_any_ground():
    ratios = {mode: contrast(colours["ring-in"], colours["ring-out"]) for mode, colours in THEMES.items()}
    assert {mode: ratio for mode, ratio in ratios.items() if ratio < 9} == {}


def test_no_stylesheet_names_a_text_size_below_14_pixels():
    """Screens only; print.css measures in points and is left out."""
    sheets = [path for path in (ROOT / "static/css").rglob("*.css") if path.name != "print.css"]
    smallest = {"px": 14, "rem": 0.875}
    sizes = [
        (path.name, size, unit)
        for path in sheets
        for size, unit in re.findall(
            r"(?:font|font-size|--t-\w+):[^;}]*?(?<![\w.])(\d*\.?\d+)(px|rem)", path.read_text()
        )
    ]
    assert [(name, size, unit) for name, size, unit in sizes if float(size) < smallest[unit]] == []
