"""`manage.py organiser`: the first people who may sign in are named here, not on a page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from ledger.history import SYSTEM, record
from participants.models import User
from participants.users import let_in
from workshops.models import Programme, TeamSeat
from workshops.permissions import can_start_programmes
from workshops.states import TeamRole


class Command(BaseCommand):
    help = (
        "Lets an address sign in. With --programme it becomes an owner there; without, it may start programmes "
        "when it owns one already or when the installation has none yet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that gets the code to sign in")
        parser.add_argument("--name", default="", help="how the person is called")
        parser.add_argument("--programme", metavar="SLUG", help="make the person an owner of this programme")

    @transaction.atomic
    def handle(self, *, email: str, name: str, programme: str | None, **options: Any) -> None:
        user = self._user(email, name)
        if programme is not None:
            self._own(user, programme)
        elif not Programme.objects.exists():
            self._operate(user)
        if not can_start_programmes(user):
            self.stdout.write("There are programmes already: --programme SLUG makes the person an owner of one.")

    def _user(self, email: str, name: str) -> User:
        """The user with this address, made when there is none; a given name is taken over."""
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        user, is_new = let_in(email, name)
        if is_new:
            self.stdout.write(f"{user.email} can sign in with a mailed code.")
        elif name and user.name != name:
            user.name = name
            user.save(update_fields=["name"])
            self.stdout.write(f"{user.email} is now called {name}.")
        return user

    def _own(self, user: User, slug: str) -> None:
        programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            known = ", ".join(Programme.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no programme {slug}. There are: {known}.")
        TeamSeat.objects.update_or_create(programme=programme, user=user, defaults={"role": TeamRole.OWNER})
        record(programme, "team.changed", by=SYSTEM, scope=programme.pk, role=TeamRole.OWNER)
        self.stdout.write(f"{user.email} is an owner of {slug}.")

    def _operate(self, user: User) -> None:
        """With no programme at all nobody could start the first one."""
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.is_staff = True
        self.stdout.write(
            f"There is no programme yet, so {user.email} is an operator (staff): they may start programmes."
        )
