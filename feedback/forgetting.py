"""When somebody is forgotten, their full name and their address leave every text of the programme, also what was
published. Notes carry no link to a person, but somebody may have written a name into one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from feedback.models import (
    Act,
    Carried,
    Confirmation,
    Draft,
    Finding,
    Message,
    Note,
    Op,
    Outcome,
    Part,
    Redaction,
    Reply,
    SaidBy,
)
from feedback.states import Version
from ledger import wakeups
from ledger.keeping import Subject
from ledger.texts import in_rows, may_hold, rewrite, without
from participants.consents import those_who_allow
from participants.models import Registration
from participants.purposes import QUOTES
from workshops.models import Group

NOTE_TEXTS = ("text", "variants", "corrections")


def from_notes(subject: Subject) -> int:
    """Notes change under the lock of their table and get a new `seq`, so that tablets and streams read them again."""
    scoped = Note.objects.filter(group__workshop__in=subject.scopes)
    rows = scoped.filter(may_hold(NOTE_TEXTS, subject)) if subject.needles else scoped.none()
    count = 0
    for group_id in sorted(set(rows.values_list("group", flat=True))):
        group = Group.objects.select_for_update().get(pk=group_id)
        for note in rewrite(rows.filter(group=group), NOTE_TEXTS, subject):
            Group.objects.filter(pk=group.pk).update(seq=F("seq") + 1)
            seq = Group.objects.values_list("seq", flat=True).get(pk=group.pk)
            Note.objects.filter(pk=note.pk).update(seq=seq)
            count += 1
        wakeups.changed(group.topic)
    return count


def from_outcomes(subject: Subject) -> int:
    """What people wrote is rewritten in every stored version. One that stands and showed the person, in its own words
    or in a note, gets a successor, so that its page says that it was corrected. Runs before the notes are rewritten."""
    scoped = Outcome.objects.filter(workshop__in=subject.scopes)
    changed = rewrite(scoped, ("headline", "lead", "body", "correction", "withdrawn_why"), subject)
    showed = {outcome.workshop_id for outcome in changed if outcome.withdrawn_at is None}  # type: ignore[attr-defined]
    notes = Note.objects.filter(group__workshop__in=scoped.standing().values("workshop"))
    for note in notes.filter(may_hold(("text",), subject)).select_related("group") if subject.needles else []:
        if without(note.text, subject) != note.text:
            showed.add(note.group.workshop_id)
    for workshop_id in showed:
        publish_redacted(workshop_id)
    return len(changed)


def publish_redacted(workshop_id: UUID, why: str = Version.ERASED) -> None:
    """Put the next version, made from the one that stands, in its place; its page says why it was made."""
    standing = Outcome.objects.select_for_update().filter(workshop=workshop_id).standing().first()
    if standing is None:
        return
    now = timezone.now()
    Outcome.objects.filter(pk=standing.pk).update(withdrawn_at=now)
    new = {
        each.name: getattr(standing, each.attname if each.is_relation else each.name)
        for each in Outcome._meta.concrete_fields
        if each.name not in NOT_COPIED
    }
    Outcome.objects.create(workshop_id=workshop_id, version=standing.version + 1, published_at=now, why=why, **new)


NOT_COPIED = {"id", "workshop", "version", "published_at", "withdrawn_at", "why", "correction", "withdrawn_why"}


def from_redactions(subject: Subject) -> int:
    """Words that were hidden in a note are gone from it now; hiding them any longer would keep them."""
    rows = Redaction.objects.filter(note__group__workshop__in=subject.scopes)
    gone = [row.pk for row in rows if without(row.words, subject) != row.words]
    Redaction.objects.filter(pk__in=gone).delete()
    return len(gone)


from_ops = in_rows(Op, "body after", "group__workshop")
from_drafts = in_rows(Draft, "headline lead", "workshop")
from_findings = in_rows(Finding, "title text words asked hidden_why", "draft__workshop")
from_acts = in_rows(Act, "change", "draft__workshop")
from_carried = in_rows(Carried, "title", "target")
_from_replies_of_others = in_rows(Reply, "text why", "review__workshop")
from_parts = in_rows(Part, "result", "workshop")
from_messages = in_rows(Message, "text", "workshop")


def from_replies(subject: Subject) -> int:
    """Somebody's own replies go; in other people's they are no longer named."""
    own = Reply.objects.filter(registration__person=subject.key)
    count = own.count()
    own.delete()
    return count + _from_replies_of_others(subject)


def from_quotes(subject: Subject) -> int:
    """Quotes lose the link to somebody who is forgotten: one they allowed until now is anybody's, another one stays
    away for good."""
    quotes = SaidBy.objects.filter(registration__person=subject.key, registration__in=subject.ids)
    places = list(Registration.objects.filter(quotes__in=quotes).distinct())
    allowed = quotes.filter(registration__in=those_who_allow(places, QUOTES))
    count = quotes.count()
    allowed.delete()
    quotes.update(registration=None)
    return count


def without_moderator(row: Any) -> Any:
    """A row in an op's history, or what a note lists, without the first names of those who wrote."""
    if isinstance(row, list):
        return [without_moderator(inside) for inside in row]
    if not isinstance(row, dict):
        return row
    nobody = dict.fromkeys(SIGNATURES & row.keys(), "")
    return {name: without_moderator(value) for name, value in row.items()} | nobody


SIGNATURES = {"by", "text_by"}


def signed(workshops: list[UUID]) -> list[Note | Confirmation]:
    """Notes and confirmations that still say who wrote them."""
    by = ~Q(by="") | ~Q(author_key="")
    notes = Note.objects.filter(by | ~Q(text_by=""), group__workshop__in=workshops)
    return [*notes, *Confirmation.objects.filter(by, group__workshop__in=workshops)]


@transaction.atomic
def unsign(workshops: list[UUID]) -> int:
    """Take the moderators' first names off notes and confirmations, and off their history."""
    rows = signed(workshops)
    groups = {row.group_id for row in rows}
    for op in Op.objects.filter(group__in=groups).iterator():
        Op.objects.filter(pk=op.pk).update(after=without_moderator(op.after), actor_id="")
    for row in rows:
        if isinstance(row, Note):
            listed = {name: without_moderator(getattr(row, name)) for name in ("variants", "corrections")}
            Note.objects.filter(pk=row.pk).update(by="", text_by="", author_key="", **listed)
        else:
            Confirmation.objects.filter(pk=row.pk).update(by="", author_key="")
    return len(rows)
