"""What feed readers and search engines ask for. All of it is public, and nothing that is not on public lists."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from feedback import feeds
from workshops.access import public
from workshops.models import Programme, Workshop

ATOM = "application/atom+xml; charset=utf-8"


@require_safe
@public("tells of workshops that are announced to everybody")
def workshops(request: HttpRequest) -> HttpResponse:
    """The workshops of all programmes."""
    feed = feeds.workshops_feed(feeds.public_workshops(), title=_("Workshops"), page=reverse("calendar"))
    return HttpResponse(feed, content_type=ATOM)


@require_safe
@public("tells of what was published")
def outcomes(request: HttpRequest) -> HttpResponse:
    """What was said at the workshops of all programmes."""
    page = reverse("said_list")
    feed = feeds.workshops_feed([], title=_("What we said"), page=page, outcomes=feeds.outcomes_of())
    return HttpResponse(feed, content_type=ATOM)


@require_safe
@public("tells of one programme's public workshops and outcomes")
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The workshops of one programme, and what was said there."""
    found = get_object_or_404(Programme, slug=slug)
    public_ones = list(Workshop.objects.public().with_programme().filter(programme=found))
    if not public_ones:
        raise Http404
    feed = feeds.workshops_feed(
        public_ones, title=str(found), page=found.get_absolute_url(), outcomes=feeds.outcomes_of(found)
    )
    return HttpResponse(feed, content_type=ATOM)


@require_safe
@public("lists the public addresses")
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in each language."""
    addresses = feeds.public_addresses()
    return render(
        request, "public/sitemap.xml", {"addresses": addresses}, content_type="application/xml; charset=utf-8"
    )


@require_safe
@public("tells search engines where they need not look")
def robots(request: HttpRequest) -> HttpResponse:
    """What is behind a link or a sign-in is no search engine's business."""
    closed = [f"/{code}/{part}/" for code, _name in settings.LANGUAGES for part in ("org", "my", "confirm")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in [*closed, "/api/", "/table/", "/desk/", "/wall/"])]
    text = "\n".join([*lines, "", f"Sitemap: {settings.ORIGIN}{reverse('sitemap')}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
