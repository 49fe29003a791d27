"""Hostile texts, and what becomes of them in a form: stored exactly, or refused in a sentence.

Used by test_hostile_forms.py with a hundred texts a field, and by `bench hostile` with ten thousand.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from ledger.storable import has_unstorable_characters

SLOW_SECONDS = 5
NOTHING, REFUSED = "nothing is stored\x00", "refused on the next page\x00"

FIXED = (
    "", " ", "\t", "0", "-1", "null", "None", "undefined", "NaN", "true", "9" * 30, "9" * 5000, "1e309", "0x41",
    "x" * 80, "x" * 81, "x" * 301, "x" * 3001, "x" * 60_000, "à" * 301, "👩‍👩‍👧‍👦" * 20, "é" * 60, "e\u0301" * 60,
    "Zoë Ñandú Łukasz Ǆ", "山田太郎", "محمد", "שלום", "\u202egnihton", "\u2066a\u2069", "\u200b", "\ufeff",
    "\u2028", "\u2029",
    "\x01\x02", "\x0b", "\x1b[31m", "\x7f", "\x85", "\ufffe", "\uffff", "\U0010ffff", "\ue000", "a\rb", "a\nb",
    "a\r\nb",
    "Olmo\r\nBcc: teresa@posta.example", "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "'; DROP TABLE x; --", '" OR 1=1',
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</textarea><b>", "&lt;b&gt;", "{{ 7*7 }}",
    "{% load x %}",
    "%s %d %(x)s", "${7*7}", "{0.__class__}", "../../etc/passwd", "C:\\con", "javascript:alert(1)", "http://x.example",
    "www.x.example", "a@b.example", '"a b"@c.example', "a@" + "b" * 250 + ".example", "a@[127.0.0.1]", "ａ@ｂ.example",
    "[]", "{}", "[" * 500, '{"a":' * 200, "{not-an-id}", "\\u0000", "%00", "&#0;", "☃" * 100,
    "the-token-of-each-visitor", "the-stamp-of-each-visitor",
)  # fmt: skip
UNSTORABLE = (b"a\x00b", b"\x00", b"\xed\xa0\x80", b"a\xed\xbf\xbfb", b"\xff\xfe", b"\xc0\x80")
"""Bytes that are no text for a database: NUL, half characters, what is not UTF-8."""

ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz ", "ABCXYZ0123456789", "àèéìòùçñøß", "<>&\"'`/\\=;:", "{}[]()%$#@!|~^*+?.,-_",
    "\t\r\n\x0b\x0c", "".join(map(chr, [*range(1, 32), *range(127, 160)])),
    "\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff",
    "́̈̃҉⃝", "☃😀👩‍🚀🏳️‍🌈", "日本語한국어العربيةעברית", "\ue000\uffff\U0010ffff\U000e0001",
)  # fmt: skip


def seeded(count: int, seed: int | str) -> Iterator[str]:
    """`count` texts, the same for the same seed: mixtures of alphabets, mostly short, some long, some known traps."""
    dice = random.Random(seed)
    for _number in range(count):
        alphabets = dice.sample(ALPHABETS, dice.randint(1, 3))
        length = dice.choice((1, 3, 8, 20, 60, 120, 400, 2500))
        text = "".join(dice.choice(dice.choice(alphabets)) for _letter in range(dice.randint(1, length)))
        if dice.random() < 0.2:
            text = dice.choice(FIXED)[:200] + text
        yield text


@dataclass
class Tally:
    """What became of the texts. `errors` and `inexact` name form, field and the beginning of the text."""

    fields: int = 0
    strings: int = 0
    stored_exactly: int = 0
    refused: int = 0
    looked_for: int = 0
    errors: list[tuple[str, str, str]] = field(default_factory=list)
    inexact: list[tuple[str, str, str]] = field(default_factory=list)
    slow: int = 0
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many texts with something to see were stored exactly, by form and field."""
    verdicts: list[str] = field(default_factory=list)
    """One for each text in order, the same on both databases."""

    @property
    def never_stored(self) -> list[tuple[str, str]]:
        """Form and field of each that has stored none of the texts with something to see."""
        return sorted(place for place, count in self.kept.items() if not count)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            if name == "kept":
                self.kept.update(value)
            else:
                setattr(self, name, getattr(self, name) + value)


@dataclass
class Form:
    """One form: where it is sent, a value that is fine for each field, its free-text fields, and how to read back what
    it stored: `NOTHING` where a text is only looked for, `REFUSED` where the next page says why it was not taken."""

    name: str
    url: str
    fine: dict[str, Any]
    texts: tuple[str, ...]
    read: Callable[[str], str]


def expected(form_name: str, field_name: str, text: str) -> str:
    """What is stored of a text that is taken: all of it, but for blank space around it and the case of an address."""
    text = text.strip()
    if field_name.startswith("options_"):  # one on each line
        return "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip())
    if (form_name, field_name) == ("org_edit_finding", "title"):  # on several lines there, and one line all the same
        return " ".join(text.split())
    if form_name == "org_correct_note":  # notes have line feeds, as tablets write them
        return text.replace("\r\n", "\n")
    return text.lower() if field_name == "email" else text


def try_form(client: Client, form: Form, texts: Iterable[str]) -> Tally:
    """Write each text into each free-text field; those that refuse get a fine value, the rest is looked at."""
    tally = Tally(fields=len(form.texts), kept=Counter({(form.name, name): 0 for name in form.texts}))
    for text in texts:
        with transaction.atomic():
            _try_all(client, form, dict.fromkeys(form.texts, text), tally)
            transaction.set_rollback(True)
    return tally


def _try_all(client: Client, form: Form, typed: dict[str, str], tally: Tally) -> None:
    verdicts: dict[str, str] = {}
    while typed:
        status, wrong = _send(client, form, typed, tally)
        if status == 302:
            for name, text in typed.items():
                verdicts[name] = _compare(form, name, text, tally)
            break
        refused = [name for name in typed if name in wrong] if status < 500 else []
        if not refused and len(typed) > 1:  # which one it was is found one by one
            for name, text in typed.items():
                with transaction.atomic():
                    _try_all(client, form, {name: text}, tally)
                    transaction.set_rollback(True)
            break
        for name in refused or list(typed):
            verdicts[name] = "error" if status >= 500 else "refused"
            if status >= 500:
                tally.errors.append((form.name, name, typed[name][:40]))
            else:
                tally.refused += 1
            typed = {other: text for other, text in typed.items() if other != name}
    tally.strings += len(verdicts)
    tally.verdicts += [f"{form.name} {name} {verdict}" for name, verdict in sorted(verdicts.items())]


def _send(client: Client, form: Form, typed: dict[str, str], tally: Tally) -> tuple[int, set[str]]:
    """The status, and the fields whose errors the page shows."""
    client.cookies.pop("taken", None)
    cache.clear()
    started = time.perf_counter()
    response = client.post(form.url, form.fine | typed)
    tally.slow += time.perf_counter() - started > SLOW_SECONDS
    wrong: set[str] = set()
    for part in ("sent", "form", "theme_form", "walk_in_form", "add_form"):
        found = response.context.get(part) if response.context else None
        wrong |= set(getattr(found, "errors", {}))
    return response.status_code, wrong


def _compare(form: Form, name: str, text: str, tally: Tally) -> str:
    stored = form.read(name)
    if stored == REFUSED:
        tally.refused += 1
        return "refused"
    if stored == NOTHING:
        tally.looked_for += 1
        return "looked for"
    takes_the_name = name.startswith("short_") and not text.strip()  # so its hint says
    if takes_the_name or stored == expected(form.name, name, text):
        tally.stored_exactly += 1
        tally.kept[form.name, name] += bool(text.strip() and stored)
        return "stored"
    tally.inexact.append((form.name, name, text[:40]))
    return "inexact"


def try_unstorable(client: Client, form: Form) -> Tally:
    """Bytes that no database stores as text: each is a 400 and a sentence."""
    tally = Tally()
    for name in form.texts:
        for hostile in UNSTORABLE:
            fine = "&".join(f"{key}={quote_from_bytes(str(value).encode())}" for key, value in form.fine.items())
            body = f"{fine}&{name}={quote_from_bytes(hostile)}"
            response = client.post(form.url, body, content_type="application/x-www-form-urlencoded")
            tally.strings += 1
            if response.status_code == 400 and response.content:
                tally.refused += 1
            else:
                tally.errors.append((form.name, name, f"{hostile!r}: {response.status_code}"))
    return tally


assert not any(map(has_unstorable_characters, FIXED))
