"""The operator's admin: same door, look only, no opinions."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from feedback.history import history_of
from feedback.models import Note
from ledger.look_only import LookOnly
from ledger.models import Event
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


def test_the_words_of_a_note_are_read_with_a_reason_that_organisers_see():
    world, client = make_world(), operator()
    note, workshop = Note.objects.get(pk=world.ids["note_id"]), world.things["workshop"]
    url = reverse("admin:feedback_note_read", args=[note.pk])
    looked_at = [
        reverse("admin:feedback_note_changelist"),
        reverse("admin:feedback_note_change", args=[note.pk]),
        url,
    ]
    assert [SECRETS[0] in client.get(page).content.decode() for page in looked_at] == [False] * 3
    for wrong in ({}, {"reason": ""}, {"reason": "curiosity"}):
        assert SECRETS[0] not in client.post(url, wrong).content.decode()
    assert Event.objects.filter(verb="note.read").count() == 0
    assert SECRETS[0] in client.post(url, {"reason": "fault"}).content.decode()
    told = history_of(workshop.pk).rows[0].sentence
    assert told == "Serena Riva, the operator, read a note. Reason: A fault is being looked into."


def test_nobody_but_the_operator_reads_a_note_in_the_admin():
    world = make_world()
    url = reverse("admin:feedback_note_read", args=[world.ids["note_id"]])
    organiser = Client()
    organiser.force_login(make_organiser(world.things["programme"]))
    answers = [who.post(url, {"reason": "fault"}, follow=True) for who in (Client(), organiser)]
    assert [SECRETS[0] in answer.content.decode() for answer in answers] == [False, False]
    assert Event.objects.filter(verb="note.read").count() == 0


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label))
def test_no_form_action_or_deletion_of_the_admin_writes_a_row(model):
    world, client = make_world(), operator()
    names = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.first()
    before = list(model._default_manager.order_by("pk").values())
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)] if row else [], "post": "yes"}
    client.post(reverse(f"{names}_changelist"), chosen)
    if row:
        for name in ("change", "delete"):
            assert client.post(reverse(f"{names}_{name}", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse(f"{names}_add"), {}).status_code == 403
    assert list(model._default_manager.order_by("pk").values()) == before
    assert world.ids
