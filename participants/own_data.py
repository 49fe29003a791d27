"""What somebody is shown about themselves: each row that the declarations of `personal.py` find for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Field, Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ledger import keeping
from ledger.keeping import Subject
from participants.actions.forget import subject_of, subject_of_account
from participants.models import Person, User
from workshops.states import TableNeed

LABELS: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail"),
    "language": gettext_lazy("language"),
    "age_band": gettext_lazy("age"),
    "area": gettext_lazy("area"),
    "table_needs": gettext_lazy("needs at the table"),
    "created_at": gettext_lazy("made on"),
    "workshop": gettext_lazy("workshop"),
    "state": gettext_lazy("state"),
    "queue_no": gettext_lazy("number in the queue"),
    "asked_at": gettext_lazy("asked on"),
    "arrived_at": gettext_lazy("came at"),
    "theme": gettext_lazy("theme"),
    "needs": gettext_lazy("needs"),
    "first_time": gettext_lazy("first time here"),
    "group": gettext_lazy("table"),
    "session": gettext_lazy("session"),
    "kind": gettext_lazy("kind"),
    "expires_at": gettext_lazy("valid until"),
    "revoked_at": gettext_lazy("ended on"),
    "used_at": gettext_lazy("used on"),
    "offered_until": gettext_lazy("offered until"),
    "audience": gettext_lazy("group of people"),
    "channel": gettext_lazy("signed up by"),
    "invited_at": gettext_lazy("invited on"),
    "answered_at": gettext_lazy("answered on"),
    "bounced_at": gettext_lazy("came back on"),
    "reason": gettext_lazy("reason"),
    "do": gettext_lazy("what"),
    "sent_at": gettext_lazy("sent on"),
    "given_up_at": gettext_lazy("not sent, since"),
    "at": gettext_lazy("when"),
    "verb": gettext_lazy("what"),
    "last_login": gettext_lazy("last signed in"),
    "joined_at": gettext_lazy("account since"),
}


VALUES: dict[str, str | Promise] = {
    **dict(TableNeed.choices),
    "registration.asked": gettext_lazy("a place was asked for"),
    "registration.given_up": gettext_lazy("the place was given up"),
    "registration.put_back": gettext_lazy("the place was given back"),
    "registration.promoted": gettext_lazy("a place opened"),
    "registration.told_more": gettext_lazy("two questions were answered"),
    "registration.corrected": gettext_lazy("details were corrected"),
    "person.arrived": gettext_lazy("came in"),
    "person.not_arrived": gettext_lazy("was not there after all"),
    "person.seated": gettext_lazy("got a seat"),
    "person.seat_kept": gettext_lazy("the seat was kept or let go"),
    "place_taken": gettext_lazy("you have a place"),
    "waiting": gettext_lazy("you are on the waiting list"),
    "promoted": gettext_lazy("a place opened"),
    "place_given_up": gettext_lazy("the place was given up"),
    "workshop_moved": gettext_lazy("the workshop changed"),
    "workshop_cancelled": gettext_lazy("the workshop was cancelled"),
    "link_again": gettext_lazy("your link again"),
    "data_link": gettext_lazy("the link to your data"),
    "published": gettext_lazy("what we said is out"),
}
"""Words for what history and mails store as a key; a key without words is shown as it is."""


@dataclass(frozen=True)
class Section:
    """Rows of one kind: why they are kept and until when, and each row as `{field: value}`."""

    store: str
    title: str
    why: str
    until: str
    rows: list[dict[str, Any]]

    @property
    def shown(self) -> list[list[tuple[str, Any]]]:
        """Each row as pairs of a label and what a person reads, without what is empty."""
        model = keeping.apps.get_model(self.store)
        return [
            [(_label(name), _read(model._meta.get_field(name), value)) for name, value in row.items() if _told(value)]
            for row in self.rows
        ]


def _told(value: Any) -> bool:
    return value not in (None, "", [])


def _label(name: str) -> str:
    return str(LABELS.get(name, name.replace("_", " "))).capitalize()


def _read(field: Field, value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(VALUES.get(each, each)) for each in value)
    choices = dict(getattr(field, "flatchoices", ()))
    return choices.get(value) or (VALUES.get(value, value) if isinstance(value, str) else value)


def own_data(person: Person) -> list[Section]:
    """Everything about a person of a programme, and about the account that only they can enter."""
    subjects = [subject_of(person), *map(subject_of_account, _accounts(person))]
    found: dict[str, Section] = {}
    for line in sorted(keeping.kept(), key=_people_first):
        if not line.told or line.rows is None:
            continue
        rows = [_row(row, line) for subject in subjects for row in _rows(line, subject)]
        section = found.setdefault(line.store, _section(line))
        section.rows.extend(row for row in rows if row not in section.rows)
    return [section for section in found.values() if section.rows]


def _accounts(person: Person) -> list[User]:
    proved = EmailAddress.objects.filter(email__iexact=person.email or "", verified=True)
    return list(User.objects.filter(pk__in=proved.values("user")))


def _people_first(line: keeping.Kept) -> int:
    """The person and their places before links, mails and history."""
    order = ("participants.person", "participants.user", "participants.registration")
    if line.store in order:
        return order.index(line.store)
    return len(order) + line.store.startswith("ledger.")


def _section(line: keeping.Kept) -> Section:
    return Section(
        line.store,
        str(line.title or line.model._meta.verbose_name),
        str(line.why),
        str(line.until and line.until.says),
        [],
    )


def _rows(line: keeping.Kept, subject: Subject) -> QuerySet:
    """The person's rows, with what they point at."""
    pointing = [name for name in line.told if line.model._meta.get_field(name).is_relation]
    found = line.rows(subject)  # type: ignore[misc]
    return found.select_related(*pointing) if pointing else found


def _row(row: Model, line: keeping.Kept) -> dict[str, Any]:
    return {name: _value(row, name) for name in line.told}


def _value(row: Model, name: str) -> Any:
    """The stored value; another thing by what it is called, never by another person's row."""
    value = getattr(row, name)
    return str(value) if isinstance(value, Model) else value


def as_json(person: Person, now: dt.datetime | None = None) -> dict[str, Any]:
    """The file to download: `{"made_at", "programme", "data": {store: {"why", "until", "rows"}}}`, in English."""
    with override("en"):
        sections = own_data(person)
        return {
            "made_at": now or timezone.now(),
            "programme": str(person.programme),
            "data": {each.store: {"why": each.why, "until": each.until, "rows": each.rows} for each in sections},
        }
