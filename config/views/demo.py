"""The demo's own pages: enter as somebody of the sample with one button, and read the mail it would have sent."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config.sample.people import CAST
from participants.models import User
from workshops.access import public
from workshops.models import Group

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOST_LETTERS = 100

ROLES: dict[str, tuple[Promise, Promise]] = {
    "organiser": (_("Organiser"), _("Plans the workshops, watches the evening, publishes what came of it.")),
    "moderator": (_("Moderator"), _("Writes at Table Olmo, where a session is open now.")),
    "helper": (_("Check-in helper"), _("Ticks at the door who has come.")),
    "observer": (_("Observer"), _("Follows the evening without names.")),
}
"""Role → its name, and what it does."""


@require_safe
@public("only in the demo, sample people")
def home(request: HttpRequest) -> HttpResponse:
    """Whom one can enter as."""
    roles = [{"key": key, "name": CAST[key][1], "role": role, "does": does} for key, (role, does) in ROLES.items()]
    return render(request, "demo/home.html", {"roles": roles})


@require_http_methods(["GET", "HEAD", "POST"])
@public("only in the demo, sample people")
def enter(request: HttpRequest, role: str) -> HttpResponse:
    """One button; pressing it signs in as the sample's person and leads to where that person works."""
    if role not in ROLES:
        raise Http404
    user = get_object_or_404(User, email=CAST[role][0])
    if request.method == "POST":
        login(request, user, backend=BACKEND)
        record_authentication(request, user, method="demo")
        return redirect(_first_page(role))
    name, does = ROLES[role]
    return render(request, "demo/enter.html", {"person": user, "role": name, "does": does})


def _first_page(role: str) -> str:
    """Organisers start at their programmes, the others in the workshop whose table the moderators keep."""
    if role == "organiser":
        return reverse("org_home")
    tables = Group.objects.filter(moderators__user__email=CAST["moderator"][0])
    table = get_object_or_404(tables.order_by("-workshop__starts_at")[:1])
    if role == "moderator":
        return reverse("table_pad", args=[table.pk])
    return reverse("org_desk" if role == "helper" else "org_cockpit", args=[table.workshop_id])


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return self.message["Subject"] or ""

    @property
    def to(self) -> str:
        return self.message["To"] or ""

    @property
    def sent_at(self) -> object:
        return self.message["Date"].datetime if self.message["Date"] else None

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        return body.get_content() if body else ""

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]


def _letters() -> dict[str, Path]:
    """The files of the mail folder by name, newest first: a name begins with its moment."""
    files = sorted(Path(settings.MAIL_FOLDER).glob("*.eml"), key=lambda file: file.name, reverse=True)
    return {file.name: file for file in files[:MOST_LETTERS]}


def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return Letter(file.name, message)  # type: ignore[arg-type]


@require_safe
@public("only in the demo, sample people")
def mail(request: HttpRequest) -> HttpResponse:
    """What has been sent, newest first."""
    return render(request, "demo/mail.html", {"letters": [_read(file) for file in _letters().values()]})


@require_safe
@public("only in the demo, sample people")
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One message as plain text. Only names of the list are known, so no other file can be asked for."""
    file = _letters().get(name)
    if file is None:
        raise Http404
    return render(request, "demo/letter.html", {"letter": _read(file)})
