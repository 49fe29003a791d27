"""Feeds of what is announced and of what was said, and the list of public addresses for search engines.

They hold what is on public lists and nothing else: a draft, or a workshop by link or for invited people, is in none.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.models import Outcome
from feedback.summary.queries import listed_outcomes
from ledger.models import Event
from workshops.models import Programme, Workshop

MOST = 50
ABOUT = ("home", "calendar", "said_list", "how", "accessibility", "your_data")
NEWS = ("workshop.moved", "workshop.changed")


def workshops_feed(workshops: Iterable[Workshop], *, title: str, page: str, outcomes: Iterable[Outcome] = ()) -> str:
    """An Atom feed of workshops, and of outcomes where there are any; the latest news first."""
    entries = [*_workshop_entries(list(workshops)), *map(_outcome_entry, outcomes)]
    feed = Atom1Feed(
        title=in_xml(title), link=settings.ORIGIN + page, description="", language=get_language(), feed_guid=_tag(page)
    )
    for entry in sorted(entries, key=lambda entry: entry["updateddate"], reverse=True)[:MOST]:
        feed.add_item(**entry)
    return feed.writeString("utf-8")


def public_workshops() -> Iterable[Workshop]:
    """Those on public lists, the latest date first."""
    return Workshop.objects.public().with_programme().order_by("-starts_at", "pk")[:MOST]


def outcomes_of(programme: Programme | None = None) -> Iterable[Outcome]:
    """Published outcomes on public lists, of one programme or of all."""
    outcomes = listed_outcomes()
    return (outcomes.filter(workshop__programme=programme) if programme else outcomes)[:MOST]


def _workshop_entries(workshops: list[Workshop]) -> Iterator[dict[str, Any]]:
    """There since it first left its draft; news whenever it moved or changed."""
    events = Event.objects.filter(scope_id__in=[workshop.pk for workshop in workshops], verb__in=NEWS)
    times = {
        row["scope_id"]: row
        for row in events.values("scope_id").annotate(first=Min("at", filter=Q(verb="workshop.moved")), last=Max("at"))
    }
    for workshop in workshops:
        told = times.get(workshop.pk, {"first": None, "last": workshop.created_at})
        page = settings.ORIGIN + workshop.get_absolute_url()
        when = date_format(workshop.local_start, "l j F Y, H:i")
        facts = ", ".join(filter(None, [when, workshop.venue, workshop.address]))
        yield _entry(
            f"workshop/{workshop.pk}",
            title=str(workshop),
            text="\n".join(filter(None, [facts, str(workshop.summary)])),
            page=page,
            by=workshop.programme.organisation,
            at=told["first"] or workshop.created_at,
            news_at=told["last"] or workshop.created_at,
        )


def _outcome_entry(outcome: Outcome) -> dict[str, Any]:
    workshop = outcome.workshop
    return _entry(
        f"outcome/{workshop.pk}",
        title=_("What we said: %(workshop)s") % {"workshop": workshop},
        text="\n".join(filter(None, [str(outcome.headline), str(outcome.lead)])),
        page=settings.ORIGIN + reverse("said", args=[workshop.slug]),
        by=workshop.programme.organisation,
        at=outcome.published_at,
        news_at=outcome.published_at,
    )


def _entry(
    key: str, *, title: str, text: str, page: str, by: str, at: dt.datetime, news_at: dt.datetime
) -> dict[str, Any]:
    return {
        "title": in_xml(title),
        "link": page,
        "description": in_xml(text),
        "unique_id": _tag(key),
        "author_name": in_xml(by),
        "pubdate": at,
        "updateddate": news_at,
    }


def _tag(key: str) -> str:
    """An id that stays when addresses change (RFC 4151)."""
    return f"tag:{settings.HOST},2026:{key.strip('/')}"


def in_xml(text: str) -> str:
    """The text without the control characters that no XML document can hold."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def public_addresses() -> list[dict[str, str]]:
    """Each public page as its address by language: pages about the service, programmes, workshops, outcomes."""
    programmes = list(Programme.objects.filter(workshops__in=Workshop.objects.public()).distinct().order_by("slug"))
    workshops = list(Workshop.objects.public().order_by("slug"))
    said = list(listed_outcomes().order_by("workshop__slug").values_list("workshop__slug", flat=True))
    found: list[dict[str, str]] = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            paths = [reverse(name) for name in ABOUT]
            paths += [thing.get_absolute_url() for thing in (*programmes, *workshops)]
            paths += [reverse("said", args=[slug]) for slug in said]
        found = found or [{} for _path in paths]
        for addresses, path in zip(found, paths, strict=True):
            addresses[code] = settings.ORIGIN + path
    return found
