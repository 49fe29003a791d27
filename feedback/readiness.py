"""Is everything there for the day? Each line was looked at; what nobody has looked at says so and is never fine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from feedback.cockpit import Cockpit
from ledger.models import Event, Job, Mail, MailState
from participants.leading import led
from participants.purposes import asked, purposes_of
from participants.regrouping import rounds_of

CHECK = "check_ready"
"""The kind of the job that shows that a worker works and the storage keeps."""
CHECKED, PRINTED = "readiness.checked", "sheets.printed"
TEST_MAIL = "test_mail"
GOOD_FOR = dt.timedelta(days=1)
"""So long a check of mail, worker and storage says something."""
SLOW = dt.timedelta(minutes=2)
"""A worker that is alive has done the check by then."""
_SEATED = ("people.mixed", "people.rebalanced", "person.seated")
ON_THE_SHEETS = (
    Q(verb__startswith="group.")
    | Q(verb__startswith="prompt.")
    | Q(verb__startswith="session.")
    | Q(verb__in=(*_SEATED, "codes.given", "agenda.undone", "agenda.from_template"))
)
"""What changes something that is printed on a table sheet."""
NOT_ON_THE_SHEETS = ("session.moved", "session.extended", "session.asked")


class State(StrEnum):
    FINE = "fine"
    WANTING = "wanting"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, how it stands in words, and the way to mend it (`posts`: a button)."""

    key: str
    title: str
    state: State
    says: str
    label: str = ""
    url: str = ""
    posts: bool = False

    @property
    def is_fine(self) -> bool:
        return self.state == State.FINE


def readiness(cockpit: Cockpit) -> list[Check]:
    """Every check of the workshop, in nine queries more than the cockpit."""
    return [
        _tablets(cockpit),
        _sheets(cockpit),
        _moderators(cockpit),
        *_rounds(cockpit),
        _consents(cockpit),
        _mail(cockpit),
        *_worker_and_storage(cockpit),
    ]


def _to(cockpit: Cockpit, name: str) -> str:
    return reverse(name, args=[cockpit.workshop.pk])


def _at(moment: dt.datetime) -> str:
    return date_format(localtime(moment), "j F, H:i")


def _way(label: str, url: str) -> dict[str, Any]:
    return {"label": label, "url": url}


def _check_now(cockpit: Cockpit) -> dict[str, Any]:
    return {"label": _("Check now"), "url": _to(cockpit, "org_check_ready"), "posts": True}


def _tablets(cockpit: Cockpit) -> Check:
    """Each table has a tablet, and each tablet has said that it works without a connection."""
    title, sheets = _("Tablets"), _to(cockpit, "org_table_sheets")
    if not cockpit.tables:
        says = _("There is no table yet.")
        return Check("tablets", title, State.WANTING, says, _("Open the tables"), _to(cockpit, "org_tables"))
    without = [table.group.name for table in cockpit.tables if not table.devices]
    if without:
        says = _("No tablet at %(tables)s yet.") % {"tables": get_text_list(without, _("and"))}
        return Check("tablets", title, State.WANTING, says, _("Codes for the tablets"), sheets)
    devices = [(table.group.name, device) for table in cockpit.tables for device in table.devices]
    not_ready = dict.fromkeys(name for name, device in devices if device.ready is False)
    if not_ready:
        says = _("A tablet would not work without a connection: %(tables)s. Its menu says what is missing.")
        return Check("tablets", title, State.WANTING, says % {"tables": get_text_list([*not_ready], _("and"))})
    silent = dict.fromkeys(name for name, device in devices if device.ready is None)
    if silent:
        says = _("Not known yet whether they work without a connection: %(tables)s. Open the note-pad on them.")
        return Check("tablets", title, State.UNKNOWN, says % {"tables": get_text_list([*silent], _("and"))})
    says = ngettext(
        "%(count)d tablet is at its table, ready also without a connection.",
        "%(count)d tablets are at their tables, ready also without a connection.",
        len(devices),
    )
    return Check("tablets", title, State.FINE, says % {"count": len(devices)})


def _sheets(cockpit: Cockpit) -> Check:
    """Somebody said that they are printed, and nothing on them has changed since."""
    title, scope = _("Table sheets"), Event.objects.in_scope(cockpit.workshop.pk)
    printed = scope.filter(verb=PRINTED).first()
    way = _way(_("Open table sheets"), _to(cockpit, "org_table_sheets"))
    if printed is None:
        return Check("sheets", title, State.UNKNOWN, _("Nobody has said that they are printed."), **way)
    since = scope.filter(ON_THE_SHEETS, pk__gt=printed.pk).exclude(verb__in=NOT_ON_THE_SHEETS)
    if since.exists():
        says = _("Printed on %(time)s. What is on them has changed since.") % {"time": _at(printed.at)}
        return Check("sheets", title, State.WANTING, says, **way)
    return Check("sheets", title, State.FINE, _("Printed on %(time)s.") % {"time": _at(printed.at)})


def _moderators(cockpit: Cockpit) -> Check:
    """Both seats of each table are taken by somebody who said yes."""
    title, way = _("Moderators"), _way(_("Open the tables"), _to(cockpit, "org_tables"))
    found = led(cockpit.workshop, [table.group for table in cockpit.tables], cockpit.now)
    if found.wanted and found.confirmed == found.wanted:
        says = ngettext("%(count)d comes.", "All %(count)d come.", found.confirmed) % {"count": found.confirmed}
        return Check("moderators", title, State.FINE, says)
    parts = [_("%(yes)d of %(all)d have said yes.") % {"yes": found.confirmed, "all": found.wanted}]
    if refused := [each.seat.name for each in found.seats if each.is_missing]:
        parts.append(_("Cannot come: %(names)s.") % {"names": get_text_list(refused, _("and"))})
    if found.empty:
        parts.append(ngettext("%(n)d seat is empty.", "%(n)d seats are empty.", found.empty) % {"n": found.empty})
    if unasked := sum(each.invitation is None for each in found.seats):
        parts.append(ngettext("%(n)d was not asked.", "%(n)d were not asked.", unasked) % {"n": unasked})
    return Check("moderators", title, State.WANTING, " ".join(parts), **way)


def _rounds(cockpit: Cockpit) -> list[Check]:
    """Only where people change tables for a session: it has been mixed."""
    rounds = [each for each in rounds_of(cockpit.workshop) if each.session.regroups]
    if not rounds:
        return []
    missing = [each.session for each in rounds if each.has_to_be_mixed]
    if missing:
        names = get_text_list([str(session.title) for session in missing], _("and"))
        says = _("Who sits where is not mixed yet: %(sessions)s.") % {"sessions": names}
        way = reverse("org_regroup", args=[cockpit.workshop.pk, missing[0].pk])
        return [Check("rounds", _("Changing tables"), State.WANTING, says, _("Mix for this session"), way)]
    says = _("Everybody has a table for each session.")
    return [Check("rounds", _("Changing tables"), State.FINE, says)]


def _consents(cockpit: Cockpit) -> Check:
    """What people may allow is asked, in each language of the programme."""
    programme = cockpit.workshop.programme
    title, way = _("What people may allow"), reverse("org_purposes", args=[programme.pk])
    open_ones = asked(purposes_of(programme))
    if not open_ones:
        says = _("Nothing is asked: no quote and no photo can be published.")
        return Check("consents", title, State.WANTING, says, _("See and word them"), way)
    lacking = [code for code in programme.languages if any(not purpose.text.get(code) for purpose in open_ones)]
    if lacking:
        names = get_text_list([get_language_info(code)["name_translated"] for code in lacking], _("and"))
        says = _("A text is missing in: %(languages)s.") % {"languages": names}
        return Check("consents", title, State.WANTING, says, _("See and word them"), way)
    asks = get_text_list([str(purpose.title) for purpose in open_ones], _("and"))
    return Check("consents", title, State.FINE, _("Asked at sign-up: %(purposes)s.") % {"purposes": asks})


def _mail(cockpit: Cockpit) -> Check:
    """A mail to the organiser was taken by the mail server lately, and none about the workshop was given up."""
    title, about = _("Mail"), Mail.objects.about(cockpit.workshop.pk)
    lost = about.filter(given_up_at__isnull=False).exclude(error="", bounced_at=None).count()
    if lost:
        says = ngettext("%(count)d mail did not arrive.", "%(count)d mails did not arrive.", lost) % {"count": lost}
        return Check("mail", title, State.WANTING, says, _("Look at them"), _to(cockpit, "org_mail"))
    last = about.filter(kind=TEST_MAIL).first()
    if last is None or last.created_at < cockpit.now - GOOD_FOR:
        return Check("mail", title, State.UNKNOWN, _("Not checked lately."), **_check_now(cockpit))
    if last.state == MailState.SENT and last.sent_at:
        says = _("The mail server took our test at %(time)s. Look whether it is in your mailbox.")
        return Check("mail", title, State.FINE, says % {"time": f"{localtime(last.sent_at):%H:%M}"})
    if last.created_at > cockpit.now - SLOW:
        return Check("mail", title, State.UNKNOWN, _("The test is on its way. Look again in a minute."))
    says = _("The test has not left for more than two minutes. Tell whoever runs the server.")
    return Check("mail", title, State.WANTING, says, **_check_now(cockpit))


def _worker_and_storage(cockpit: Cockpit) -> list[Check]:
    """A job that was asked for has been done, and in it a file was kept, read again and deleted."""
    worker, storage = _("Background work"), _("File storage")
    job = Job.objects.filter(kind=CHECK, subject_id=str(cockpit.workshop.pk)).first()
    last = Event.objects.in_scope(cockpit.workshop.pk).filter(verb=CHECKED).first()
    again = _check_now(cockpit)
    if job is not None and job.built < job.wanted:
        if job.asked_at and job.asked_at > cockpit.now - SLOW:
            says, state = _("The check is under way. Look again in a minute."), State.UNKNOWN
        else:
            says, state = _("Nothing has done the check for more than two minutes: no worker runs."), State.WANTING
        unknown = _("Not known: the check is not done.")
        return [
            Check("worker", worker, state, says, **again),
            Check("storage", storage, State.UNKNOWN, unknown),
        ]
    if last is None or last.at < cockpit.now - GOOD_FOR:
        says = _("Not checked lately.")
        return [
            Check(key, title, State.UNKNOWN, says, **again) for key, title in (("worker", worker), ("storage", storage))
        ]
    done = _("It did our check at %(time)s.") % {"time": f"{localtime(last.at):%H:%M}"}
    kept = _("A file was kept, read again and deleted at %(time)s.") % {"time": f"{localtime(last.at):%H:%M}"}
    bad = _("A file could not be kept and read again. Tell whoever runs the server.")
    is_kept = last.data["storage"]
    return [
        Check("worker", worker, State.FINE, done),
        Check("storage", storage, State.FINE, kept)
        if is_kept
        else Check("storage", storage, State.WANTING, bad, **again),
    ]
