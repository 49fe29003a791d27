"""`bench hostile`: hostile texts through every free-text field of visitors' and organisers' forms, on each database.

Each text is stored exactly or refused in a sentence; anything else is in `errors` or `inexact`, and `shown` names form,
field and the beginning of the text. `never_stored` names the fields that took none of their texts, so that nothing was
shown about them; forms that only look for a text are left out. With `DATABASE_URL` set to PostgreSQL the same texts go
to SQLite as well, and `same_verdict` says whether both databases took and refused the same ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

from benchmarks.process import machine
from benchmarks.server import Installation

STRINGS = 10_000
SHOWN = 20


def measure(strings: int = STRINGS, seed: int = 1) -> dict[str, Any]:
    """Counts over all fields; `strings` are the seeded texts for each field, the fixed ones come on top."""
    given = os.environ.get("DATABASE_URL", "")
    engines = {"sqlite": ""} | ({"postgresql": given} if given.startswith("postgres") else {})
    reports = {engine: _try(url, strings, seed) for engine, url in engines.items()}
    digests = {report.pop("verdicts") for report in reports.values()}
    same = len(digests) == 1 if len(reports) > 1 else None
    return {"machine": machine(), "strings_a_field": strings, "seed": seed, "same_verdict": same, **reports}


def _try(database_url: str, strings: int, seed: int) -> dict[str, Any]:
    kept = os.environ.pop("DATABASE_URL", None)
    if database_url:
        os.environ["DATABASE_URL"] = database_url
    try:
        with Installation() as installation:
            installation.manage("migrate", "--verbosity", "0")
            installation.environment |= {"TAVOLO_FORM_SECONDS": "0", "TAVOLO_HOSTS": "testserver"}
            return json.loads(installation.module("benchmarks.hostile", str(strings), str(seed)).splitlines()[-1])
    finally:
        os.environ.pop("DATABASE_URL", None)
        if kept is not None:
            os.environ["DATABASE_URL"] = kept


def try_all(strings: int, seed: int) -> dict[str, Any]:
    """Inside an installation: every form in a world of its own, which is rolled back."""
    from django.db import transaction
    from django.test.utils import override_settings

    from tests.config import matrix
    from tests.config.hostile import FIXED, Tally, seeded, try_form, try_unstorable
    from tests.config.hostile_rows import LOOKED_FOR, forms_with_text, prepare
    from tests.config.world import make_clients, make_world

    total, forms = Tally(), 0
    with override_settings(SECURE_SSL_REDIRECT=False, KEEP_PAGES=False), transaction.atomic():
        world = make_world()
        client = make_clients(world, make_world())[matrix.ORGANISER]
        client.raise_request_exception = False
        for form in forms_with_text(world):
            with transaction.atomic():
                prepare(form.name, world)
                total.add(try_form(client, form, [*FIXED, *seeded(strings, f"{seed} {form.name}")]))
                total.add(try_unstorable(client, form))
                transaction.set_rollback(True)
            forms += 1
        transaction.set_rollback(True)
    return {
        "forms": forms,
        "fields": total.fields,
        "strings": total.strings,
        "stored_exactly": total.stored_exactly,
        "refused": total.refused,
        "looked_for": total.looked_for,
        "errors": len(total.errors),
        "inexact": len(total.inexact),
        "slow": total.slow,
        "never_stored": [place for place in total.never_stored if place[0] not in LOOKED_FOR],
        "shown": [*total.errors, *total.inexact][:SHOWN],
        "verdicts": hashlib.sha256("\n".join(total.verdicts).encode()).hexdigest(),
    }


def table(report: dict[str, Any]) -> str:
    """The counts for people, a line for each database."""
    names = ("forms", "fields", "strings", "stored_exactly", "refused", "looked_for", "errors", "inexact", "slow")
    lines = [f"{report['strings_a_field']} texts a field, seed {report['seed']}"]
    for engine in ("sqlite", "postgresql"):
        if counts := report.get(engine):
            lines.append(f"{engine}: " + ", ".join(f"{counts[name]} {name}" for name in names))
            lines += [f"  {shown}" for shown in counts["shown"]]
            lines += [f"  never stored: {form}, {name}" for form, name in counts["never_stored"]]
    if report["same_verdict"] is not None:
        lines.append(f"same verdict on both databases: {report['same_verdict']}")
    return "\n".join(lines)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(try_all(int(sys.argv[1]), int(sys.argv[2]))))
