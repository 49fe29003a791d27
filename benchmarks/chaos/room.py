"""`python -m benchmarks.chaos.room TABLES`: a workshop that is on, with so many tables, in a database that is empty.

Prints one JSON object: the workshop's id, its organiser's session, what notes may refer to, each table's name and code.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from typing import Any

import django

ORGANISER = "organiser@posta.example"
ENOUGH_DOTS = 1000
THEMES = ("Mobility", "Energy", "Food")


def make(tables: int) -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from ledger.history import SYSTEM
    from participants.users import let_in
    from workshops.actions.agenda import add_session
    from workshops.actions.evening import move_session
    from workshops.actions.groups import add_group
    from workshops.actions.moving import move_workshop
    from workshops.actions.programmes import add_theme, plan_workshop
    from workshops.models import Programme, TeamSeat
    from workshops.states import SessionState, TeamRole, WorkshopState

    call_command("migrate", verbosity=0, interactive=False)
    organiser, browser = let_in(ORGANISER)[0], Client()
    browser.force_login(organiser)
    words = {"en": "Habits"}
    programme = Programme.objects.create(slug="chaos", title=words, organisation="Laboratorio", languages=["en"])
    TeamSeat.objects.create(programme=programme, user=organiser, role=TeamRole.ORGANISER)
    themes = [add_theme(programme, by=SYSTEM, name={"en": name}, short={"en": name}, icon="bike") for name in THEMES]
    soon = timezone.now() + dt.timedelta(hours=1)
    workshop = plan_workshop(
        programme, by=SYSTEM, title=words, starts_at=soon, venue="Casa di Quartiere", address="Via San Dionigi 36"
    )
    prompts = [{"en": "What do you share?"}, {"en": "What stops you?"}]
    session = add_session(workshop, by=SYSTEM, prompts=prompts, title=words, minutes=600, dots_per_person=ENOUGH_DOTS)
    for number in range(1, tables + 1):
        add_group(workshop, name=f"Olmo {number}", by=SYSTEM, moderators=["Ilaria Fontana", "Youssef Amrani"])
    for state in (WorkshopState.ANNOUNCED, WorkshopState.LIVE):
        move_workshop(workshop, state, by=SYSTEM)
    move_session(session, SessionState.OPEN, by=SYSTEM)
    return {
        "organiser": browser.cookies[settings.SESSION_COOKIE_NAME].value,
        "workshop": str(workshop.pk),
        "session": str(session.pk),
        "prompts": [str(prompt.pk) for prompt in session.prompts.all()],
        "themes": [str(theme.pk) for theme in themes],
        "tables": [{"name": group.name, "code": group.code} for group in workshop.groups.order_by("order")],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(make(int(sys.argv[1]))))
