"""The policies of views. Each view names one, and a test walks the URLs for a view without.

A policy loads the thing it protects through its `visible_to` or `organised_by`, so that a foreign thing is a missing
one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind
from workshops.models import Programme, Workshop
from workshops.states import CHECK_IN_ROLES, ORGANISING_ROLES, TeamRole

View = Callable[..., HttpResponseBase]


def public(reason: str) -> Callable[[View], View]:
    """Anybody may come; `reason` says why that is right."""

    def declare(view: View) -> View:
        view.policy = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return declare


def signed_in(view: View) -> View:
    """Any user; the view narrows down by itself."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_enter(request)
        return view(request, *args, **kwargs)

    guarded.policy = "signed in"  # type: ignore[attr-defined]
    return guarded


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """For what cannot be undone: the page that asks who it is, unless the code or passkey is minutes old.

    A view calls it once it has found what it is about, so that a foreign thing looks like a missing one here too.
    """
    if entered_lately(request):
        return None
    status = 200 if request.method in ("GET", "HEAD") else 403
    again = f"{reverse('account_request_login_code')}?{urlencode({'next': request.path})}"
    return render(request, "account/enter_again.html", {"again": again, "here": request.path}, status=status)


def entered_lately(request: HttpRequest) -> bool:
    """Whether this browser proved who it is within `FRESH_LOGIN_SECONDS`."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.FRESH_LOGIN_SECONDS


def ask_to_enter(request: HttpRequest) -> HttpResponse:
    """To the page where organisers enter, and back here afterwards."""
    return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))


def for_team(*roles: str) -> Callable[[View], View]:
    """Team members of the workshop's programme in one of `roles`.

    The view gets the workshop instead of its id. Its `team_role` is theirs.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, workshop_id: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_enter(request)
            visible = Workshop.objects.filter(
                programme__team__user=request.user.pk, programme__team__role__in=roles
            ).distinct()
            workshop = get_object_or_404(
                visible.with_programme().annotate(team_role=F("programme__team__role")), pk=workshop_id
            )
            request.organised_workshop = workshop  # type: ignore[attr-defined]
            return view(request, workshop, *args, **kwargs)

        guarded.policy = "team: " + ", ".join(roles)  # type: ignore[attr-defined]
        return guarded

    return declare


organises = for_team(*ORGANISING_ROLES)
checks_in = for_team(*CHECK_IN_ROLES)
observes = for_team(*ORGANISING_ROLES, TeamRole.OBSERVER)


def organises_programme(view: View) -> View:
    """Organisers of a programme; the view gets the programme instead of its id."""

    @wraps(view)
    def guarded(request: HttpRequest, programme_id: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_enter(request)
        programme = get_object_or_404(Programme.objects.organised_by(request.user), pk=programme_id)
        return view(request, programme, *args, **kwargs)

    guarded.policy = "organiser of the programme"  # type: ignore[attr-defined]
    return guarded


def actor_of(request: HttpRequest) -> Actor:
    """Who does it, for the history: a user, a tablet, or (a public form) the system until a person is known."""
    if request.user.is_authenticated and request.user.pk:
        return Actor(ActorKind.USER, str(request.user.pk))
    if device := getattr(request, "device", None):
        return Actor(ActorKind.DEVICE, str(device.pk))
    return SYSTEM
