"""Organisers enter with a mailed code, in the browser that asked for it; nobody makes an account here."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from participants.users import let_in
from tests.factories import make_organiser, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser():
    user = make_organiser(make_programme(), email="serena@posta.example")
    let_in(user.email)
    return user


def ask_for_code(client, email):
    return client.post(reverse("account_request_login_code"), {"email": email})


def test_a_mailed_code_opens_my_programmes(client, organiser, mailoutbox):
    ask_for_code(client, "serena@posta.example")
    [mail] = mailoutbox
    code = re.match(r"(\S+) is your code for Tavolo", mail.subject)[1]
    assert code in mail.body
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert response.url == reverse("org_home")
    assert client.get(reverse("org_home")).context["user"] == organiser


def test_a_wrong_code_opens_nothing(client, organiser):
    ask_for_code(client, "serena@posta.example")
    assert client.post(reverse("account_confirm_login_code"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("org_home")).status_code == 302


def test_the_page_after_asking_is_the_same_for_an_address_nobody_has(organiser, mailoutbox):
    known = ask_for_code(Client(), "serena@posta.example")
    unknown = ask_for_code(Client(), "nobody@posta.example")
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert [mail.subject for mail in mailoutbox][1:] == ["Nobody organises with this address"]


def test_accounts_are_not_made_here(client):
    page = client.get(reverse("account_signup"))
    assert "No account needed" in page.content.decode()


@pytest.mark.parametrize("name", ["account_request_login_code", "account_login"])
def test_the_entrance_asks_for_no_password(client, name):
    assert b'type="password"' not in client.get(reverse(name)).content


@pytest.mark.parametrize("name", ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "account_logout"])
def test_pages_about_entering_are_shown_to_whoever_entered(client, organiser, mailoutbox, name):
    ask_for_code(client, "serena@posta.example")
    code = mailoutbox[0].subject.split()[0]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.get(reverse(name)).status_code == 200
