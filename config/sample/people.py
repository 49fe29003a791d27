"""Who signs in and who takes part in the sample: all invented, all at addresses that cannot exist."""

from __future__ import annotations

from typing import Any

from config.sample.plan import Stage
from ledger.history import Actor
from ledger.models import ActorKind
from participants.actions import door, places, seats
from participants.models import Person, Registration, SeatingRule, User
from participants.users import let_in
from workshops.actions.audiences import add_audience
from workshops.actions.details import change_details
from workshops.models import Audience, ModeratorSeat, TeamSeat
from workshops.states import Promotion, TeamRole

CAST = {
    "organiser": ("serena@tavolo.example", "Serena Riva"),
    "moderator": ("ilaria@tavolo.example", "Ilaria Fontana"),
    "writer": ("youssef@tavolo.example", "Youssef Amrani"),
    "helper": ("bruno@tavolo.example", "Bruno Galbiati"),
    "observer": ("livia@tavolo.example", "Livia Marchetti"),
}
"""Role → address and name of those who can sign in."""

EVERYBODY_ELSE = "*"

MODERATED = ("habits-ratings", "Olmo")
"""The table whose two moderators are users; at the others they join with the table's code."""


def make_cast() -> dict[str, User]:
    """The users by role, made where they do not exist."""
    return {role: let_in(email, name)[0] for role, (email, name) in CAST.items()}


def join_team(stage: Stage, cast: dict[str, User]) -> None:
    """Helper and observer in the programme's team, the moderators at their table."""
    for role in (TeamRole.HELPER, TeamRole.OBSERVER):
        TeamSeat.objects.create(programme=stage.programme, user=cast[role], role=role)
    for user in (cast["moderator"], cast["writer"]):
        ModeratorSeat.objects.filter(group=stage.groups[MODERATED], name=user.name).update(user=user)


def invite_everybody(stage: Stage, told: dict[str, Any]) -> None:
    """The people of the programme, known before they register: with language and age."""
    rows = {
        person["key"]: Person(
            programme=stage.programme,
            name=person["name"],
            email=person["email"],
            language=person["lang"],
            age_band=person["age_band"],
            area=person["area"],
        )
        for person in told["people"]
    }
    Person.objects.bulk_create(rows.values())
    stage.people.update(rows)


def take_places(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Everybody who asked for a place at the workshop, in the order they asked; the last ones wait."""
    details = {person["key"]: person for person in told["people"]}
    audiences = _reserve(stage, told, key)
    for who in told["registrations"].get(key, []):
        person = stage.people[who]
        stage.registrations[key, who], _is_new = places.register(
            stage.workshops[key],
            name=person.name,
            email=person.email,
            language=person.language,
            by=Actor(ActorKind.PERSON),
            theme=stage.themes[details[who]["favourite_theme"]],
            needs=details[who]["needs"],
            table_needs=details[who]["table_needs"],
            first_time=details[who]["first_time"],
            audience=audiences.get(who, audiences.get(EVERYBODY_ELSE)),
        )
    _keep_together(stage, told, key)


def _reserve(stage: Stage, told: dict[str, Any], key: str) -> dict[str, Audience]:
    """The audiences of the workshop by the people in them; the one that names nobody is `EVERYBODY_ELSE`."""
    audiences = {}
    for asked in told["audiences"].get(key, []):
        audience = add_audience(stage.workshops[key], name=asked["name"], places=asked["places"], by=stage.organiser)
        audiences.update(dict.fromkeys(asked.get("people", [EVERYBODY_ELSE]), audience))
    return audiences


def give_places_up(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Some of those who had a place gave it up just now: it is offered to whoever waits longest."""
    change_details(stage.workshops[key], promotion=Promotion.OFFER, by=stage.organiser)
    for who in told["gave_up"][key]:
        person = stage.people[who]
        places.give_up(stage.registrations[key, who], by=Actor(ActorKind.PERSON, str(person.pk)))


def _keep_together(stage: Stage, told: dict[str, Any], key: str) -> None:
    pairs = [[stage.registrations.get((key, who)) for who in pair] for pair in told["together"]]
    SeatingRule.objects.bulk_create(
        SeatingRule(kind=SeatingRule.Kind.TOGETHER, one=one, other=other) for one, other in pairs if one and other
    )


def come_in(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Those who came, ticked at the door and seated at their tables."""
    for name, sitting in told["seats"][key].items():
        for who in sitting:
            registration: Registration = stage.registrations[key, who]
            door.check_in(registration, by=stage.organiser)
            seats.seat(registration, stage.groups[key, name], by=stage.organiser, kept=False)
