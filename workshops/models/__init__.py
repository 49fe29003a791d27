"""The plan. Ids are random and opaque."""

from workshops.emblems import Emblem
from workshops.models.agenda import AgendaStep, AgendaTemplate, Initiative, Prompt, Session
from workshops.models.fields import (  # noqa: F401 - migrations find them here
    every_kind,
    ids_of_rows,
    kinds_or_none,
    some_kinds,
    some_needs,
)
from workshops.models.groups import Group, ModeratorRound, ModeratorSeat
from workshops.models.programmes import Programme, TeamSeat, Theme
from workshops.models.workshops import Audience, Workshop

__all__ = [
    "AgendaStep",
    "AgendaTemplate",
    "Audience",
    "Emblem",
    "Group",
    "Initiative",
    "ModeratorRound",
    "ModeratorSeat",
    "Programme",
    "Prompt",
    "Session",
    "TeamSeat",
    "Theme",
    "Workshop",
]
