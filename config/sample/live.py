"""`demo --live`: a note arrives every twenty seconds, sent through the API like any other client's."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid

from django.utils import timezone
from knox.models import AuthToken

from feedback.models import Note
from participants.actions.tablets import seen
from participants.models import Device, User
from workshops.models import Group, Session
from workshops.states import SessionState, WorkshopState

EVERY_SECONDS = 20


def start(origin: str) -> None:
    """Begin to write in the background, as the sample's organiser; ends with the process."""
    user = User.objects.filter(team_seats__isnull=False).order_by("joined_at").first()
    if user is None:
        return
    _token, secret = AuthToken.objects.create(user)
    threading.Thread(target=_write, args=(origin, secret), name="sample", daemon=True).start()


def _write(origin: str, secret: str) -> None:
    texts = list(Note.objects.filter(session__workshop__state=WorkshopState.PUBLISHED).values("text", "kind", "lang"))
    chance = random.Random(11)  # noqa: S311
    for said in itertools.cycle(chance.sample(texts, len(texts))):
        time.sleep(EVERY_SECONDS)
        session = Session.objects.filter(state=SessionState.OPEN, workshop__state=WorkshopState.LIVE).first()
        if session is None:
            continue
        tablets_are_there(session)
        group = chance.choice(list(Group.objects.filter(workshop=session.workshop_id)))
        values = {**said, "session": str(session.pk), "prompt": _prompt(session, chance)}
        op = {
            "op": str(uuid.uuid4()),
            "note": str(uuid.uuid4()),
            "do": "set",
            "set": {name: {"to": value} for name, value in values.items()},
        }
        _send(f"{origin}/api/v1/groups/{group.pk}/ops", {"ops": [op]}, secret)


def tablets_are_there(session: Session) -> None:
    """The tablets of the sample are nobody's: without this the cockpit would call every table silent after a while."""
    for device in Device.objects.working_at(timezone.now()).filter(group__workshop=session.workshop_id):
        seen(device)


def _prompt(session: Session, chance: random.Random) -> str | None:
    prompts = list(session.prompts.values_list("pk", flat=True))
    return str(chance.choice(prompts)) if prompts else None


def _send(url: str, body: dict, secret: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Token {secret}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
    try:
        urllib.request.urlopen(request, timeout=10).read()  # noqa: S310
    except (urllib.error.URLError, OSError):
        return  # the server is starting or stopping; the next one comes in a moment
