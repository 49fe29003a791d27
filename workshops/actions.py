"""Everything people do to the plan. Each action holds its lock, its write and its Event in one transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Max, RestrictedError, Sum
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ledger import wakeups
from ledger.history import Actor, record
from ledger.ids import new_secret
from workshops.models import (
    Audience,
    Group,
    Initiative,
    ModeratorSeat,
    Programme,
    Prompt,
    Session,
    TeamSeat,
    Theme,
    Workshop,
)
from workshops.states import (
    SESSION_MOVES,
    WALL_OF_KIND,
    WORKSHOP_MOVES,
    Access,
    ModeratorRole,
    SessionKind,
    SessionState,
    TeamRole,
    WorkshopState,
)

CODES_LAST = dt.timedelta(hours=36)
CALENDAR_FIELDS = {"starts_at", "minutes", "venue", "address", "title"}


class MoveNotAllowed(Exception):
    """A state cannot be reached from where the thing is now."""


class MovedMeanwhile(Exception):
    """Somebody else moved the thing between our read and our write."""


class StillNeeded(Exception):
    """People have worked with it already: a session that was opened, a table with notes. It stays."""


class AnotherIsOpen(Exception):
    """Another session of the workshop is still open: `session`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.pk)
        self.session = session


class NameTaken(Exception):
    """Another table of the workshop has this name."""


class TooManyReserved(Exception):
    """More places would be reserved than the workshop has; `reserved` of them are reserved."""

    def __init__(self, reserved: int) -> None:
        super().__init__(reserved)
        self.reserved = reserved


class NotReady(Exception):
    """Something is missing before the move; `reasons` says what, in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def _free_slug(wanted: str) -> str:
    """A slug nobody has, in either language the same."""
    base = slugify(wanted)[:70] or "workshop"
    slug, number = base, 2
    while Workshop.objects.filter(slug=slug).exists() or Programme.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def words_in_languages(text: Any, languages: Iterable[str]) -> dict[str, str]:
    """A translatable text of ours, written out in each language: the first words of a thing nobody has named yet."""
    words = {}
    for code in languages:
        with translation.override(code):
            words[code] = str(text)
    return words


@transaction.atomic
def start_programme(user: Any, *, by: Actor, **fields: Any) -> Programme:
    """A new programme with `user` as its owner; `fields` are those of `Programme`."""
    fields.setdefault("slug", _free_slug(next(iter(fields["title"].values()))))
    programme = Programme.objects.create(**fields)
    TeamSeat.objects.create(programme=programme, user=user, role=TeamRole.OWNER)
    record(programme, "programme.started", by=by, scope=programme.pk)
    return programme


@transaction.atomic
def change(thing: Any, *, by: Actor, workshop: Workshop | None = None, **fields: Any) -> list[str]:
    """Write changed fields of a thing of the plan and return their names; nothing happens when none differ."""
    changed = [name for name, value in fields.items() if getattr(thing, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(thing, name, fields[name])
    thing.full_clean(validate_constraints=False)
    thing.save(update_fields=changed)
    scope = workshop.pk if workshop else (thing.pk if isinstance(thing, Workshop | Programme) else None)
    record(thing, f"{thing._meta.model_name}.changed", by=by, scope=scope, fields=sorted(changed))
    if workshop is not None:
        kit_changed(workshop)
    return changed


@transaction.atomic
def add_theme(programme: Programme, *, by: Actor, **fields: Any) -> Theme:
    """A theme at the end of the list, in the next free colour."""
    taken = programme.themes.aggregate(last=Max("order"))["last"]
    order = 0 if taken is None else taken + 1
    theme = Theme.objects.create(programme=programme, order=order, **{"slot": order % 8 + 1, **fields})
    record(theme, "theme.added", by=by, scope=programme.pk)
    return theme


@transaction.atomic
def plan_workshop(programme: Programme, *, by: Actor, **fields: Any) -> Workshop:
    """A new workshop at the end of the series, as a draft without an agenda."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)  # numbers are given under this lock
    last = programme.workshops.aggregate(last=Max("number"))["last"] or 0
    fields.setdefault("slug", _free_slug(f"{programme.slug}-{last + 1}"))
    workshop = Workshop.objects.create(programme=programme, number=last + 1, **fields)
    record(workshop, "workshop.planned", by=by, scope=workshop.pk)
    return workshop


@transaction.atomic
def add_session(workshop: Workshop, *, by: Actor, prompts: Iterable[Any] = (), **fields: Any) -> Session:
    """A block at the end of the agenda, with its questions in order."""
    last = workshop.sessions.aggregate(last=Max("order"))["last"]
    session = Session.objects.create(workshop=workshop, order=0 if last is None else last + 1, **fields)
    for text in prompts:
        add_prompt(session, text=text, by=by)
    record(session, "session.added", by=by, scope=workshop.pk)
    return session


@transaction.atomic
def add_prompt(session: Session, *, text: Any, by: Actor, initiative: Initiative | None = None) -> Prompt:
    """A question at the end of a session's list."""
    last = session.prompts.aggregate(last=Max("order"))["last"]
    prompt = Prompt.objects.create(
        session=session, text=text, initiative=initiative, order=0 if last is None else last + 1
    )
    record(prompt, "prompt.added", by=by, scope=session.workshop_id)
    kit_changed(session.workshop)
    return prompt


@transaction.atomic
def add_initiative(workshop: Workshop, *, by: Actor, **fields: Any) -> Initiative:
    """Something the tables will rate."""
    last = workshop.initiatives.aggregate(last=Max("order"))["last"]
    initiative = Initiative.objects.create(workshop=workshop, order=0 if last is None else last + 1, **fields)
    record(initiative, "initiative.added", by=by, scope=workshop.pk)
    kit_changed(workshop)
    return initiative


@transaction.atomic
def add_initiative_to_rate(session: Session, *, by: Actor, **fields: Any) -> Initiative:
    """An initiative of the workshop together with the question about it in the session that rates."""
    initiative = add_initiative(session.workshop, by=by, **fields)
    add_prompt(session, text=initiative.question or initiative.name, initiative=initiative, by=by)
    return initiative


@transaction.atomic
def add_group(
    workshop: Workshop,
    *,
    name: str,
    by: Actor,
    size: int = 5,
    room: str = "",
    offers: Iterable[str] = (),
    moderators: Iterable[str] = (),
    addresses: Iterable[str] = (),
) -> Group:
    """A table; the first moderator asks, the second writes, `addresses` are theirs in the same order.

    Raises `NameTaken`.
    """
    _hold_table_name(workshop, name)
    last = workshop.groups.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    fields = {"name": name, "size": size, "room": room, "offers": list(offers), "order": order}
    group = Group.objects.create(workshop=workshop, **fields)
    for role, moderator, address in zip_longest(ModeratorRole, moderators, addresses, fillvalue=""):
        if moderator:
            ModeratorSeat.objects.create(group=group, role=role, **_moderator(moderator, address))
    record(group, "group.added", by=by, scope=workshop.pk)
    return group


@transaction.atomic
def change_group(
    group: Group, *, name: str, size: int, by: Actor, room: str = "", offers: Iterable[str] = (), **moderators: str
) -> None:
    """A table as the organiser wants it in one step; `moderators` are the arguments of `name_moderators`.

    Raises `NameTaken`.
    """
    _hold_table_name(group.workshop, name, but=group)
    name_moderators(group, by=by, **moderators)
    change(group, by=by, workshop=group.workshop, name=name, size=size, room=room, offers=list(offers))


def _hold_table_name(workshop: Workshop, name: str, *, but: Group | None = None) -> None:
    """Names and order of tables are given under the workshop's lock. Raises `NameTaken`."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)
    others = workshop.groups.exclude(pk=but.pk) if but else workshop.groups
    if others.filter(name__iexact=name).exists():
        raise NameTaken(name)


@transaction.atomic
def start_groups(workshop: Workshop, tables: Iterable[tuple[str, int]], *, by: Actor) -> None:
    """The first tables, by name and seats; nothing happens when there are some. Twice is once."""
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
    if workshop.groups.exists():
        return
    for name, size in tables:
        add_group(workshop, name=name, size=size, by=by)


@transaction.atomic
def remove(thing: Session | Prompt | Initiative | Group, *, by: Actor, workshop: Workshop) -> None:
    """Take something out of the plan. Raises `StillNeeded` once people have worked with it."""
    Workshop.objects.select_for_update().get(pk=workshop.pk)  # sessions are opened under this lock
    if _has_been_used(thing, workshop):
        raise StillNeeded(thing.pk)
    record(thing, f"{thing._meta.model_name}.removed", by=by, scope=workshop.pk)
    thing.delete()
    kit_changed(workshop)


def _has_been_used(thing: Session | Prompt | Initiative | Group, workshop: Workshop) -> bool:
    """Notes hang on opened sessions, questions and tables with ops; ratings on initiatives of an opened session."""
    if isinstance(thing, Session | Prompt):
        session_id = thing.pk if isinstance(thing, Session) else thing.session_id
        return Session.objects.filter(pk=session_id, opened_at__isnull=False).exists()
    if isinstance(thing, Initiative):
        return workshop.sessions.filter(rates=True, opened_at__isnull=False).exists()
    return Group.objects.select_for_update().get(pk=thing.pk).seq > 0


@transaction.atomic
def remove_theme(theme: Theme, *, by: Actor) -> None:
    """Take a theme out of a programme; notes and people that named it keep everything else."""
    record(theme, "theme.removed", by=by, scope=theme.programme_id)
    theme.delete()


@transaction.atomic
def change_details(workshop: Workshop, *, by: Actor, **fields: Any) -> list[str]:
    """`change` for a workshop; another time or place also counts up its calendar entries, and one that is open by link
    gets a link. Names of changed fields.

    Raises `TooManyReserved` for fewer places than are reserved.
    """
    now = Workshop.objects.select_for_update().get(pk=workshop.pk)  # places are reserved and counted under this lock
    if fields.get("places", now.places) < now.reserved:
        raise TooManyReserved(now.reserved)
    changed = change(workshop, by=by, workshop=workshop, **fields)
    if "access" in changed and workshop.access == Access.LINK and not workshop.link_secret:
        renew_sign_up_link(workshop, by=by)
    if CALENDAR_FIELDS & set(changed):
        Workshop.objects.filter(pk=workshop.pk).update(calendar_sequence=F("calendar_sequence") + 1)
        workshop.refresh_from_db(fields=["calendar_sequence"])
    return changed


@transaction.atomic
def add_audience(workshop: Workshop, *, name: dict[str, str], places: int, by: Actor) -> Audience:
    """Reserve places for an audience. Raises `TooManyReserved`."""
    workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
    last = workshop.audiences.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    audience = Audience(workshop=workshop, name=name, places=places, order=order)
    _reserve(workshop, workshop.reserved + places)
    audience.save()
    record(audience, "audience.added", by=by, scope=workshop.pk, places=places)
    return audience


@transaction.atomic
def change_audience(audience: Audience, *, name: dict[str, str], places: int, by: Actor) -> None:
    """Another name or number of reserved places; nobody loses a place. Raises `TooManyReserved`."""
    workshop = Workshop.objects.select_for_update().get(pk=audience.workshop_id)
    others = workshop.audiences.exclude(pk=audience.pk).aggregate(sum=Sum("places"))["sum"] or 0
    _reserve(workshop, others + places)
    change(audience, by=by, workshop=workshop, name=name, places=places)


@transaction.atomic
def remove_audience(audience: Audience, *, by: Actor) -> None:
    """Its places are for everybody again. Raises `StillNeeded` once somebody has signed up as one of them."""
    workshop = Workshop.objects.select_for_update().get(pk=audience.workshop_id)
    removed = str(audience.pk)
    try:
        audience.delete()
    except RestrictedError as chosen:
        raise StillNeeded(removed) from chosen
    _reserve(workshop, workshop.audiences.aggregate(sum=Sum("places"))["sum"] or 0)
    record(workshop, "audience.removed", by=by, scope=workshop.pk, audience=removed)


def _reserve(workshop: Workshop, places: int) -> None:
    """Write how many places are reserved; the caller holds the workshop's lock. Raises `TooManyReserved`."""
    if places > workshop.places:
        raise TooManyReserved(workshop.reserved)
    workshop.reserved = places
    workshop.save(update_fields=["reserved"])


@transaction.atomic
def renew_sign_up_link(workshop: Workshop, *, by: Actor) -> str:
    """A new secret for the link that opens the sign-up form; the one before opens nothing from now on."""
    workshop.link_secret = new_secret()
    workshop.save(update_fields=["link_secret"])
    record(workshop, "workshop.link_renewed", by=by, scope=workshop.pk)
    return workshop.link_secret


@transaction.atomic
def end_sign_up_link(workshop: Workshop, *, by: Actor) -> None:
    """No link opens the sign-up form any more."""
    workshop.link_secret = ""
    workshop.save(update_fields=["link_secret"])
    record(workshop, "workshop.link_ended", by=by, scope=workshop.pk)


@transaction.atomic
def name_moderators(
    group: Group, *, by: Actor, asks: str = "", writes: str = "", asks_email: str = "", writes_email: str = ""
) -> bool:
    """Who asks and who writes at a table; an empty name leaves the chair empty. False when nothing changed.

    Whoever signs in with the address opens the table's pad.
    """
    wanted = {ModeratorRole.ASKS: (asks, asks_email), ModeratorRole.WRITES: (writes, writes_email)}
    before = {role: (name, email) for role, name, email in group.moderators.values_list("role", "name", "email")}
    if before == {role.value: named for role, named in wanted.items() if named[0]}:
        return False
    for role, (name, address) in wanted.items():
        if not name:
            group.moderators.filter(role=role).delete()
        elif before.get(role) != (name, address):
            ModeratorSeat.objects.update_or_create(group=group, role=role, defaults=_moderator(name, address))
    record(group, "group.moderators_named", by=by, scope=group.workshop_id)
    kit_changed(group.workshop)
    return True


def _moderator(name: str, address: str) -> dict[str, Any]:
    """The fields of a moderator's seat; the user is whoever signs in with the address."""
    user = get_user_model().objects.filter(email__iexact=address).first() if address else None
    return {"name": name, "email": address, "user": user}


@transaction.atomic
def move_prompt(prompt: Prompt, *, up: bool, by: Actor) -> bool:
    """Swap a question with its neighbour. False at the edge."""
    ordered = list(prompt.session.prompts.select_for_update().order_by("order", "pk"))
    moved = _swap_with_neighbour(ordered, prompt, up=up)
    if moved:
        record(prompt, "prompt.reordered", by=by, scope=prompt.session.workshop_id)
        kit_changed(prompt.session.workshop)
    return moved


@transaction.atomic
def move_in_agenda(session: Session, *, up: bool, by: Actor) -> bool:
    """Swap a session with its neighbour. False at the edge."""
    ordered = list(session.workshop.sessions.select_for_update().order_by("order", "pk"))
    moved = _swap_with_neighbour(ordered, session, up=up)
    if moved:
        record(session, "session.reordered", by=by, scope=session.workshop_id)
        kit_changed(session.workshop)
    return moved


def _swap_with_neighbour(ordered: list[Any], thing: Any, *, up: bool) -> bool:
    """Write the new `order` of rows in a list where `thing` went one up or down. False at the edge."""
    here = next(i for i, other in enumerate(ordered) if other.pk == thing.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return False
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, each in enumerate(ordered):
        if each.order != position:
            type(each).objects.filter(pk=each.pk).update(order=position)
    return True


def missing_to_announce(workshop: Workshop) -> list[str]:
    """What a workshop still needs before people can see it, in words."""
    missing = []
    if not workshop.venue:
        missing.append(_("Say where it takes place."))
    if not workshop.sessions.exists():
        missing.append(_("Add at least one session to the agenda."))
    return missing


def missing_to_go_live(workshop: Workshop) -> list[str]:
    """What must be there before the evening starts."""
    missing = []
    if not workshop.groups.exists():
        missing.append(_("Add at least one table."))
    if not workshop.sessions.at_the_tables().exists():
        missing.append(_("Add a session at the tables."))
    return missing


_READINESS: dict[str, Callable[[Workshop], list[str]]] = {
    WorkshopState.ANNOUNCED: missing_to_announce,
    WorkshopState.LIVE: missing_to_go_live,
}


@transaction.atomic
def move_workshop(workshop: Workshop, new_state: str, *, by: Actor) -> None:
    """The only writer of a workshop's state.

    Raises `MoveNotAllowed`, `MovedMeanwhile`, or `NotReady` with what is missing.
    """
    old_state = workshop.state
    if new_state not in WORKSHOP_MOVES[old_state]:
        raise MoveNotAllowed(workshop.pk, new_state)
    if new_state in _READINESS and (missing := _READINESS[new_state](workshop)):
        raise NotReady(missing)
    again = int(old_state == WorkshopState.CANCELLED)  # calendars must see a higher SEQUENCE than the cancellation's
    here = Workshop.objects.filter(pk=workshop.pk, state=old_state)
    if not here.update(state=new_state, calendar_sequence=F("calendar_sequence") + again):
        raise MovedMeanwhile(workshop.pk)
    workshop.refresh_from_db(fields=["state", "calendar_sequence"])
    if new_state == WorkshopState.LIVE:
        give_table_codes(workshop, by=by)
    record(workshop, "workshop.moved", by=by, scope=workshop.pk, before=old_state, after=new_state)
    kit_changed(workshop)


@transaction.atomic
def move_session(session: Session, new_state: str, *, by: Actor) -> None:
    """The only writer of a session's state; opening sets its real end, closing tells the tablets.

    Raises `MoveNotAllowed`, `MovedMeanwhile`, or `AnotherIsOpen`: a room does one thing at a time.
    """
    Workshop.objects.select_for_update().get(pk=session.workshop_id)  # open sessions are counted under this lock
    old_state, now = session.state, timezone.now()
    if new_state not in SESSION_MOVES[old_state]:
        raise MoveNotAllowed(session.pk, new_state)
    fields: dict[str, Any] = {"state": new_state}
    if new_state == SessionState.OPEN:
        if running := Session.objects.filter(workshop=session.workshop_id).open().exclude(pk=session.pk).first():
            raise AnotherIsOpen(running)
        fields |= {"opened_at": now, "ends_at": now + dt.timedelta(minutes=session.minutes), "closed_at": None}
    else:
        _wait_for_tables(session)
        fields["closed_at"] = now
    if not Session.objects.filter(pk=session.pk, state=old_state).update(**fields):
        raise MovedMeanwhile(session.pk)
    for name, value in fields.items():
        setattr(session, name, value)
    if new_state == SessionState.OPEN:
        show_on_wall(session.workshop, WALL_OF_KIND[SessionKind(session.kind)], by=by)
    record(session, "session.moved", by=by, scope=session.workshop_id, before=old_state, after=new_state)
    kit_changed(session.workshop)


def _wait_for_tables(session: Session) -> None:
    """Notes that are being stored come first: whoever reads after the session has closed reads all of them."""
    tables = Group.objects.select_for_update().filter(workshop=session.workshop_id)
    list(tables.order_by("pk").values_list("pk"))


@transaction.atomic
def extend_session(session: Session, *, minutes: int, by: Actor) -> None:
    """More (or fewer) minutes for an open session. It never ends before it began.

    Raises `MoveNotAllowed` when it is not open.
    """
    session = Session.objects.select_for_update().get(pk=session.pk)
    if not session.is_open or session.ends_at is None or session.opened_at is None:
        raise MoveNotAllowed(session.pk, "extend")
    session.ends_at = max(session.ends_at + dt.timedelta(minutes=minutes), session.opened_at + dt.timedelta(minutes=1))
    session.save(update_fields=["ends_at"])
    record(session, "session.extended", by=by, scope=session.workshop_id, minutes=minutes)
    kit_changed(session.workshop)


@transaction.atomic
def ask_prompt(session: Session, prompt: Prompt, *, by: Actor) -> None:
    """The question the wall and the tablets show now."""
    Session.objects.filter(pk=session.pk).update(asked=prompt)
    record(session, "session.asked", by=by, scope=session.workshop_id)
    kit_changed(session.workshop)


@transaction.atomic
def show_on_wall(workshop: Workshop, mode: str, *, by: Actor) -> None:
    """What the projector shows."""
    Workshop.objects.filter(pk=workshop.pk).update(wall_mode=mode)
    workshop.wall_mode = mode
    record(workshop, "wall.shown", by=by, scope=workshop.pk, mode=mode)
    kit_changed(workshop)


@transaction.atomic
def give_table_codes(workshop: Workshop, *, by: Actor) -> None:
    """Six digits for each table, different over all workshops, good for the evening and the next day."""
    until = max(timezone.now(), workshop.ends_at) + CODES_LAST
    for group in workshop.groups.select_for_update():
        if group.code is None:
            group.code = _free_code()
        group.code_until = until
        group.save(update_fields=["code", "code_until"])
    record(workshop, "codes.given", by=by, scope=workshop.pk)


def _free_code() -> str:
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        if not Group.objects.filter(code=code).exists():
            return code


def kit_changed(workshop: Workshop) -> None:
    """Tell tablets, cockpit and wall that sessions, questions or the clock changed."""
    wakeups.changed(f"workshop:{workshop.pk}")


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
