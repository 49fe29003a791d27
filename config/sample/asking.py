"""What the workshop that is open for sign-up asks, and what the people of the sample answered and allow."""

from __future__ import annotations

from config.sample.plan import Stage
from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions.consents import Decision, write_consents
from participants.actions.questions import Said, add_question, keyed, write_answers
from participants.models import Question, Registration
from participants.purposes import CONTACT, PHOTOS, QUOTES, TAKING_PART, purposes_of
from participants.states import Channel, QuestionKind

WAYS = [
    {"it": "A piedi o in bici", "en": "On foot or by bike"},
    {"it": "Con i mezzi", "en": "By public transport"},
    {"it": "In auto o in moto", "en": "By car or motorbike"},
]
ALLOWS = ((QUOTES, CONTACT), (CONTACT,), (), (QUOTES, PHOTOS, CONTACT), (QUOTES,))
"""What one after the other allows; most of them something, some nothing."""


def ask(stage: Stage, key: str) -> list[Question]:
    """Three own questions on the sign-up form of a workshop."""
    workshop, by = stage.workshops[key], stage.organiser
    way = add_question(
        workshop,
        by=by,
        kind=QuestionKind.CHOICE,
        text={"it": "Come ti muovi di solito?", "en": "How do you usually get around?"},
        hint={"it": "Ci aiuta a mescolare i tavoli.", "en": "It helps us to mix the tables."},
        options=keyed(WAYS, []),
    )
    shared = add_question(
        workshop,
        by=by,
        kind=QuestionKind.YES_NO,
        text={"it": "Hai già usato un servizio condiviso?", "en": "Have you used a shared service before?"},
    )
    wish = add_question(
        workshop,
        by=by,
        kind=QuestionKind.TEXT,
        text={"it": "Che cosa vorresti progettare?", "en": "What would you like to design?"},
    )
    return [way, shared, wish]


def answer(stage: Stage, key: str, questions: list[Question]) -> None:
    """Answers and consents of everybody who signed up there, in their own language."""
    way, shared, _wish = questions
    purposes = {purpose.key: purpose for purpose in purposes_of(stage.programme)}
    signed_up = [registration for (where, _who), registration in stage.registrations.items() if where == key]
    for number, registration in enumerate(signed_up):
        option = way.options[number % len(way.options)]["key"]
        said = [Said(way, keys=(option,)), Said(shared, keys=("yes" if number % 3 else "no",))]
        write_answers(registration, said)
        told = [Decision.on(purposes[each]) for each in (TAKING_PART, *ALLOWS[number % len(ALLOWS)])]
        write_consents(registration, told, channel=Channel.WEB, by=_the_person(registration))


def _the_person(registration: Registration) -> Actor:
    return Actor(ActorKind.PERSON, str(registration.person_id))
