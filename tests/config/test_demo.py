"""The demo's own pages, which no other installation has."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.sample.people import CAST, join_team, make_cast
from config.sample.plan import Stage
from config.urls import urlpatterns
from ledger.history import SYSTEM
from tests.factories import make_group, make_programme, make_workshop
from workshops.models import Group

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.urls_with_demo")]


@pytest.fixture
def olmo() -> Group:
    """The table whose two moderators can sign in."""
    programme = make_programme()
    group = make_group(make_workshop(programme), name="Olmo")
    stage = Stage(programme=programme, organiser=SYSTEM, groups={("habits-ratings", "Olmo"): group})
    join_team(stage, make_cast())
    return group


@pytest.fixture
def mail_folder(settings, tmp_path: Path) -> Path:
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.MAIL_FOLDER.mkdir()
    return settings.MAIL_FOLDER


def write(folder: Path, name: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"], message["To"], message["Date"] = subject, "mei@posta.example", "Sat, 11 Apr 2026 18:00:00 +0200"
    message.set_content(text)
    (folder / name).write_bytes(message.as_bytes())


FIRST_PAGES = [
    ("organiser", "org_home"),
    ("moderator", "table_pad"),
    ("helper", "org_desk"),
    ("observer", "org_cockpit"),
]


@pytest.mark.parametrize(("role", "page"), FIRST_PAGES)
def test_one_button_signs_in_and_leads_to_where_the_person_works(client: Client, olmo: Group, role: str, page: str):
    where = {"organiser": [], "moderator": [olmo.pk]}.get(role, [olmo.workshop_id])
    answer = client.post(f"/demo/enter/{role}/")
    assert (answer.status_code, answer["Location"]) == (302, reverse(page, args=where))
    assert client.get("/demo/").wsgi_request.user.email == CAST[role][0]


def test_looking_at_the_button_signs_nobody_in(client: Client, olmo: Group):
    page = client.get("/demo/enter/moderator/")
    assert "Ilaria Fontana" in page.content.decode()
    assert page.wsgi_request.user.is_authenticated is False


def test_the_button_asks_for_the_token_of_its_form(olmo: Group):
    assert Client(enforce_csrf_checks=True).post("/demo/enter/organiser/").status_code == 403


@pytest.mark.parametrize("role", ["owner", "writer", "admin"])
def test_there_is_no_button_for_anybody_else(client: Client, olmo: Group, role: str):
    assert client.post(f"/demo/enter/{role}/").status_code == 404


def test_without_the_sample_there_is_nobody_to_enter_as(client: Client):
    assert client.get("/demo/enter/organiser/").status_code == 404


def test_mail_is_listed_newest_first_and_read_with_its_letters(client: Client, mail_folder: Path):
    write(mail_folder, "1000-mei@posta.example.eml", "Il tuo posto", "Ciao Mei, più tardi: http://localhost:8000/it/x/")
    write(mail_folder, "2000-mei@posta.example.eml", "In lista d’attesa", "<b>Attesa</b>")
    assert [letter.subject for letter in client.get("/demo/mail/").context["letters"]] == [
        "In lista d’attesa",
        "Il tuo posto",
    ]
    first = client.get("/demo/mail/1000-mei@posta.example.eml/").content.decode()
    assert 'Ciao Mei, più tardi: <a href="http://localhost:8000/it/x/"' in first
    second = client.get("/demo/mail/2000-mei@posta.example.eml/").content.decode()
    assert "&lt;b&gt;Attesa&lt;/b&gt;" in second


OTHER_FILES = ["..%2Fsecret.eml", "..%2F..%2Fsecret.eml", "%2Fetc%2Fpasswd", "secret.txt", "nothing.eml"]


@pytest.mark.parametrize("name", OTHER_FILES)
def test_no_other_file_can_be_asked_for(client: Client, mail_folder: Path, name: str):
    (mail_folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    (mail_folder / "secret.txt").write_text("secret")
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_an_empty_mailbox_says_so(client: Client, mail_folder: Path):
    assert client.get("/demo/mail/").context["letters"] == []


@pytest.mark.urls("config.urls")
def test_other_installations_have_none_of_these_pages(client: Client):
    with pytest.raises(NoReverseMatch):
        reverse("demo_enter", args=["organiser"])
    assert client.post("/demo/enter/organiser/").status_code == 404
    assert [p for p in urlpatterns if str(p.pattern).startswith("demo")] == []
