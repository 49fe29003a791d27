"""Reads about a review: what one person still has to say, and what all of them said together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from feedback.models import Feedback, Reply, Review
from feedback.review.turnout import Turnout, turnout
from feedback.states import Agreed, Verdict
from feedback.summary.people import who_came
from feedback.summary.shown import OutcomePage, ShownFinding
from ledger.ids import spoken_code
from participants.models import Registration
from workshops.models import Workshop
from workshops.words import Words

MINUTES_A_FINDING = 0.6
"""Eight findings take about five minutes."""


@dataclass(frozen=True)
class Asked:
    """A finding as one person is asked about it, with what they said of it, if anything."""

    number: int
    finding: ShownFinding
    theme: Any
    said: Reply | None


@dataclass
class Asking:
    """One person's way through the findings. `others` are what they missed beside them."""

    review: Review
    asked: list[Asked]
    others: list[Reply]
    feedback: Feedback | None

    @property
    def done(self) -> int:
        return sum(each.said is not None for each in self.asked)

    @property
    def minutes(self) -> int:
        """How long it takes to read and answer all of them, roughly."""
        return ceil(len(self.asked) * MINUTES_A_FINDING)

    @property
    def next_number(self) -> int | None:
        """The first finding without an answer; None when all have one."""
        return next((each.number for each in self.asked if each.said is None), None)

    def at(self, number: int) -> Asked | None:
        return self.asked[number - 1] if 0 < number <= len(self.asked) else None

    @property
    def corrections(self) -> list[Reply]:
        """What this person missed, first of findings, then of all."""
        missed = [each.said for each in self.asked if each.said and each.said.verdict == Verdict.MISSING]
        return [*missed, *self.others]


def asking(registration: Registration, review: Review, page: OutcomePage) -> Asking:
    """What this person is asked, from the draft as `page` shows it, with all they said."""
    said = list(Reply.objects.filter(registration=registration, review=review).order_by("at", "pk"))
    by_finding = {str(each.finding_id): each for each in said if each.finding_id}
    shown = [(part.theme, finding) for part in page.parts for finding in part.findings]
    asked = [
        Asked(number, finding, theme, by_finding.pop(finding.id, None))
        for number, (theme, finding) in enumerate(shown, start=1)
    ]
    gone = [*by_finding.values(), *(each for each in said if each.finding_id is None)]
    others = [each for each in gone if each.verdict == Verdict.MISSING]
    return Asking(review, asked, others, Feedback.objects.filter(registration=registration).first())


@dataclass
class FindingReplies:
    """What was said of one finding; without a finding, of all of them or of one that is gone.

    `key` is what addresses call the finding, `hint` the first words of what it holds where nobody titled it.
    """

    title: str
    key: str = ""
    hint: Words = field(default_factory=Words)
    agreeing: int = 0
    since_changed: int = 0
    corrections: list[Reply] = field(default_factory=list)


@dataclass
class Replies:
    """The organisers' reading of a review."""

    review: Review
    turnout: Turnout
    parts: list[FindingReplies]
    feedback: list[Feedback]

    @property
    def heard(self) -> list[FindingReplies]:
        """Those about which anybody has said something."""
        return [part for part in self.parts if part.agreeing or part.corrections]

    @property
    def silent(self) -> list[FindingReplies]:
        """Those about which nobody has."""
        return [part for part in self.parts if not part.agreeing and not part.corrections]

    @property
    def waiting(self) -> int:
        return sum(not each.answer for part in self.parts for each in part.corrections)

    @cached_property
    def told(self) -> list[tuple[str, list[int]]]:
        """Each sentence of the feedback form with its five counts, from no to yes."""
        lines = []
        for name in ("heard", "useful", "again"):
            counts = Counter(getattr(each, name) for each in self.feedback)
            field: Any = Feedback._meta.get_field(name)
            lines.append((str(field.verbose_name), [counts[level] for level in Agreed.values]))
        return lines

    @property
    def said(self) -> list[Feedback]:
        return [each for each in self.feedback if each.text]


def replies_of(
    workshop: Workshop, titles: dict[str, str], hints: Mapping[str, Words] = MappingProxyType({})
) -> Replies | None:
    """Everything people said, by finding; `titles` are the findings' in order. None when nobody was asked."""
    review = Review.objects.filter(workshop=workshop).first()
    counts = turnout(workshop.pk)
    if review is None or counts is None:
        return None
    review.workshop = workshop
    parts = {key: FindingReplies(title, key=key, hint=hints.get(key, Words())) for key, title in titles.items()}
    other = FindingReplies(_("Other"))
    for each in review.replies.select_related("finding").order_by("at", "pk"):
        part = parts.get(str(each.finding_id), other)
        if each.verdict == Verdict.MISSING:
            part.corrections.append(each)
        else:
            part.agreeing += 1
            part.since_changed += each.finding is not None and each.finding.revision != each.revision
    shown = [*parts.values(), *([other] if other.corrections or other.agreeing else [])]
    return Replies(review, counts, shown, list(review.feedback.order_by("at", "pk")))


def code_of(registration: Registration, review: Review) -> str:
    """The code on paper that lets one person in, such as `7KTR-248`."""
    return spoken_code("review", registration.pk, review.codes)


def registration_of_code(workshop: Workshop, code: str) -> Registration | None:
    """Whose code it is, among those who were there; letters may be small and the dash may be left out."""
    review = Review.objects.filter(workshop=workshop).first()
    wanted = "".join(letter for letter in code.upper() if letter.isalnum())
    if review is None or not wanted:
        return None
    places = who_came(workshop.pk).select_related("person")
    return next((each for each in places if code_of(each, review).replace("-", "") == wanted), None)


def people_without_address(workshop: Workshop) -> Sequence[Registration]:
    """Those whom no mail reaches: they get their code on paper."""
    return list(who_came(workshop.pk).filter(person__email=None).select_related("person").order_by("person__name"))
