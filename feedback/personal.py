"""What this floor keeps about people: notes name nobody by rule, but they are free text and moderators sign them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from feedback import forgetting
from feedback.models import Confirmation, Note
from ledger.keeping import (
    CONTACT,
    MOMENT,
    OUTCOME,
    TABLET,
    Duty,
    Ground,
    Remains,
    Whom,
    duty,
    personal,
    plain,
    store,
)
from participants.retention import contact_until
from workshops.models import Workshop

FREE_TEXT = _("what was said at the tables, without a link to who said it; somebody may have written a name into it")
WROTE = _("to say at the table who wrote a note")


def _free_text(model: str, fields: str, erase: Any) -> None:
    personal(model, fields, of=Whom.PARTICIPANT, why=FREE_TEXT, until=OUTCOME, erase=erase, told="-")


_free_text("feedback.outcome", "headline lead body correction withdrawn_why", forgetting.from_outcomes)
plain("feedback.outcome", "id workshop version people tables note_count published_at withdrawn_at why")
_free_text("feedback.carried", "title", forgetting.from_carried)
plain("feedback.carried", "id point origin target prompt initiative at")
personal(
    "feedback.reply",
    "registration text why verdict answer",
    of=Whom.PARTICIPANT,
    why=_("to check the findings with the people who were there, and to tell them what became of what they missed"),
    until=CONTACT,
    path="registration__person",
    erase=forgetting.from_replies,
    title=_("What you said about the findings"),
    told="at verdict text answer why answered_at",
)
plain("feedback.reply", "id review finding revision at answered_at")
personal(
    "feedback.feedback",
    "registration heard useful again text",
    of=Whom.PARTICIPANT,
    why=_("to make the next evening better"),
    until=CONTACT,
    path="registration__person",
    title=_("How the evening was for you"),
    told="at heard useful again text",
)
plain("feedback.feedback", "review at")
plain("feedback.review", "id workshop opened_at until codes")
personal(
    "feedback.saidby",
    "registration",
    of=Whom.PARTICIPANT,
    why=_("to publish a quote only while whoever said it allows that"),
    until=CONTACT,
    ground=Ground.CONSENT,
    path="registration__person",
    erase=forgetting.from_quotes,
    with_place=True,
    title=_("Your quotes"),
    told="note at",
)
plain("feedback.saidby", "note at")
_free_text("feedback.redaction", "words", forgetting.from_redactions)
plain("feedback.redaction", "id note replacement at")
_free_text("feedback.op", "body after", forgetting.from_ops)
personal("feedback.op", "actor_kind actor_id", of=Whom.MODERATOR, why=WROTE, until=CONTACT)
plain("feedback.op", "id group note state code revision seq at")
_free_text("feedback.note", "text variants corrections", forgetting.from_notes)
personal("feedback.note", "by author_key text_by", of=Whom.MODERATOR, why=WROTE, until=CONTACT)
plain(
    "feedback.note",
    "id group session prompt theme kind lang initiative rating dots backers disagreed same_as deleted revision "
    "words_revision base seq text_at written_at created_at",
)
personal("feedback.confirmation", "by author_key", of=Whom.MODERATOR, why=WROTE, until=CONTACT)
plain("feedback.confirmation", "id group session seq notes people written_at at")
_free_text("feedback.message", "text", forgetting.from_messages)
plain("feedback.message", "id workshop group at")
_free_text("feedback.finding", "title text words asked hidden_why", forgetting.from_findings)
plain("feedback.finding", "id draft theme key tier quote origin views_differ hidden order revision")
_free_text("feedback.draft", "headline lead", forgetting.from_drafts)
plain(
    "feedback.draft",
    "id workshop version source_digest content_hash compiled_at curated_at note_count problems late_seen_at",
)
_free_text("feedback.part", "result", forgetting.from_parts)
plain("feedback.part", "id workshop key digest notes is_done")
_free_text("feedback.act", "change", forgetting.from_acts)
personal(
    "feedback.act",
    "actor_kind actor_id",
    of=Whom.USER,
    why=_("to say who changed a draft, and to undo it"),
    until=OUTCOME,
)
plain("feedback.act", "id draft verb at undone_at")
plain("feedback.evidence", "id draft finding note origin order")
plain("feedback.ratingtally", "id group session initiative answer people seq")
store(
    "outcomes/",
    of=Whom.PARTICIPANT,
    why=_("PDFs of outcomes, made again from rows whenever something in them changes"),
    until=OUTCOME,
)
store("checks/", why=_("a random word, deleted at once: to see whether files are kept"), until=MOMENT)
store("tablets", of=Whom.MODERATOR, why=_("notes that are not sent yet, in the browser of a tablet"), until=TABLET)


def _due(now: dt.datetime) -> list[Any]:
    return [
        each.pk for each in Workshop.objects.filter(starts_at__lt=now).with_programme() if contact_until(each) <= now
    ]


def _signed(now: dt.datetime) -> list[Note | Confirmation]:
    return forgetting.signed(_due(now))


def _left(workshop: Workshop) -> list[Remains]:
    signed = len(forgetting.signed([workshop.pk]))
    notes = Note.objects.of_workshop(workshop).standing().count()
    return [
        Remains(
            _("First names of moderators on notes"),
            signed,
            Whom.MODERATOR,
            WROTE,
            contact_until(workshop),
            CONTACT.says,
        ),
        Remains(_("Notes, without a link to who said them"), notes, Whom.PARTICIPANT, FREE_TEXT, None, OUTCOME.says),
    ]


duty(Duty("names on notes", _signed, lambda now: forgetting.unsign(_due(now)), _left))
