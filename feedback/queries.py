"""Reads that gather the home page: what is on, what was said last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery

from feedback.models import Note, Outcome
from feedback.summary.quotes import held_back
from feedback.summary.series import Way, ways_of
from participants.queries.places import Places, SignUp, places_of, sign_up_at, with_places
from workshops.models import Programme, Theme, Workshop

QUOTES_SHOWN = 2
QUOTES_READ = 6  # some of them may have changed since


@dataclass(frozen=True)
class Stop:
    """One workshop on the thread: what can be done there, and how many came when it was published."""

    workshop: Workshop
    places: Places
    sign_up: SignUp
    came: int | None


@dataclass(frozen=True)
class Heard:
    """What the last published workshop left: its notes by theme and a few quotes."""

    workshop: Workshop
    note_count: int
    quotes: list[Note]


@dataclass
class ProgrammePage:
    """Everything the page of a programme shows. `others` are the programmes beside it."""

    programme: Programme
    stops: list[Stop]
    next: Stop | None
    heard: Heard | None
    themes: list[Theme]
    others: list[Programme]
    ways: list[Way]

    @property
    def most_notes(self) -> int:
        return max((theme.heard for theme in self.themes), default=0)  # type: ignore[attr-defined]


def home_page(now: dt.datetime) -> ProgrammePage | None:
    """The programme whose next workshop comes first, or else the one that met last; None when there is none."""
    programmes = programmes_by_date(now)
    return _page(programmes[0], now, programmes[1:]) if programmes else None


def programme_page(slug: str, now: dt.datetime) -> ProgrammePage | None:
    """One programme; None when nothing of it is public."""
    programme = Programme.objects.filter(slug=slug).first()
    page = _page(programme, now, []) if programme else None
    return page if page and page.stops else None


def programmes_by_date(now: dt.datetime) -> list[Programme]:
    """Programmes with public workshops: first those with one to come, the nearest first, then those that met last."""
    public = Workshop.objects.public().filter(programme=OuterRef("pk"))
    dated = Programme.objects.annotate(
        meets_next=Subquery(public.coming_at(now).values("starts_at")[:1]),
        met_last=Subquery(public.order_by("-starts_at").values("starts_at")[:1]),
    )
    return list(
        dated.filter(met_last__isnull=False).order_by(F("meets_next").asc(nulls_last=True), F("met_last").desc())
    )


def _page(programme: Programme, now: dt.datetime, others: list[Programme]) -> ProgrammePage:
    came = Outcome.objects.standing().filter(workshop=OuterRef("pk")).values("people")[:1]
    workshops = list(with_places(Workshop.objects.public()).filter(programme=programme).annotate(came=Subquery(came)))
    for workshop in workshops:
        workshop.programme = programme
    stops = [Stop(w, places_of(w), sign_up_at(w, now), w.came) for w in workshops]
    said_last = max((s.workshop for s in stops if s.came is not None), key=lambda w: w.starts_at, default=None)
    return ProgrammePage(
        programme=programme,
        stops=stops,
        next=next_of(stops),
        heard=heard_at(said_last) if said_last else None,
        themes=themes_with_notes(programme, said_last),
        others=others,
        ways=[way for way in ways_of(programme) if way.steps],
    )


def next_of(stops: list[Stop]) -> Stop | None:
    """The workshop to offer: the first one that takes names, or else the first one to come."""
    to_come = [stop for stop in stops if stop.sign_up not in (SignUp.CANCELLED, SignUp.OVER)]
    return min(to_come, key=lambda stop: (not stop.sign_up.takes_names, stop.workshop.starts_at), default=None)


def themes_with_notes(programme: Programme, workshop: Workshop | None) -> list[Theme]:
    """The programme's themes, each with `heard`: how many notes a workshop has on it."""
    standing = Q(notes__deleted=False, notes__group__workshop=workshop)
    return list(programme.themes.annotate(heard=Count("notes", filter=standing)).order_by("order", "pk"))


def heard_at(workshop: Workshop) -> Heard:
    """The first quotes of what was published, word for word as it was published.

    A quote stays away when its note changed since, or when words in it are hidden.
    """
    outcome = Outcome.objects.standing().filter(workshop=workshop).only("body", "note_count").get()
    findings = outcome.body.get("findings", [])
    revisions = dict(pair for finding in findings for pair in finding["notes"])
    quoted = [finding["quote"] for finding in findings if finding.get("quote")][:QUOTES_READ]
    allowed = Note.objects.standing().exclude(pk__in=held_back(workshop.pk))
    notes = allowed.filter(pk__in=quoted, redactions=None).select_related("group", "theme")
    shown = notes.only("text", "lang", "revision", "group__name", "theme__slot", "theme__icon", "theme__name")
    by_id = {str(note.pk): note for note in shown if revisions.get(str(note.pk)) == note.revision}
    in_order = [by_id[key] for key in quoted if key in by_id]
    return Heard(workshop=workshop, note_count=outcome.note_count, quotes=in_order[:QUOTES_SHOWN])
