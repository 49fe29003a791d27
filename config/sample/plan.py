"""Programme, themes and the four workshops of the sample, as an organiser would enter them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from feedback.models import Note
from ledger.history import Actor
from ledger.models import ActorKind
from participants.models import Device, Person, Registration, User
from workshops.actions.agenda import add_initiative, add_prompt, add_session
from workshops.actions.groups import add_group
from workshops.actions.programmes import add_theme, plan_workshop, start_programme
from workshops.models import Group, Initiative, Programme, Prompt, Session, Theme, Workshop


@dataclass
class Stage:
    """The sample's rows by their keys in the file; rows of a workshop by (workshop's key, own key)."""

    programme: Programme
    organiser: Actor
    themes: dict[str, Theme] = field(default_factory=dict)
    workshops: dict[str, Workshop] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    prompts: dict[tuple[str, str], list[Prompt]] = field(default_factory=dict)
    initiatives: dict[tuple[str, str], Initiative] = field(default_factory=dict)
    groups: dict[tuple[str, str], Group] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    registrations: dict[tuple[str, str], Registration] = field(default_factory=dict)
    devices: dict[tuple[str, str, str], Device] = field(default_factory=dict)
    notes: dict[tuple[str, int], Note] = field(default_factory=dict)
    """By workshop and by the note's place in the file; what has not been said yet is missing."""


def lay_out(told: dict[str, Any], *, owner: User) -> Stage:
    """The whole plan as drafts. Workshops start tomorrow, until the clock is set."""
    by = Actor(ActorKind.USER, str(owner.pk))
    stage = Stage(programme=_start_programme(told["programme"], owner, by), organiser=by)
    for theme in told["themes"]:
        fields = {name: theme[name] for name in ("name", "short", "description", "slot", "icon")}
        stage.themes[theme["key"]] = add_theme(stage.programme, by=by, **fields)
    for workshop in told["workshops"]:
        _plan_workshop(stage, workshop)
    return stage


def _start_programme(programme: dict[str, Any], owner: User, by: Actor) -> Programme:
    funder = programme["funder"]
    names = ("slug", "title", "area", "summary", "organisation", "help_line", "languages")
    return start_programme(
        owner,
        by=by,
        zone_name=programme["timezone"],
        funder=funder["name"],
        funder_sentence=funder["sentence"],
        funder_grant=funder["grant"],
        funder_disclaimer=funder["disclaimer"],
        **{name: programme[name] for name in names},
    )


def _plan_workshop(stage: Stage, told: dict[str, Any]) -> None:
    key, by = told["key"], stage.organiser
    workshop = stage.workshops[key] = plan_workshop(
        stage.programme,
        by=by,
        slug=told["slug"],
        title=told["title"],
        summary=told["summary"],
        objectives={language: "\n".join(lines) for language, lines in told["objectives"].items()},
        starts_at=timezone.now() + dt.timedelta(days=1),
        minutes=told["time"]["minutes"],
        doors_minutes=told["time"]["doors_minutes"],
        venue=told["venue"]["name"],
        address=told["venue"]["address"],
        directions=told["venue"]["directions"],
        accessibility=told["access"],
        children=told["children"],
        places=told["places"],
    )
    for initiative in told["initiatives"]:
        stage.initiatives[key, initiative["key"]] = add_initiative(
            workshop,
            by=by,
            theme=stage.themes[initiative["theme"]],
            **{name: initiative[name] for name in ("name", "short", "question")},
        )
    for session in told["sessions"]:
        _add_session(stage, key, session)
    for group in told["groups"]:
        stage.groups[key, group["name"]] = add_group(
            workshop,
            by=by,
            name=group["name"],
            size=group["seats"],
            offers=group["offers"],
            moderators=[moderator["name"] for moderator in group["moderators"]],
        )


def _add_session(stage: Stage, key: str, told: dict[str, Any]) -> None:
    fields = {name: told[name] for name in ("kind", "title", "minutes", "dots_per_person", "rates")}
    session = add_session(stage.workshops[key], by=stage.organiser, **fields)
    stage.sessions[key, told["key"]] = session
    stage.prompts[key, told["key"]] = [
        add_prompt(
            session,
            text=prompt["text"],
            by=stage.organiser,
            initiative=stage.initiatives.get((key, prompt["initiative"])),
        )
        for prompt in told["prompts"]
    ]
