"""Small counts in what is about to be published: few people can be recognised by those who know the place.

Better one too many than one missed: whoever publishes reads the list and decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Draft
from feedback.summary.curation import Curation, curation
from feedback.summary.drafted import DraftFinding
from feedback.summary.rated import rated_now
from feedback.summary.wording import FEW, said_by_people
from participants.models import Seat
from workshops.models import Workshop

FEW_AT_A_TABLE = 4
"""Fewer people than this at a table are few: each of them may have said its quote."""
PEOPLE = """
    person persons people man men woman women lady ladies girl girls boy boys child children kid kids family families
    mother mothers father fathers neighbour neighbours neighbor neighbors participant participants resident residents
    tenant tenants student students teacher teachers shopkeeper shopkeepers household households
    persona persone uomo uomini donna donne signora signore signori ragazza ragazze ragazzo ragazzi bambina bambine
    bambino bambini famiglia famiglie madre madri padre padri vicina vicine vicino vicini partecipante partecipanti
    abitante abitanti residente residenti inquilina inquiline inquilino inquilini studente studenti studentessa
    studentesse insegnante insegnanti negoziante negozianti anziana anziane anziano anziani nonna nonni nonno"""
_PEOPLE = "|".join(PEOPLE.split())
_THINGS = "tables|tavoli|times|volte|hours|ore|days|giorni|weeks|settimane|months|mesi|years|anni|minutes|minuti|euro"
_OF_US = r"of\s+(?:us|them)|d[ie]\s+(?:noi|loro)"
_FEW_PEOPLE = re.compile(
    # a number below five that stands alone: no time, date, decimal or list mark
    rf"(?<![\w.,:/])(?:[1-4](?![\w:/%]|[.,]\d)|(?:two|three|four|due|tre|quattro)\b)(?!\s+(?:{_THINGS})\b)"
    rf"|(?<!\w)(?:(?:one|a|an|single|un|uno|una)\s+|un[’'])(?:\w+\s+){{0,2}}?(?:{_PEOPLE})\b"
    rf"|\bone\s+(?:{_OF_US})\b"
    rf"|\bun[oa]\s+(?:{_OF_US})\b|\b(?:only|just)\s+one\b|\b(?:solo|sola|soltanto|solamente)\s+un[oa]?\b"
    r"|\bthe\s+only\b|\b(?:l['’]unic[oa]|un['’]unica|un\s+unico)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Small:
    """One small count: what it is in a sentence, and the finding it stands in (None: the headline or the ratings)."""

    sentence: str
    finding: DraftFinding | None = None


def few_people(text: str) -> list[str]:
    """The words of a text that may count few people, as they stand there, each once and in order."""
    return list(dict.fromkeys(match[0] for match in _FEW_PEOPLE.finditer(text)))


def small_counts(draft: Draft) -> list[Small]:
    """Every small count that publishing the draft would show, findings in order, then headline and ratings."""
    read = curation(draft.workshop)
    if read is None:
        return []
    seats = Seat.objects.for_the_evening().filter(group__workshop=draft.workshop_id).order_by()
    seated = dict(seats.values_list("group").annotate(Count("pk")))
    found = [
        Small(sentence, finding)
        for finding in read.findings
        if not finding.row.hidden
        for sentence in _of_finding(finding, seated)
    ]
    return found + [Small(sentence) for sentence in (*_of_head(read), *_of_ratings(draft.workshop))]


def _of_finding(finding: DraftFinding, seated: dict[Any, int]) -> Iterator[str]:
    if len(finding.notes) == 1:
        yield _("One note stands behind it, from Table %(table)s.") % {"table": finding.groups[0]}
    elif len(finding.groups) == 1:
        yield _("It was heard at one table only, %(table)s.") % {"table": finding.groups[0]}
    backers = finding.backers if finding.backers < FEW else 0
    for sentence in said_by_people(0, backers, finding.disagreed if finding.disagreed < FEW else 0):
        yield f"{capfirst(sentence)}."
    quote = finding.quote
    if quote is not None and 0 < (count := seated.get(quote.group_id, 0)) < FEW_AT_A_TABLE:
        sentence = ngettext(
            "The quote is from a table of %(count)d person.", "The quote is from a table of %(count)d people.", count
        )
        yield sentence % {"count": count}
    for text in [*finding.row.title.values(), *finding.row.text.values(), *([quote.shown] if quote else [])]:
        yield from _in_words(text)


def _of_head(read: Curation) -> Iterator[str]:
    for text in [*read.draft.headline.values(), *read.draft.lead.values()]:
        yield from _in_words(text)


def _of_ratings(workshop: Workshop) -> Iterator[str]:
    rated = sorted(rated_now(workshop), key=lambda each: each.initiative.order)
    yield from (each.few for each in rated if each.few)


def _in_words(text: str) -> Iterator[str]:
    if words := few_people(text):
        yield _("“%(words)s” may count few people: %(text)s") % {"words": "”, “".join(words), "text": text}
