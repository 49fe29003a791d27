"""A hall for `bench live`: one live workshop with an open session, tables, and tablets joined with table codes.

`python -m benchmarks.live_hall '{"twenty": [1, 20]}'` makes for each name so many tables with so many tablets each, and
prints `{"session", "prompt", "tables": {name: [[{"group", "cookie"}, …], …]}}`. A cookie is a tablet's session.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from ledger.history import SYSTEM
from participants.actions.tablets import join_table
from participants.middleware import DEVICE_IN_SESSION
from tests import factories
from workshops.actions.groups import give_table_codes
from workshops.models import Group
from workshops.states import SessionState, WorkshopState


@transaction.atomic
def prepare(wanted: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """Tables and tablets as `wanted`: name to number of tables and tablets at each."""
    workshop = factories.make_workshop(state=WorkshopState.LIVE)
    factories.make_theme(workshop.programme)
    session = factories.make_session(workshop, state=SessionState.OPEN)
    groups = {
        name: [factories.make_group(workshop, f"{name} {number}") for number in range(tables)]
        for name, (tables, _tablets) in wanted.items()
    }
    give_table_codes(workshop, by=SYSTEM)
    return {
        "session": str(session.pk),
        "prompt": str(session.prompts.get().pk),
        "tables": {
            name: [[_tablet(group) for _number in range(wanted[name][1])] for group in tables]
            for name, tables in groups.items()
        },
    }


def _tablet(group: Group) -> dict[str, str]:
    """A tablet that has joined with the code on the table's sheet."""
    group.refresh_from_db()
    device = join_table(group.code or "", name="Ilaria")
    session = SessionStore()
    session[DEVICE_IN_SESSION] = str(device.pk)
    session.save()
    return {"group": str(group.pk), "cookie": session.session_key or ""}


if __name__ == "__main__":
    print(json.dumps(prepare(json.loads(sys.argv[1]))))
