"""In by an issuer of OpenID Connect: a button on the entrance, to the issuer, and back. Only where one is set."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import RequestLoginCodeView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from participants.issuer import silent
from workshops.access import public

log = logging.getLogger(__name__)

PROVIDER = "issuer"
LEFT_IN = "issuer_left_in"
BY_ISSUER = "socialaccount"
UNREADABLE = (RequestException, AttributeError, KeyError, TypeError, ValueError)
"""What allauth lets through when an issuer is away or answers something else than OpenID Connect."""
ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(settings.OIDC_ISSUER))

# Chromium asks `form-action` for where a form leads to in the end as well, so this page alone names the issuer.
entrance = csp_update({"form-action": [ORIGIN]})(
    RequestLoginCodeView.as_view(extra_context={"issuer": settings.OIDC_NAME})
)


@require_POST
@public("whoever enters is not known yet")
def go(request: HttpRequest) -> HttpResponse:
    """To the issuer. Of the form only `next` is heard: it can ask for nothing else, such as to tie accounts."""
    provider = get_adapter(request).get_provider(request, PROVIDER)
    request.session[LEFT_IN] = get_language()
    try:
        return provider.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
    except UNREADABLE:
        return _cannot_be_read(request)


@require_safe
@public("whoever enters is not known yet; what the issuer says is asked of the issuer")
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the issuer, in the language in which somebody left."""
    with override(request.session.get(LEFT_IN) or get_language()):
        try:
            answer = OAuth2CallbackView.adapter_view(OpenIDConnectOAuth2Adapter(request, provider_id))(request)
        except UNREADABLE:
            return _cannot_be_read(request)
    if request.user.is_authenticated:
        _is_not_fresh(request)
    return answer


def _cannot_be_read(request: HttpRequest) -> HttpResponse:
    log.warning("the issuer does not answer, or not in OpenID Connect", exc_info=True)
    return silent(request)


def _is_not_fresh(request: HttpRequest) -> None:
    """An issuer may have asked for a password weeks ago. What needs a fresh login asks for a code or passkey.

    Of the record nothing else stays either: it holds the issuer's own number for this person.
    """
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": BY_ISSUER, "at": 0} if record["method"] == BY_ISSUER else record for record in records
    ]
