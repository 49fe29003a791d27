"""The operator's admin: same door, look only, no opinions."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from ledger.look_only import LookOnly
from tests.config.world import SECRETS, make_world
from tests.factories import make_organiser, make_programme, make_user
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


def operator() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True))
    return client


def test_a_visitor_is_sent_to_the_one_entrance_and_an_organiser_finds_nothing():
    answer = Client().get(reverse("admin:index"))
    entrance = Client().get(answer["Location"], follow=True).request["PATH_INFO"]
    assert (answer.status_code, "/org/enter/" in entrance) == (302, True)
    organiser = Client()
    organiser.force_login(make_organiser(make_programme()))
    assert organiser.get(reverse("admin:index"), follow=True).status_code == 404


def test_the_operator_can_look_at_every_list_but_change_nothing_and_read_no_note():
    world, client = make_world(), operator()
    for model, kind in admin.site._registry.items():
        names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        page = client.get(reverse(f"{names}_changelist"))
        assert page.status_code == 200
        assert SECRETS[0] not in page.content.decode()
        assert isinstance(kind, LookOnly)
        assert client.get(reverse(f"{names}_add")).status_code == 403
    change = reverse("admin:workshops_workshop_change", args=[world.ids["workshop_id"]])
    before = Workshop.objects.values().get(pk=world.ids["workshop_id"])
    assert client.post(change, {"places": 99, "state": "published"}).status_code == 403
    assert Workshop.objects.values().get(pk=world.ids["workshop_id"]) == before
