"""The sample programme, played through the same actions that people use; only then its times are moved.

`milan.json` holds what was said and by whom. Its first workshop is published, the second is in progress at the tables,
the third is full, with one place offered and people waiting, the fourth has not opened its sign-up.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.db import transaction

from config.sample import asking, clock, invitations, outcome, people, plan, tables
from workshops.actions.moving import move_workshop
from workshops.models import Programme
from workshops.states import WorkshopState

SLUG = "milano-sud"
FILE = Path(__file__).parent / "milan.json"
PUBLISHED, LIVE, FULL, COMING = "habits-map", "habits-ratings", "design", "verify"


def story() -> dict[str, Any]:
    """Everything in `milan.json`."""
    return json.loads(FILE.read_text(encoding="utf-8"))


@transaction.atomic
def load(now: dt.datetime) -> Programme:
    """The Milan programme as it stands at `now`. Does nothing when it is there already."""
    told = story()
    if found := Programme.objects.filter(slug=SLUG).first():
        return found
    cast = people.make_cast()
    stage = plan.lay_out(told, owner=cast["organiser"])
    people.join_team(stage, cast)
    people.invite_everybody(stage, told)
    for key in (PUBLISHED, LIVE, FULL, COMING):
        move_workshop(stage.workshops[key], WorkshopState.ANNOUNCED, by=stage.organiser)
        questions = asking.ask(stage, key) if key == FULL else []
        people.take_places(stage, told, key)
        if questions:
            asking.answer(stage, key, questions)
    invitations.ask(stage, FULL)
    for key, until in ((PUBLISHED, None), (LIVE, clock.OPEN_SESSION)):
        move_workshop(stage.workshops[key], WorkshopState.LIVE, by=stage.organiser)
        people.come_in(stage, told, key)
        tables.hold(stage, told, key, until=until, minute=clock.MINUTE)
    tables.disagree(stage, told, LIVE)
    tables.count_answers(stage, told, LIVE)
    clock.move_times(stage, told, now)
    outcome.publish(stage, told, PUBLISHED)
    clock.settle_ledger(stage, now)
    people.give_places_up(stage, told, FULL)
    clock.send_mails(stage, FULL, now)
    invitations.settle(stage, FULL)
    return stage.programme
