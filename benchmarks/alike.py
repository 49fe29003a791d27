"""`bench alike`: how well a stranger tells known addresses from unknown ones by the time an answer takes.

Pairs of requests to a form, one with an address that is known and one without, in random order. `auc` is the chance
that the known one of a pair took longer: 0.5 says nothing can be told. The forms: `sensitive`, that of a sensitive
workshop; `sensitive_again`, the same where "known" is an address that asked before and has not confirmed; `find_place`,
"Find my place"; `sign_in`, the form that mails a code to those with an account; and `control`, that of a workshop that
is not sensitive, where the answer itself tells.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from statistics import median
from typing import Any

from benchmarks.process import machine
from benchmarks.server import Installation

PAIRS = 500
WARMING = 5
"""Requests of each kind before the clock counts."""
WAYS = ("sensitive", "sensitive_again", "find_place", "sign_in", "control")


def measure(pairs: int = PAIRS) -> dict[str, Any]:
    """AUC and medians in milliseconds, inside one process, without the network's noise in favour of the stranger."""
    with Installation() as installation:
        installation.manage("migrate", "--verbosity", "0")
        installation.environment |= {"TAVOLO_FORM_SECONDS": "0", "TAVOLO_HOSTS": "testserver"}
        told = json.loads(installation.module("benchmarks.alike", str(pairs)).splitlines()[-1])
        return {"machine": machine(), "engine": installation.engine, "pairs": pairs, **told}


def try_all(pairs: int) -> dict[str, Any]:
    """Inside an installation: every way an address can be asked about."""
    from django.test.utils import override_settings

    with override_settings(SECURE_SSL_REDIRECT=False, KEEP_PAGES=False):
        return {name: _compare(_prepared(name, pairs), name, pairs) for name in WAYS}


def _prepared(name: str, pairs: int) -> str:
    """Make the known ones of a way known; returns the address of its form."""
    from django.urls import reverse

    from participants.actions.signing_up import Wanted, ask_to_confirm
    from participants.users import let_in
    from tests.factories import make_registration, make_workshop

    workshop = make_workshop(places=2000, sensitive=name.startswith("sensitive"))
    for email in (f"known{number}-{name}@posta.example" for number in range(pairs)):
        if name == "sign_in":
            let_in(email)
        elif name == "sensitive_again":
            ask_to_confirm(workshop, Wanted("Teresa Donati", email, "it"))
        else:
            make_registration(workshop, email=email)
    if name in ("find_place", "sign_in"):
        return reverse("find_place" if name == "find_place" else "account_request_login_code")
    return reverse("place_form", args=[workshop.slug])


def _compare(url: str, name: str, pairs: int) -> dict[str, float]:
    dice, known, unknown = random.Random(1), [], []
    for number in range(-WARMING, pairs):
        both = [(known, f"known{number}-{name}@posta.example"), (unknown, f"nobody{number}-{name}@posta.example")]
        dice.shuffle(both)
        for times, email in both:
            took = _ask(url, email)
            if number >= 0:
                times.append(took)
    longer = sum((k > u) + (k == u) / 2 for k in known for u in unknown)
    return {
        "auc": round(longer / len(known) / len(unknown), 3),
        "known_ms": round(1000 * median(known), 2),
        "unknown_ms": round(1000 * median(unknown), 2),
    }


def _ask(url: str, email: str) -> float:
    from django.core.cache import cache
    from django.test import Client

    cache.clear()
    browser = Client()
    started = time.process_time()
    browser.post(url, {"name": "Teresa Donati", "email": email})
    return time.process_time() - started


def table(report: dict[str, Any]) -> str:
    """One line for each way of asking."""
    lines = [f"{report['pairs']} pairs on {report['engine']}"]
    for name in WAYS:
        found = report[name]
        lines.append(f"{name}: AUC {found['auc']}, known {found['known_ms']} ms, unknown {found['unknown_ms']} ms")
    return "\n".join(lines)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(try_all(int(sys.argv[1]))))
