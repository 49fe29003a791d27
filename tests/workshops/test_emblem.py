"""A programme's own page: for whom, with whom, whom to ask, and the emblem of who pays."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ledger.history import SYSTEM
from participants.models import ShorterTerms
from tests.factories import PNG, make_organiser, make_programme, make_workshop
from workshops.actions.emblem import put_emblem
from workshops.emblems import LARGEST
from workshops.models import Programme

pytestmark = pytest.mark.django_db

JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
FUNDED = {"funder": "European Union", "funder_grant": "691895", "funder_sentence": {"en": "This project was paid for."}}


@pytest.fixture
def programme() -> Programme:
    return make_programme(**FUNDED, funder_disclaimer={"en": "Nobody else is responsible."})


@pytest.fixture
def organiser(client: Client, programme: Programme) -> Client:
    client.force_login(make_organiser(programme))
    return client


def send(client: Client, programme: Programme, content: bytes, name: str = "emblem.png") -> str:
    data = {"picture": SimpleUploadedFile(name, content)}
    return client.post(reverse("org_emblem", args=[programme.pk]), data, follow=True).content.decode()


@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg")])
def test_the_emblem_stands_beside_the_sentence_on_each_public_page(organiser, programme, content, kind):
    workshop = make_workshop(programme)
    send(organiser, programme, content)
    programme.refresh_from_db()
    address = f"/en/p/{programme.slug}/emblem/{programme.emblem_name}/"
    visitor = Client()
    for page in (f"/en/p/{programme.slug}/", f"/en/w/{workshop.slug}/"):
        text = visitor.get(page).content.decode()
        shown = [f'src="{address}" alt="European Union"', "grant 691895", "This project was paid for.", "responsible."]
        assert [each in text for each in shown] == [True] * 4
    answer = visitor.get(address)
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (content, kind, "nosniff")
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg onload='alert(1)'/>", "Choose a PNG or JPEG file."),
        (b"GIF89a", "Choose a PNG or JPEG file."),
        (b"", "Choose a PNG or JPEG file."),
        (PNG + b"0" * LARGEST, "The file is too large."),
    ],
)
def test_what_is_no_small_picture_is_refused_in_words_and_the_one_before_stays(organiser, programme, content, sentence):
    put_emblem(programme, PNG, by=SYSTEM)
    assert sentence in send(organiser, programme, content)
    assert bytes(Programme.objects.get(pk=programme.pk).emblem.picture) == PNG


def test_another_emblem_has_another_address_and_none_leaves_nothing(organiser, programme):
    make_workshop(programme)
    first = put_emblem(programme, PNG, by=SYSTEM).emblem_name
    send(organiser, programme, JPEG)
    programme.refresh_from_db()
    second = programme.emblem_name
    organiser.post(reverse("org_emblem", args=[programme.pk]), {"remove": "yes"})
    gone = [
        organiser.get(reverse("programme_emblem", args=[programme.slug, each])).status_code for each in (first, second)
    ]
    assert (first != second, gone) == (True, [404, 404])
    assert '<img class="emblem"' not in organiser.get(f"/en/p/{programme.slug}/").content.decode()


def test_for_whom_with_whom_and_whom_to_ask_stand_on_the_page_in_each_language(organiser, programme):
    make_workshop(programme)
    data = {
        "title_it": "Servizi",
        "title_en": "Services",
        "organisation": "Laboratorio",
        "spoken": ["it", "en"],
        "zone_name": "Europe/Rome",
        "audiences_it": "Abitanti\nPortatori di interesse",
        "audiences_en": "Citizens\nStakeholders",
        "partners_it": "Il Comune",
        "contacts_en": "Serena Riva, 02 555",
    }
    assert organiser.post(reverse("org_programme", args=[programme.pk]), data).status_code == 302
    english, italian = (Client().get(f"/{code}/p/{programme.slug}/").content.decode() for code in ("en", "it"))
    assert [
        word in english for word in ("<li>Citizens</li>", "<li>Stakeholders</li>", "Il Comune", "Serena Riva, 02 555")
    ] == [True] * 4
    assert ("<li>Abitanti</li>" in italian, "<li>Citizens</li>" in italian) == (True, False)


def test_terms_of_the_programme_are_those_of_workshops_planned_later(organiser, programme):
    before = make_workshop(programme)
    url = reverse("org_terms", args=[programme.pk])
    assert organiser.post(url, {"contact_days": "91", "waiting_days": "5"}).status_code == 200
    organiser.post(url, {"contact_days": "40", "waiting_days": "5"})
    after = make_workshop(programme)
    terms = dict(ShorterTerms.objects.values_list("workshop", "contact_days"))
    assert (terms, organiser.get(url).context["form"].initial) == (
        {after.pk: 40},
        {"contact_days": 40, "waiting_days": 5},
    )
    assert before.pk not in terms
