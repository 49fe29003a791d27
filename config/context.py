"""What every page's frame needs: language links, the chosen theme, who runs this installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from feedback.models import Note, Reply
from participants.models import Registration
from workshops.models import Group, Session, Workshop

LANGUAGE_CODES = frozenset(code for code, _name in settings.LANGUAGES)


def in_language(path: str, code: str) -> str:
    """The same page in another language: only the prefix differs. An address without one stays as it is."""
    _root, prefix, rest = path.split("/", 2) if path.count("/") > 1 else ("", "", "")
    return f"/{code}/{rest}" if prefix in LANGUAGE_CODES else path


def page(request: HttpRequest) -> dict:
    """Context of base templates. No query: it runs for each page, also for errors."""
    theme = request.COOKIES.get("theme", "")
    return {
        "chosen_theme": theme if theme in ("light", "dark") else "",
        "language_links": [
            {
                "code": code,
                "label": code.upper(),
                "url": in_language(request.get_full_path(), code),
                "current": code == get_language(),
            }
            for code, _name in settings.LANGUAGES
        ],
        "origin": settings.ORIGIN,
        "demo": settings.DEMO,
    }


def organising(request: HttpRequest) -> dict:
    """The side bar's numbers and the workshop switcher, read only when a page of a workshop shows them."""
    workshop = getattr(request, "organised_workshop", None)
    if workshop is None:
        return {}
    return {
        "workshop": workshop,
        "counts": SimpleLazyObject(lambda: _counts(workshop)),
        "workshops": SimpleLazyObject(lambda: list(workshop.programme.workshops.order_by("number"))),
    }


def _counts(workshop: Workshop) -> Mapping[str, Any]:
    """Numbers beside the entries of the side bar, in one query."""
    people = Registration.objects.filter(workshop=OuterRef("pk"))
    notes = Note.objects.standing().filter(group__workshop=OuterRef("pk"))
    return (
        Workshop.objects.filter(pk=workshop.pk)
        .values(
            agenda=_count(Session.objects.filter(workshop=OuterRef("pk"))),
            people=_count(people.holding()),
            tables=_count(Group.objects.filter(workshop=OuterRef("pk"))),
            desk=_count(people.here()),
            notes=_count(notes),
            replies=_count(Reply.objects.filter(review__workshop=OuterRef("pk")).unanswered()),
        )
        .get()
    )


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
