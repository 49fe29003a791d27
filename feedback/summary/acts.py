"""The latest acts on a draft, as organisers read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from feedback.models import Act, Draft
from ledger.models import ActorKind
from participants.models import User

MOST_ACTS = 20
"""The latest acts, which can be undone from the page."""
ACT_WORDS = {
    "note.placed": _("placed a note"),
    "finding.written": _("wrote a finding"),
    "finding.reordered": _("moved a finding up or down"),
    "finding.moved": _("moved a finding to another theme"),
    "finding.merged": _("joined two findings"),
    "finding.split": _("split a finding"),
    "finding.added": _("added a finding"),
    "finding.hidden": _("left a finding out"),
    "finding.shown": _("let a finding in again"),
    "finding.quoted": _("chose a quote"),
    "finding.confirmed": _("said that a finding is ready"),
    "draft.headlined": _("wrote the headline"),
    "act.undone": _("undid something"),
}


@dataclass(frozen=True)
class Done:
    """An act in words, and who did it; empty where it was nobody who signs in."""

    act: Act
    words: str
    who: str


def acts_of(draft: Draft) -> list[Done]:
    """The latest acts on a draft, newest first, in two queries."""
    acts = list(draft.acts.newest_first().defer("change")[:MOST_ACTS])
    ids = {act.actor_id for act in acts if act.actor_kind == ActorKind.USER}
    names = {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    return [Done(act, str(ACT_WORDS.get(act.verb, act.verb)), names.get(act.actor_id, "")) for act in acts]
