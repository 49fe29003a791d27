"""Who may sign in is said on the command line."""

import io
import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from participants.models import User
from tests.factories import make_organiser, make_programme, make_user
from workshops.models import TeamSeat
from workshops.permissions import can_start_programmes

pytestmark = pytest.mark.django_db


def organiser(*arguments: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("organiser", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_organiser_of_an_empty_installation_may_start_programmes_and_is_told_why():
    said = organiser("Serena@Tavolo.example", "--name", "Serena Riva")
    serena = User.objects.get()
    assert (serena.email, serena.name, serena.is_staff, can_start_programmes(serena)) == (
        "serena@tavolo.example",
        "Serena Riva",
        True,
        True,
    )
    assert "There is no programme yet, so serena@tavolo.example is an operator (staff)" in said


def test_with_a_programme_the_person_owns_it_and_is_no_operator():
    programme = make_programme()
    organiser("serena@tavolo.example", "--programme", programme.slug)
    serena = User.objects.get()
    assert list(TeamSeat.objects.values_list("programme", "user", "role")) == [(programme.pk, serena.pk, "owner")]
    assert (serena.is_staff, can_start_programmes(serena)) == (False, True)


def test_somebody_in_the_team_becomes_its_owner():
    programme = make_programme()
    helper = make_organiser(programme, role="helper")
    organiser(helper.email, "--programme", programme.slug)
    assert list(TeamSeat.objects.values_list("user", "role")) == [(helper.pk, "owner")]


def test_without_a_programme_of_their_own_somebody_new_is_told_what_is_missing():
    make_programme()
    said = organiser("new@tavolo.example")
    assert can_start_programmes(User.objects.get()) is False
    assert "--programme SLUG makes the person an owner of one" in said


def test_asking_twice_makes_one_user_and_keeps_the_name():
    make_user(email="serena@tavolo.example", name="Serena Riva")
    organiser("SERENA@tavolo.example")
    assert list(User.objects.values_list("email", "name")) == [("serena@tavolo.example", "Serena Riva")]


def test_an_unknown_programme_is_refused_with_those_there_are_and_no_user_is_made():
    programme = make_programme()
    with pytest.raises(CommandError) as refusal:
        organiser("serena@tavolo.example", "--programme", "nowhere")
    assert str(refusal.value) == f"There is no programme nowhere. There are: {programme.slug}."
    assert User.objects.count() == 0


def test_what_is_no_address_is_refused():
    with pytest.raises(CommandError, match="serena is not an e-mail address"):
        organiser("serena")


@pytest.mark.parametrize("known_before", [False, True])
def test_whoever_was_named_signs_in_with_the_mailed_code(client: Client, known_before: bool):
    if known_before:
        make_user(email="serena@tavolo.example")
    organiser("Serena@tavolo.example")
    client.post(reverse("account_request_login_code"), {"email": "serena@tavolo.example"})
    [letter] = mail.outbox
    code = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", letter.body, re.MULTILINE)[1]
    answer = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, reverse("org_home"))
    assert client.get(reverse("org_home")).wsgi_request.user == User.objects.get()
