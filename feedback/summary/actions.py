"""What people do to a draft. Each act locks the draft's row, writes, and leaves one Event in one transaction.

The first act marks the draft as curated: from then on a compile moves nothing in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.compiler.sides import texts_differ
from feedback.models import Act, Draft, Evidence, Finding, Note, Redaction, Reply
from feedback.models.summary import LONGEST_HIDDEN, LONGEST_INSTEAD
from feedback.states import Origin, Tier
from feedback.summary import history, pdf
from feedback.summary.ready import is_over, missing_to_compile
from ledger import jobs
from ledger.history import SYSTEM, Actor, record
from ledger.models import Job
from workshops.actions.moving import MovedMeanwhile, MoveNotAllowed, NotReady, move_workshop
from workshops.models import Theme, Workshop
from workshops.order import after_last
from workshops.states import WorkshopState

ANYWHERE = object()
"""The note may stand wherever it is."""
CURATED_IN = frozenset({WorkshopState.CURATING, WorkshopState.ASKING, WorkshopState.PUBLISHED})


class ChangedMeanwhile(Exception):
    """Somebody else wrote this text between our read and our write; `finding` is as it stands now."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.pk)
        self.finding = finding


class NotInThisDraft(Exception):
    """The note, finding or theme belongs to another draft or workshop."""


class MovedAway(NotInThisDraft):
    """Somebody else has placed the note meanwhile."""


class TooLongToHide(Exception):
    """More letters of a note than one redaction keeps, or more than may stand for them."""


@transaction.atomic
def ask_to_compile(workshop: Workshop, *, by: Actor, force: bool = False) -> Job:
    """Have the notes compiled: the first time the workshop moves from live to compiling, later only notes are added.

    Raises `NotReady` until every session at the tables is closed and every tablet has sent its notes (unless forced),
    `MoveNotAllowed` before the evening, and `MovedMeanwhile`.
    """
    workshop = Workshop.objects.get(pk=workshop.pk)
    if workshop.state == WorkshopState.LIVE and not force and (missing := missing_to_compile(workshop)):
        raise NotReady(missing)
    if workshop.state not in {WorkshopState.LIVE, WorkshopState.COMPILING, *CURATED_IN}:
        raise MoveNotAllowed(workshop.pk, WorkshopState.COMPILING)
    job = jobs.ask("compile", workshop, scope=workshop.pk)  # the job's row before the workshop's, as the worker does
    if workshop.state == WorkshopState.LIVE:
        move_workshop(workshop, WorkshopState.COMPILING, by=by)
    record(workshop, "compile.asked", by=by, scope=workshop.pk)
    return job


def compile_by_itself(now: dt.datetime) -> None:
    """Ask for the summary of every live workshop that is over and whose tablets have sent everything.

    Somebody may press the button at the same moment: that is the same job.
    """
    for workshop in Workshop.objects.filter(state=WorkshopState.LIVE).with_programme():
        if is_over(workshop, now):
            with suppress(NotReady, MoveNotAllowed, MovedMeanwhile):
                ask_to_compile(workshop, by=SYSTEM)


@contextmanager
def _curating(draft: Draft, verb: str, *, by: Actor, thing: Any = None, **data: Any) -> Iterator[Draft]:
    """Hold the draft's row, mark it as curated, and keep what was done, to be read and undone.

    Raises `MoveNotAllowed` before curation.
    """
    with transaction.atomic():
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        if locked.workshop.state not in CURATED_IN:
            raise MoveNotAllowed(locked.workshop_id, WorkshopState.CURATING)
        if locked.curated_at is None:
            locked.curated_at = timezone.now()
            locked.save(update_fields=["curated_at"])
        before = history.picture(locked)
        yield locked
        history.keep(locked, verb, before, by=by)
        record(thing or locked, verb, by=by, scope=locked.workshop_id, **data)


def _in(draft: Draft, finding: Finding) -> Finding:
    """The finding's row as it is now. Raises `NotInThisDraft`."""
    found = Finding.objects.filter(draft=draft, pk=finding.pk).first()
    if found is None:
        raise NotInThisDraft(finding.pk)
    return found


def place_note(draft: Draft, note: Note, finding: Finding | None, *, by: Actor, seen: Any = ANYWHERE) -> None:
    """Put a note last in a finding, from wherever it was; None takes it out.

    `seen` is the id of the finding where the person saw it (None: in none). Raises `NotInThisDraft`, and `MovedAway`
    when it stands elsewhere by now.
    """
    with _curating(draft, "note.placed", by=by, thing=note, finding=str(finding.pk) if finding else None) as held:
        if note.group.workshop_id != held.workshop_id:
            raise NotInThisDraft(note.pk)
        before = Evidence.objects.filter(draft=held, note=note).first()
        if seen is not ANYWHERE and seen != (before.finding_id if before else None):
            raise MovedAway(note.pk)
        home = _in(held, finding) if finding else None
        if home is not None and before is not None and before.finding_id == home.pk:
            return
        if before is not None:
            before.delete()
            Finding.objects.filter(draft=held, pk=before.finding_id, quote=note).update(quote=None)
        if home is not None:
            Evidence.objects.create(
                draft=held, finding=home, note=note, origin=Origin.HUMAN, order=after_last(home.evidence)
            )
        for part in (before.finding if before else None, home):
            if part is not None:
                _judge_views(part)


@transaction.atomic
def place_in_new_finding(draft: Draft, note: Note, *, by: Actor) -> Finding:
    """Make a finding of the note's theme that holds this note. Raises `NotInThisDraft`."""
    home = add_finding(draft, note.theme, by=by)
    place_note(draft, note, home, by=by)
    return home


def retitle(finding: Finding, *, title: str, text: str, revision: int, by: Actor, language: str = "") -> Finding:
    """Write title and text in one language (the reader's, unless said); `revision` is the one the person saw.

    Raises `ChangedMeanwhile` with what stands there now when somebody else has written meanwhile.
    """
    language = language or get_language() or "it"
    with _curating(finding.draft, "finding.written", by=by, thing=finding, language=language) as held:
        now = _in(held, finding)
        if now.revision != revision:
            raise ChangedMeanwhile(now)
        now.title = {**now.title, language: title.strip()}
        now.text = {**now.text, language: text.strip()}
        now.origin, now.revision = Origin.HUMAN, F("revision") + 1
        now.save(update_fields=["title", "text", "origin", "revision"])
    now.refresh_from_db()
    return now


def reorder(finding: Finding, *, up: bool, by: Actor) -> bool:
    """Swap a finding with its neighbour of the same theme. False at the edge."""
    with _curating(finding.draft, "finding.reordered", by=by, thing=finding, up=up) as held:
        now = _in(held, finding)
        ordered = list(held.findings.filter(theme=now.theme_id).order_by("order", "pk"))
        here = next(place for place, other in enumerate(ordered) if other.pk == now.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(ordered):
            return False
        orders = sorted({other.order for other in ordered})
        if len(orders) < len(ordered):
            orders = [orders[0] + place for place in range(len(ordered))]
        ordered[here], ordered[there] = ordered[there], ordered[here]
        for order, other in zip(orders, ordered, strict=True):
            Finding.objects.filter(pk=other.pk).update(order=order)
    return True


def merge(finding: Finding, into: Finding, *, by: Actor) -> Finding:
    """Put all notes of a finding into another and take the empty one away. Raises `NotInThisDraft`."""
    with _curating(finding.draft, "finding.merged", by=by, thing=into, merged=str(finding.pk)) as held:
        gone, home = _in(held, finding), _in(held, into)
        if gone.pk == home.pk:
            raise NotInThisDraft(into.pk)
        first = after_last(home.evidence)
        for order, evidence in enumerate(gone.evidence.order_by("order", "pk"), start=first):
            Evidence.objects.filter(pk=evidence.pk).update(finding=home, order=order, origin=Origin.HUMAN)
        Finding.objects.filter(pk=home.pk).update(origin=Origin.HUMAN)
        _judge_views(home)
        already = Reply.objects.of_finding(home).values("registration")
        Reply.objects.of_finding(gone).exclude(registration__in=already).update(finding=home)
        gone.delete()
    return home


def split(finding: Finding, notes: Iterable[Note], *, by: Actor) -> Finding:
    """Take the chosen notes out into a finding of their own, right after this one.

    Raises `NotReady` when nothing or everything is chosen, and `NotInThisDraft` for a note that stands elsewhere.
    """
    chosen = {note.pk for note in notes}
    with _curating(finding.draft, "finding.split", by=by, thing=finding, notes=len(chosen)) as held:
        now = _in(held, finding)
        here = list(now.evidence.order_by("order", "pk"))
        if not chosen <= {evidence.note_id for evidence in here}:
            raise NotInThisDraft(finding.pk)
        if not chosen or len(chosen) == len(here):
            raise NotReady([_("Choose some of the notes, not all of them.")])
        held.findings.filter(order__gt=now.order).update(order=F("order") + 1)
        new = Finding.objects.create(
            draft=held, theme_id=now.theme_id, tier=Tier.RELATED, origin=Origin.HUMAN, order=now.order + 1
        )
        Evidence.objects.filter(finding=now, note__in=chosen).update(finding=new, origin=Origin.HUMAN)
        Finding.objects.filter(pk=now.pk, quote__in=chosen).update(quote=None)
        Finding.objects.filter(pk=now.pk).update(origin=Origin.HUMAN)
        for part in (now, new):
            _judge_views(part)
        new.refresh_from_db()
    return new


def _judge_views(finding: Finding) -> None:
    """Say anew whether views differ among the notes a finding holds now, as the compiler would.

    The quote stands for them, or the first note. Answers to one question are no claim that anybody could be against.
    """
    finding.refresh_from_db()
    said = Note.objects.standing().filter(placements__finding=finding)
    notes = list(said.order_by("placements__order", "placements__pk"))
    first = next((place for place, note in enumerate(notes) if note.pk == finding.quote_id), 0)
    differ = finding.tier != Tier.QUESTION and texts_differ([(note.text, note.lang) for note in notes], first)
    finding.views_differ = differ or any(note.disagreed for note in notes)
    finding.save(update_fields=["views_differ"])


def add_finding(draft: Draft, theme: Theme | None, *, by: Actor, title: str = "", language: str = "") -> Finding:
    """A new finding of a theme, last, without notes. Raises `NotInThisDraft` for a theme of another programme."""
    with _curating(draft, "finding.added", by=by) as held:
        if theme is not None and theme.programme_id != held.workshop.programme_id:
            raise NotInThisDraft(theme.pk)
        words = {language or get_language() or "it": title.strip()} if title.strip() else {}
        return Finding.objects.create(
            draft=held, theme=theme, title=words, origin=Origin.HUMAN, order=after_last(held.findings)
        )


def hide(finding: Finding, *, why: str, by: Actor) -> None:
    """Leave a finding out of what is published; its notes stay listed. Raises `NotReady` without a reason."""
    if not why.strip():
        raise NotReady([_("Say why it is left out.")])
    with _curating(finding.draft, "finding.hidden", by=by, thing=finding) as held:
        Finding.objects.filter(pk=_in(held, finding).pk).update(hidden=True, hidden_why=why)


def show(finding: Finding, *, by: Actor) -> None:
    """Let a finding in again."""
    with _curating(finding.draft, "finding.shown", by=by, thing=finding) as held:
        Finding.objects.filter(pk=_in(held, finding).pk).update(hidden=False, hidden_why="")


def choose_quote(finding: Finding, note: Note | None, *, by: Actor) -> None:
    """Let one of its notes stand for a finding, or none. Raises `NotInThisDraft` for a note that stands elsewhere."""
    with _curating(finding.draft, "finding.quoted", by=by, thing=finding) as held:
        now = _in(held, finding)
        if note is not None and not now.evidence.filter(note=note).exists():
            raise NotInThisDraft(note.pk)
        Finding.objects.filter(pk=now.pk).update(quote=note)


def confirm(finding: Finding, *, by: Actor) -> None:
    """Keep a finding as it is: it is ready."""
    with _curating(finding.draft, "finding.confirmed", by=by, thing=finding) as held:
        Finding.objects.filter(pk=_in(held, finding).pk).update(tier=Tier.CONFIRMED, origin=Origin.HUMAN)


def move_finding(finding: Finding, theme: Theme | None, *, by: Actor) -> None:
    """Put a finding last among those of another theme. Raises `NotInThisDraft` for one of another programme."""
    with _curating(finding.draft, "finding.moved", by=by, thing=finding) as held:
        now = _in(held, finding)
        if theme is not None and theme.programme_id != held.workshop.programme_id:
            raise NotInThisDraft(theme.pk)
        Finding.objects.filter(pk=now.pk).update(theme=theme, order=after_last(held.findings), origin=Origin.HUMAN)


def undo(act: Act, *, by: Actor) -> None:
    """Put everything an act changed back as it was; that is an act too. Raises `history.ChangedSince`."""
    with _curating(act.draft, "act.undone", by=by, undone=act.verb) as held:
        standing = Act.objects.standing().filter(pk=act.pk, draft=held).first()
        if standing is None:
            raise history.ChangedSince(act.pk)
        history.put_back(standing, held)


def look_at_late_notes(draft: Draft, *, by: Actor) -> None:
    """Late notes up to now have been looked at."""
    with _curating(draft, "draft.late_notes_seen", by=by) as held:
        Draft.objects.filter(pk=held.pk).update(late_seen_at=timezone.now())


def set_headline(draft: Draft, *, headline: str, lead: str, by: Actor, language: str = "") -> None:
    """Write the headline and the introduction in one language, the reader's unless said."""
    language = language or get_language() or "it"
    with _curating(draft, "draft.headlined", by=by, language=language) as held:
        held.headline = {**held.headline, language: headline.strip()}
        held.lead = {**held.lead, language: lead.strip()}
        held.save(update_fields=["headline", "lead"])


@transaction.atomic
def hide_words(note: Note, words: str, replacement: str, *, by: Actor) -> Redaction:
    """Show `words` of a note as `[replacement]`, in the draft and in everything published, files too.

    Raises `NotInThisDraft` when the note does not hold the words, `TooLongToHide` when either is longer than is kept.
    """
    if len(words) > LONGEST_HIDDEN or len(replacement.strip()) > LONGEST_INSTEAD:
        raise TooLongToHide(note.pk)
    if not words.strip() or not re.search(re.escape(words), note.text, re.IGNORECASE):
        raise NotInThisDraft(note.pk)
    workshop_id = note.group.workshop_id
    redaction, _new = Redaction.objects.update_or_create(
        note=note, words=words, defaults={"replacement": replacement.strip() or "…"}
    )
    record(note, "note.redacted", by=by, scope=workshop_id)
    transaction.on_commit(lambda: pdf.forget(workshop_id))
    return redaction


@transaction.atomic
def show_words(note: Note, words: str, *, by: Actor) -> None:
    """Show hidden words of a note again, everywhere.

    Raises `NotInThisDraft` when they are not hidden, `TooLongToHide` when they are longer than can be.
    """
    if len(words) > LONGEST_HIDDEN:
        raise TooLongToHide(note.pk)
    gone, _rows = Redaction.objects.filter(note=note, words=words).delete()
    if not gone:
        raise NotInThisDraft(note.pk)
    workshop_id = note.group.workshop_id
    record(note, "note.shown_again", by=by, scope=workshop_id)
    transaction.on_commit(lambda: pdf.forget(workshop_id))
