"""What this floor keeps about people, and when history and receipts end."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger import journal
from ledger.keeping import (
    AUDIT,
    BACKUPS,
    CONTACT,
    LOGS,
    MOMENT,
    Duty,
    Ground,
    Remains,
    Subject,
    Whom,
    duty,
    personal,
    plain,
    store,
)
from ledger.models import Erasure, Event, Job, Mail

HISTORY = _("to answer who changed what and when; it holds ids, never names or texts")


def _history_of(subject: Subject) -> QuerySet:
    return Event.objects.filter(Q(actor_id__in=subject.ids) | Q(thing_id__in=subject.ids)).order_by("pk")


def _unname_history(subject: Subject) -> int:
    """History stays; all ids the person had become the one random key that leads nowhere any more."""
    others = subject.ids - {str(subject.key)}
    count = _history_of(subject).count()
    Event.objects.filter(actor_id__in=others).update(actor_id=str(subject.key))
    Event.objects.filter(thing_id__in=others).update(thing_id=str(subject.key))
    for event in Event.objects.filter(scope_id__in=subject.scopes).exclude(data={}).iterator():
        data = _renamed(event.data, others, str(subject.key))
        if data != event.data:
            Event.objects.filter(pk=event.pk).update(data=data)
    return count


def _renamed(data: Any, old: frozenset[str], new: str) -> Any:
    text = json.dumps(data)
    for name in old:
        text = text.replace(name, new)
    return json.loads(text)


def _mails_of(subject: Subject) -> QuerySet:
    return Mail.objects.filter(Q(recipient_id__in=subject.ids) | Q(subject_id__in=subject.ids)).order_by("created_at")


def _quiet_jobs(subject: Subject) -> int:
    """Messages of failed work that quote the person."""
    quoting = Q(pk__in=[])
    for text in subject.needles:
        quoting |= Q(error__icontains=text)
    return Job.objects.filter(quoting).update(error="")


def _old_errors(now: dt.datetime) -> QuerySet:
    return Job.objects.exclude(error="").filter(asked_at__lt=now - AUDIT.span)


personal(
    "ledger.mail",
    "key recipient_id subject_id sent_at given_up_at error provider_id bounced_at bounce",
    of=Whom.PARTICIPANT,
    why=_("to send each mail once, and to know which was sent"),
    until=CONTACT,
    rows=_mails_of,
    title=_("Mails to you"),
    told="kind created_at sent_at given_up_at bounced_at",
    with_place=True,
)
plain("ledger.mail", "id kind scope_id created_at not_before lease_until attempts")
personal(
    "ledger.event",
    "actor_kind actor_id thing_id",
    of=Whom.PARTICIPANT,
    why=HISTORY,
    ground=Ground.SAFETY,
    until=AUDIT,
    rows=_history_of,
    erase=_unname_history,
    title=_("What happened"),
    told="at verb",
    with_place=True,
)
plain("ledger.event", "id at verb thing_kind scope_id data")
personal(
    "ledger.job",
    "error",
    of=Whom.PARTICIPANT,
    why=_("to say why work in the background failed; a message may quote what somebody wrote"),
    until=AUDIT,
    erase=_quiet_jobs,
    told="-",
)
plain(
    "ledger.job",
    "id kind subject_id scope_id wanted built lease lease_until not_before attempts progress asked_at finished_at",
)
plain("ledger.epoch", "id name")
plain("ledger.erasure", "key kind at counts")
store("queue", why=_("wake-ups with ids of rows, nothing else"), until=MOMENT)
store("push channel", why=_("wake-ups, and who is writing right now, for seconds"), of=Whom.MODERATOR, until=MOMENT)
store("erasures/", why=_("random keys of erased people, so that a backup brings nobody back"), until=AUDIT)
store("logs", why=_("ids of requests and kinds of errors; no names, addresses, notes or links"), until=LOGS)
store(
    "backups",
    of=Whom.PARTICIPANT,
    why=_("to bring the workshops back after a loss; whoever was erased is erased again"),
    ground=Ground.SAFETY,
    until=BACKUPS,
)


def _old_history(now: dt.datetime) -> QuerySet:
    return Event.objects.filter(at__lt=now - AUDIT.span)


def _old_mails(now: dt.datetime) -> QuerySet:
    return Mail.objects.filter(created_at__lt=now - AUDIT.span)


def _old_erasures(now: dt.datetime) -> QuerySet:
    return Erasure.objects.filter(at__lt=now - AUDIT.span)


def _forget_erasures(now: dt.datetime) -> int:
    gone = list(_old_erasures(now))
    for erasure in gone:
        journal.remove(erasure)
        erasure.delete()
    return len(gone)


def _history_left(workshop: Any) -> list[Remains]:
    events = Event.objects.in_scope(workshop.pk)
    last = events.aggregate(last=Max("at"))["last"]
    until = (last or timezone.now()) + AUDIT.span
    return [Remains(_("Lines of history, with ids only"), events.count(), Whom.USER, HISTORY, until, AUDIT.says)]


duty(Duty("history", _old_history, lambda now: _old_history(now).delete()[0], _history_left))
duty(Duty("mails", _old_mails, lambda now: _old_mails(now).delete()[0]))
duty(Duty("messages of failed work", _old_errors, lambda now: _old_errors(now).update(error="")))
duty(Duty("receipts of erasures", _old_erasures, _forget_erasures))
