"""Who signs in and who takes part in the sample: all invented, all at addresses that cannot exist."""

from __future__ import annotations

from typing import Any

from config.sample.plan import Stage
from ledger.history import Actor
from ledger.models import ActorKind
from participants import actions
from participants.models import Person, Registration, SeatingRule, User
from participants.users import let_in
from workshops.models import ModeratorSeat, TeamSeat
from workshops.states import TeamRole

CAST = {
    "organiser": ("serena@tavolo.example", "Serena Riva"),
    "moderator": ("ilaria@tavolo.example", "Ilaria Fontana"),
    "writer": ("youssef@tavolo.example", "Youssef Amrani"),
    "helper": ("bruno@tavolo.example", "Bruno Galbiati"),
    "observer": ("livia@tavolo.example", "Livia Marchetti"),
}
"""Role → address and name of those who can sign in."""

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
        )
        for person in told["people"]
    }
    Person.objects.bulk_create(rows.values())
    stage.people.update(rows)


def take_places(stage: Stage, told: dict[str, Any], key: str) -> None:
    """Everybody who asked for a place at the workshop, in the order they asked; the last ones wait."""
    details = {person["key"]: person for person in told["people"]}
    for who in told["registrations"].get(key, []):
        person = stage.people[who]
        stage.registrations[key, who], _is_new = actions.register(
            stage.workshops[key],
            name=person.name,
            email=person.email,
            language=person.language,
            by=Actor(ActorKind.PERSON),
            theme=stage.themes[details[who]["favourite_theme"]],
            needs=details[who]["needs"],
            first_time=details[who]["first_time"],
        )
    _keep_together(stage, told, key)


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
            actions.check_in(registration, by=stage.organiser)
            actions.seat(registration, stage.groups[key, name], by=stage.organiser, kept=False)
