"""Agendas to start from: some known everywhere, and those a programme's organisers keep.

A template is a list of blocks, plain values that fit into JSON: `kind`, `title` (by language), `minutes`, and where
they differ from nothing `dots_per_person`, `rates`, `scale`, `kinds`, `themes`, `regroups`, `roles`, `materials`,
`prompts` (texts by language) and `initiatives` (`name`, `short`, `question`, `theme`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.history import Actor, record
from workshops.actions.agenda import MILAN_EVENING, add_initiative_to_rate, add_session
from workshops.actions.changing import kit_changed
from workshops.actions.removing import StillNeeded
from workshops.models import AgendaTemplate, Programme, Session, Workshop
from workshops.states import Scale, SessionKind
from workshops.words import Words

Block = dict[str, Any]
MOST_OWN = 30
SESSION_FIELDS = ("dots_per_person", "rates", "scale", "kinds", "themes", "regroups", "roles", "materials")


class NameTaken(Exception):
    """Another template of the programme has this name."""


class TooMany(Exception):
    """The programme keeps as many templates as it may, `MOST_OWN`."""


@dataclass(frozen=True)
class Template:
    """Something to start an agenda from; `key` is its name in addresses."""

    key: str
    name: str | Promise
    blocks: list[Block]

    @property
    def minutes(self) -> int:
        return sum(block["minutes"] for block in self.blocks)

    @property
    def titles(self) -> list[Words]:
        return [Words(block["title"]) for block in self.blocks]


def _block(kind: SessionKind, minutes: int, italian: str, english: str, **more: Any) -> Block:
    dots = {"dots_per_person": 3} if kind == SessionKind.TABLES and "dots_per_person" not in more else {}
    return {"kind": kind.value, "title": {"it": italian, "en": english}, "minutes": minutes, **dots, **more}


def _asks(italian: str, english: str) -> dict[str, str]:
    return {"it": italian, "en": english}


ARRIVAL, PLENARY, TABLES = SessionKind.ARRIVAL, SessionKind.PLENARY, SessionKind.TABLES
BREAK, REPORT, CLOSING = SessionKind.BREAK, SessionKind.REPORT, SessionKind.CLOSING
HABITS = _asks("Che cosa fai già, e con chi?", "What do you do already, and with whom?")
MISSING = _asks("Che cosa manca, o che cosa non ha funzionato?", "What is missing, or did not work?")
WISHES = _asks("Che cosa vorresti provare?", "What would you like to try?")
PAPER = {"it": "Fogli dei tavoli, penne, tablet carichi", "en": "Table sheets, pens, charged tablets"}
EXPERIENCES = {"prompts": [HABITS, MISSING], "materials": PAPER}
DOOR = {"it": "Una persona all’accoglienza, una ai tavoli", "en": "One person at the door, one at the tables"}

BUILT_IN: dict[str, Template] = {
    template.key: template
    for template in (
        Template(
            "two-hours",
            _("Two hours"),
            [
                _block(ARRIVAL, 10, "Accoglienza", "Arrival", roles=DOOR),
                _block(PLENARY, 10, "Benvenuto", "Welcome"),
                _block(
                    TABLES, 50, "Le nostre esperienze", "Our experiences", prompts=[HABITS, MISSING], materials=PAPER
                ),
                _block(BREAK, 10, "Pausa", "Break"),
                _block(REPORT, 25, "I tavoli raccontano", "Tables report back"),
                _block(CLOSING, 15, "Che cosa succede adesso", "What happens next"),
            ],
        ),
        Template(
            "three-hours",
            _("Three hours"),
            [
                _block(ARRIVAL, 20, "Accoglienza", "Arrival", roles=DOOR),
                _block(PLENARY, 15, "Benvenuto", "Welcome"),
                _block(
                    TABLES, 45, "Le nostre esperienze", "Our experiences", prompts=[HABITS, MISSING], materials=PAPER
                ),
                _block(BREAK, 15, "Pausa", "Break"),
                _block(TABLES, 45, "Che cosa vorremmo", "What we would like", prompts=[WISHES], materials=PAPER),
                _block(REPORT, 25, "I tavoli raccontano", "Tables report back"),
                _block(CLOSING, 15, "Che cosa succede adesso", "What happens next"),
            ],
        ),
        Template(
            "evening",
            _("An evening"),
            [
                _block(ARRIVAL, 20, "Accoglienza e qualcosa da mangiare", "Arrival and something to eat", roles=DOOR),
                _block(PLENARY, 10, "Benvenuto", "Welcome"),
                _block(
                    TABLES, 50, "Le nostre esperienze", "Our experiences", prompts=[HABITS, MISSING], materials=PAPER
                ),
                _block(BREAK, 10, "Pausa", "Break"),
                _block(TABLES, 30, "Che cosa vorremmo", "What we would like", prompts=[WISHES], materials=PAPER),
                _block(REPORT, 20, "I tavoli raccontano", "Tables report back"),
                _block(CLOSING, 10, "Che cosa succede adesso", "What happens next"),
            ],
        ),
        Template(
            "world-cafe",
            _("World Café, three rounds at changing tables"),
            [
                _block(ARRIVAL, 15, "Accoglienza", "Arrival", roles=DOOR),
                _block(PLENARY, 10, "Come funziona", "How it works"),
                _block(TABLES, 20, "Primo giro", "First round", prompts=[HABITS], dots_per_person=0, materials=PAPER),
                _block(TABLES, 20, "Secondo giro", "Second round", prompts=[MISSING], dots_per_person=0, regroups=True),
                _block(BREAK, 10, "Pausa", "Break"),
                _block(TABLES, 20, "Terzo giro", "Third round", prompts=[WISHES], regroups=True),
                _block(REPORT, 25, "Il raccolto", "The harvest"),
                _block(CLOSING, 15, "Che cosa succede adesso", "What happens next"),
            ],
        ),
        Template(
            "milan-evening",
            _("The Milan evening: habits, then initiatives to rate"),
            [
                _block(
                    kind, minutes, title["it"], title["en"], **({"rates": True} if "Iniziative" in title["it"] else {})
                )
                for kind, title, minutes in MILAN_EVENING
            ],
        ),
    )
}


def templates_of(programme: Programme) -> list[Template]:
    """The programme's own templates by name, then those known everywhere."""
    own = [Template(str(kept.pk), kept.name, kept.blocks) for kept in programme.agenda_templates.all()]
    return [*own, *BUILT_IN.values()]


@transaction.atomic
def use_template(workshop: Workshop, blocks: Iterable[Block], *, by: Actor) -> None:
    """Give a workshop the sessions of a template in place of those it has.

    Initiatives it has stay; one with the same name is not added again. Raises `StillNeeded` once one of its sessions
    has been opened.
    """
    workshop = Workshop.objects.select_for_update(of=("self",)).with_programme().get(pk=workshop.pk)
    if workshop.sessions.filter(opened_at__isnull=False).exists():
        raise StillNeeded(workshop.pk)
    workshop.sessions.all().delete()
    for block in blocks:
        _add(workshop, block, by)
    record(workshop, "agenda.from_template", by=by, scope=workshop.pk)
    kit_changed(workshop)


def _add(workshop: Workshop, block: Block, by: Actor) -> None:
    languages = workshop.programme.languages
    fields = {name: block[name] for name in SESSION_FIELDS if block.get(name)}
    fields |= {name: _spoken(fields[name], languages) for name in ("roles", "materials") if name in fields}
    session = add_session(
        workshop,
        by=by,
        kind=block["kind"],
        title=_spoken(block["title"], languages),
        minutes=block["minutes"],
        prompts=[_spoken(text, languages) for text in block.get("prompts", [])],
        **fields,
    )
    known = {str(each.name): each for each in workshop.initiatives.all()}
    themes = {str(theme.pk): theme for theme in workshop.programme.themes.all()}
    for told in block.get("initiatives", []):
        if str(Words(told["name"])) not in known:
            words = {name: told[name] for name in ("name", "short", "question")}
            add_initiative_to_rate(session, by=by, theme=themes.get(told["theme"] or ""), **words)


def _spoken(text: dict[str, str], languages: Iterable[str]) -> dict[str, str]:
    """A text in the programme's languages; all of it when it has none of them."""
    return {code: text[code] for code in languages if code in text} or text


def blocks_of(workshop: Workshop) -> list[Block]:
    """The agenda of a workshop as a template: what is asked and rated, no times, no people."""
    return [_block_of(session) for session in workshop.sessions.prefetch_related("prompts__initiative")]


def _block_of(session: Session) -> Block:
    prompts = list(session.prompts.all())
    rated = [prompt.initiative for prompt in prompts if prompt.initiative]
    usual = {"scale": Scale.FREQUENCY}
    told = {name: getattr(session, name) for name in SESSION_FIELDS}
    told = {name: value for name, value in told.items() if value and value != usual.get(name)}
    return {
        "kind": session.kind,
        "title": session.title,
        "minutes": session.minutes,
        **told,
        "prompts": [prompt.text for prompt in prompts if not prompt.initiative],
        "initiatives": [
            {
                "name": initiative.name,
                "short": initiative.short,
                "question": initiative.question,
                "theme": str(initiative.theme_id) if initiative.theme_id else None,
            }
            for initiative in rated
        ],
    }


@transaction.atomic
def keep_as_template(workshop: Workshop, *, name: str, by: Actor) -> AgendaTemplate:
    """Keep the agenda of a workshop as a template of its programme. Raises `NameTaken` or `TooMany`."""
    programme = Programme.objects.select_for_update().get(pk=workshop.programme_id)
    if programme.agenda_templates.count() >= MOST_OWN:
        raise TooMany(programme.pk)
    kept = AgendaTemplate(programme=programme, name=name, blocks=blocks_of(workshop))
    _save_name(kept)
    record(kept, "agendatemplate.added", by=by, scope=programme.pk)
    return kept


@transaction.atomic
def rename_template(template: AgendaTemplate, *, name: str, by: Actor) -> None:
    """Raises `NameTaken`."""
    template.name = name
    _save_name(template)
    record(template, "agendatemplate.changed", by=by, scope=template.programme_id, fields=["name"])


def _save_name(template: AgendaTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as taken:
        raise NameTaken(template.name) from taken


@transaction.atomic
def remove_template(template: AgendaTemplate, *, by: Actor) -> None:
    """Agendas that began with it stay as they are."""
    record(template, "agendatemplate.removed", by=by, scope=template.programme_id)
    template.delete()
