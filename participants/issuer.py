"""Whom an issuer of OpenID Connect lets in: people the house knows already, by an address the issuer has verified.

Nothing of it is kept: no account is made, none is tied to the issuer, and its tokens are forgotten with the request.
Imported only where `OIDC_ISSUER` is set.
"""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

SAYS_YES = (True, "true")
"""Some issuers write the claim `email_verified` as a word; then "false" must not count as something that is there."""


class IssuerAdapter(DefaultSocialAccountAdapter):
    """allauth's questions, with the answers of the house."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Nobody is made of what the issuer tells, so none of it is taken over."""
        return sociallogin.user

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """The user with an address that the issuer calls verified, and the address."""
        for address in sociallogin.email_addresses:
            address.verified = address.verified in SAYS_YES
        return super().authenticate_by_email(sociallogin)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Turn away, in a sentence, whoever the house does not know. Whether it knows an address that nobody has
        verified is not told."""
        if not any(address.verified for address in sociallogin.email_addresses):
            raise ImmediateHttpResponse(unverified(request))
        if not sociallogin.is_existing:
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        if not sociallogin.user.is_active:
            raise ImmediateHttpResponse(render(request, "account/account_inactive.html", status=403))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(cancelled(request))
        raise ImmediateHttpResponse(silent(request) if isinstance(exception, RequestException) else failed(request))


def cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody turned round at the issuer."""
    return _told(request, _("You came back from %(name)s without entering. Nothing has changed."), 200)


def unverified(request: HttpRequest) -> HttpResponse:
    return _told(request, _("%(name)s has not checked that your e-mail address is yours. Enter with a code instead."))


def failed(request: HttpRequest) -> HttpResponse:
    """What came back does not belong to anything that was begun in this browser, or says nothing."""
    return _told(request, _("Entering with %(name)s did not work, or took too long. Try again, or enter with a code."))


def silent(request: HttpRequest) -> HttpResponse:
    """The issuer cannot be reached, or answers what nobody can read."""
    return _told(request, _("%(name)s does not answer now. Enter with a code, or try again later."), 503)


def _told(request: HttpRequest, sentence: str, status: int = 403) -> HttpResponse:
    told = {"sentence": sentence % {"name": settings.OIDC_NAME}}
    return render(request, "account/issuer_no.html", told, status=status)
