"""How many people answered, and what an outcome says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from feedback.models import Reply, Review
from feedback.states import Answered, Verdict
from feedback.summary.people import who_came


def still_open(workshop_id: Any) -> list[str]:
    """The sentence that keeps the outcome from being published while corrections wait; empty when none does."""
    count = Reply.objects.filter(review__workshop=workshop_id).unanswered().count()
    if not count:
        return []
    sentence = ngettext(
        "Answer the one reply that waits, or put it aside with a reason.",
        "Answer the %(count)d replies that wait, or put them aside with a reason.",
        count,
    )
    return [sentence % {"count": count}]


@dataclass(frozen=True)
class Turnout:
    """How many were asked, how many said anything, and what. Silence is counted, never taken for a yes."""

    asked: int = 0
    answered: int = 0
    agreed: int = 0
    missing: int = 0
    taken: int = 0

    @property
    def silent(self) -> int:
        return max(self.asked - self.answered, 0)

    def as_body(self) -> dict[str, int]:
        """What an outcome keeps of it."""
        names = ("asked", "answered", "agreed", "missing", "taken")
        return {name: getattr(self, name) for name in names}


def turnout(workshop_id: Any) -> Turnout | None:
    """The counts of a workshop's review; None when nobody was asked. `agreed` are people who missed nothing."""
    review = Review.objects.filter(workshop=workshop_id).first()
    if review is None:
        return None
    rows = list(review.replies.values_list("registration", "verdict", "answer"))
    people = {person for person, _verdict, _answer in rows}
    missing = {person for person, verdict, _answer in rows if verdict == Verdict.MISSING}
    return Turnout(
        asked=max(who_came(workshop_id).count(), len(people)),
        answered=len(people),
        agreed=len(people - missing),
        missing=sum(verdict == Verdict.MISSING for _person, verdict, _answer in rows),
        taken=sum(answer == Answered.TAKEN for _person, _verdict, answer in rows),
    )


def checked_sentences(counts: dict[str, int] | None) -> list[str]:
    """What an outcome says about who checked it, from the counts its body keeps."""
    if not counts:
        return []
    answered = ngettext(
        "%(answered)d of %(asked)d person answered.", "%(answered)d of %(asked)d people answered.", counts["asked"]
    )
    sentences = [answered % counts]
    if counts["agreed"]:
        agreed = ngettext(
            "One said “this is what we said”.", "%(agreed)d said “this is what we said”.", counts["agreed"]
        )
        sentences.append(agreed % counts)
    if counts["missing"]:
        missing = ngettext(
            "One told us what was missing, and was answered.",
            "%(missing)d times we were told what was missing, and answered.",
            counts["missing"],
        )
        sentences.append(missing % counts)
    if counts["taken"]:
        taken = ngettext("One addition is in.", "%(taken)d additions are in.", counts["taken"])
        sentences.append(taken % counts)
    return sentences
