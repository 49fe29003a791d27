"""How people sign in: allauth with a mailed code or a passkey; accounts are made by organisers and the operator."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: taking a place needs no account, and organisers are invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
