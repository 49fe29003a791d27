"""How people sign in: allauth with a mailed code or a passkey; accounts are made by organisers and the operator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from participants.actions.forget import has_a_role
from participants.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: taking a place needs no account, organisers are invited, and whoever wants one list of all
    their places gets an account from a mailed link."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Those with a role start at their programmes, everybody else at their places."""
        user = request.user
        return reverse("org_home" if isinstance(user, User) and has_a_role(user) else "find_place")
