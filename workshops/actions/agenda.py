"""What an agenda is made of: sessions, their questions, initiatives to rate, and the agenda of an evening."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import translation

from ledger.history import Actor, record
from workshops.actions.changing import kit_changed
from workshops.models import Initiative, Prompt, Session, Workshop
from workshops.order import after_last
from workshops.states import SessionKind


def words_in_languages(text: Any, languages: Iterable[str]) -> dict[str, str]:
    """A translatable text of ours, written out in each language: the first words of a thing nobody has named yet."""
    words = {}
    for code in languages:
        with translation.override(code):
            words[code] = str(text)
    return words


@transaction.atomic
def add_session(workshop: Workshop, *, by: Actor, prompts: Iterable[Any] = (), **fields: Any) -> Session:
    """A block at the end of the agenda, with its questions in order."""
    session = Session.objects.create(workshop=workshop, order=after_last(workshop.sessions), **fields)
    for text in prompts:
        add_prompt(session, text=text, by=by)
    record(session, "session.added", by=by, scope=workshop.pk)
    return session


@transaction.atomic
def add_prompt(session: Session, *, text: Any, by: Actor, initiative: Initiative | None = None) -> Prompt:
    """A question at the end of a session's list."""
    prompt = Prompt.objects.create(session=session, text=text, initiative=initiative, order=after_last(session.prompts))
    record(prompt, "prompt.added", by=by, scope=session.workshop_id)
    kit_changed(session.workshop)
    return prompt


@transaction.atomic
def add_initiative(workshop: Workshop, *, by: Actor, **fields: Any) -> Initiative:
    """Something the tables will rate."""
    initiative = Initiative.objects.create(workshop=workshop, order=after_last(workshop.initiatives), **fields)
    record(initiative, "initiative.added", by=by, scope=workshop.pk)
    kit_changed(workshop)
    return initiative


@transaction.atomic
def add_initiative_to_rate(session: Session, *, by: Actor, **fields: Any) -> Initiative:
    """An initiative of the workshop together with the question about it in the session that rates."""
    initiative = add_initiative(session.workshop, by=by, **fields)
    add_prompt(session, text=initiative.question or initiative.name, initiative=initiative, by=by)
    return initiative


MILAN_EVENING = [
    (SessionKind.ARRIVAL, {"it": "Accoglienza", "en": "Coffee and check-in"}, 20),
    (SessionKind.PLENARY, {"it": "Benvenuto", "en": "Welcome"}, 15),
    (SessionKind.TABLES, {"it": "Le nostre abitudini", "en": "Our habits and experiences"}, 45),
    (SessionKind.BREAK, {"it": "Pausa", "en": "Break"}, 15),
    (SessionKind.TABLES, {"it": "Iniziative: le useresti?", "en": "Initiatives: would you use them?"}, 45),
    (SessionKind.REPORT, {"it": "I tavoli raccontano", "en": "Tables report back"}, 25),
    (SessionKind.CLOSING, {"it": "Che cosa succede adesso", "en": "What happens next"}, 15),
]


@transaction.atomic
def use_evening_template(workshop: Workshop, *, by: Actor) -> None:
    """Fill an empty agenda with that of the Milan evening: arrival, welcome, habits, break, initiatives, report back,
    closing. Twice is once."""
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if workshop.sessions.exists():
        return
    for kind, title, minutes in MILAN_EVENING:
        at_tables = kind == SessionKind.TABLES
        add_session(
            workshop,
            by=by,
            kind=kind,
            title={code: title[code] for code in workshop.programme.languages if code in title} or title,
            minutes=minutes,
            dots_per_person=3 if at_tables else 0,
            rates=at_tables and minutes == 45 and "Iniziative" in title["it"],
        )
