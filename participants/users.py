"""Letting somebody sign in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from participants.models import User
from workshops.models import ModeratorSeat


@transaction.atomic
def let_in(email: str, name: str = "") -> tuple[User, bool]:
    """The user with this address, made when there is none, and whether it is new; a name is only given to a new one.

    The address counts as verified: signing in asks for a code mailed to it, which proves it each time.
    """
    user = User.objects.filter(email__iexact=email).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email, name)
    ModeratorSeat.objects.filter(email__iexact=user.email, user=None).update(user=user)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user, is_new
