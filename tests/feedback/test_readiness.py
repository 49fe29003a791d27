"""Is everything ready? Nothing is fine that was not looked at."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone, translation

from feedback import readiness_actions
from feedback.cockpit import gather
from feedback.next_steps import next_steps
from feedback.readiness import readiness
from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Event, Job, Mail
from participants.actions import moderating, regroup, seats
from participants.actions.consents import add_purpose
from participants.actions.tablets import tell_status
from participants.middleware import DEVICE_IN_SESSION
from participants.models import Device, ModeratorInvitation, Purpose
from tests.factories import (
    make_device,
    make_group,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_workshop,
)
from workshops.actions.agenda import add_prompt
from workshops.actions.evening import extend_session, move_session, show_on_wall
from workshops.actions.groups import change_group, give_table_codes, name_moderators
from workshops.models import Workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def checks_of(workshop):
    workshop = Workshop.objects.with_programme().get(pk=workshop.pk)
    with translation.override("en"), timezone.override(workshop.zone):
        return {check.key: check for check in readiness(gather(workshop, timezone.now(), names=True))}


def states(workshop, *keys):
    found = checks_of(workshop)
    return [str(found[key].state) for key in keys]


def run_jobs():
    for job in Job.objects.unbuilt():
        jobs.run(job.pk)


def test_a_workshop_nobody_has_looked_after_has_one_fine_line_the_words_of_the_consents(workshop):
    assert {key: str(check.state) for key, check in checks_of(workshop).items()} == {
        "tablets": "wanting",
        "sheets": "unknown",
        "moderators": "wanting",
        "consents": "fine",
        "mail": "unknown",
        "worker": "unknown",
        "storage": "unknown",
    }


def test_whatever_is_not_fine_says_what_to_do(workshop):
    make_group(workshop)
    ways = {key: check.url for key, check in checks_of(workshop).items() if not check.is_fine}
    assert [key for key, url in ways.items() if not url] == []


def test_tablets_are_fine_once_each_table_has_one_and_each_says_it_is_ready(workshop):
    olmo, gelso = make_group(workshop, "Olmo"), make_group(workshop, "Gelso")
    one, seen = make_device(olmo), []
    seen.append(checks_of(workshop)["tablets"])
    other = make_device(gelso)
    seen.append(checks_of(workshop)["tablets"])
    tell_status(one, unsent=0, battery=None, charging=None, ready=True)
    tell_status(other, unsent=0, battery=None, charging=None, ready=False)
    seen.append(checks_of(workshop)["tablets"])
    tell_status(other, unsent=0, battery=None, charging=None, ready=True)
    seen.append(checks_of(workshop)["tablets"])
    assert [(str(check.state), check.says) for check in seen] == [
        ("wanting", "No tablet at Gelso yet."),
        ("unknown", "Not known yet whether they work without a connection: Olmo and Gelso. Open the note-pad on them."),
        ("wanting", "A tablet would not work without a connection: Gelso. Its menu says what is missing."),
        ("fine", "2 tablets are at their tables, ready also without a connection."),
    ]


def test_a_tablet_that_tells_nothing_any_more_is_not_ready_any_more(workshop):
    device = make_device(make_group(workshop))
    for told in (True, None):
        tell_status(device, unsent=0, battery=None, charging=None, ready=told)
    assert Device.objects.get(pk=device.pk).ready is None


def test_a_tablet_tells_through_the_api_whether_it_is_ready(client, workshop):
    device = make_device(make_group(workshop))
    session = client.session
    session[DEVICE_IN_SESSION] = str(device.pk)
    session.save()
    url = reverse("api_status", args=[device.group_id])
    body = {"unsent": 0, "battery": None, "charging": None}
    answers = []
    for told in ({"ready": True}, {}, {"ready": False}, {"ready": "perhaps"}):
        status = client.post(url, body | told, content_type="application/json").status_code
        answers.append((status, Device.objects.get(pk=device.pk).ready))
    assert answers == [(204, True), (204, None), (204, False), (400, False)]


def test_sheets_are_printed_when_somebody_says_so_until_something_on_them_changes(client, workshop, organiser):
    session, group = make_session(workshop), make_group(workshop)
    client.post(reverse("org_sheets_printed", args=[workshop.pk]))
    seen = states(workshop, "sheets")
    show_on_wall(workshop, "next", by=SYSTEM)
    move_session(session, "open", by=SYSTEM)
    extend_session(session, minutes=5, by=SYSTEM)
    seen += states(workshop, "sheets")
    for change in (
        lambda: add_prompt(session, text={"en": "Another?"}, by=SYSTEM),
        lambda: seats.seat(make_registration(workshop), group, by=SYSTEM),
        lambda: give_table_codes(workshop, by=SYSTEM),
        lambda: name_moderators(group, by=SYSTEM, asks="Wei Chen"),
        lambda: change_group(group, name="Olmo", size=9, by=SYSTEM, asks="Wei Chen"),
    ):
        readiness_actions.say_printed(workshop, by=SYSTEM)
        change()
        seen += states(workshop, "sheets")
    assert seen == ["fine", "fine", *["wanting"] * 5]


def test_moderators_are_fine_once_both_of_each_table_have_said_yes(workshop):
    make_group(workshop, addresses=("ilaria@posta.example", "youssef@posta.example"))
    seen = [checks_of(workshop)["moderators"].says]
    moderating.invite_moderators(workshop, by=SYSTEM)
    asks, writes = ModeratorInvitation.objects.with_all().order_by("seat__role")
    moderating.answer(asks, comes=True)
    seen.append(checks_of(workshop)["moderators"].says)
    moderating.answer(writes, comes=False)
    seen.append(checks_of(workshop)["moderators"].says)
    assert seen == [
        "0 of 2 have said yes. 2 were not asked.",
        "1 of 2 have said yes.",
        "1 of 2 have said yes. Cannot come: Youssef Amrani.",
    ]
    ModeratorInvitation.objects.update(state="accepted", answered_at=timezone.now())
    assert states(workshop, "moderators") == ["fine"]
    make_group(workshop, moderators=[])
    assert "2 seats are empty." in checks_of(workshop)["moderators"].says


def test_changing_tables_is_asked_about_only_where_people_change_and_fine_once_mixed(workshop):
    assert "rounds" not in checks_of(workshop)
    tables = [make_group(workshop, size=2) for _number in range(2)]
    people = [make_registration(workshop) for _number in range(4)]
    for number, person in enumerate(people):
        seats.seat(person, tables[number // 2], by=SYSTEM)
    make_session(workshop)
    second = make_session(workshop, regroups=True)
    assert states(workshop, "rounds") == ["wanting"]
    regroup.seat_in_session(people[0], tables[1], second, by=SYSTEM)
    assert states(workshop, "rounds") == ["fine"]


def test_consents_want_a_text_in_each_language(workshop):
    add_purpose(workshop.programme, by=SYSTEM, title={"it": "Riprese"}, text={"it": "Posso essere ripreso."})
    check = checks_of(workshop)["consents"]
    assert (str(check.state), check.says) == ("wanting", "A text is missing in: English.")


def test_consents_that_are_not_asked_are_not_fine():
    workshop = make_workshop(make_programme())
    for key in ("quotes", "photos", "contact"):
        words = {"it": "Sì", "en": "Yes"}
        Purpose.objects.create(
            programme=workshop.programme, key=key, title=words, text=words, basis="consent", asked=False
        )
    check = checks_of(workshop)["consents"]
    assert (str(check.state), check.says) == ("wanting", "Nothing is asked: no quote and no photo can be published.")


def test_mail_worker_and_storage_are_fine_once_a_check_was_done_and_for_a_day(client, workshop, organiser, mailoutbox):
    keys = ("mail", "worker", "storage")
    seen = [states(workshop, *keys)]
    client.post(reverse("org_check_ready", args=[workshop.pk]))
    seen.append(states(workshop, *keys))
    run_jobs()
    outbox.send(Mail.objects.get(kind="test_mail").pk)
    seen.append(states(workshop, *keys))
    Mail.objects.update(created_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    Event.objects.filter(verb="readiness.checked").update(at=timezone.now() - dt.timedelta(days=1, minutes=1))
    seen.append(states(workshop, *keys))
    assert seen == [["unknown"] * 3, ["unknown"] * 3, ["fine"] * 3, ["unknown"] * 3]
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([organiser.email], "Prova: la posta funziona")]


def test_a_check_nobody_does_says_that_no_worker_runs(client, workshop, organiser):
    client.post(reverse("org_check_ready", args=[workshop.pk]))
    long_ago = timezone.now() - dt.timedelta(minutes=3)
    Job.objects.update(asked_at=long_ago)
    Mail.objects.update(created_at=long_ago)
    found = checks_of(workshop)
    assert [(str(found[key].state)) for key in ("mail", "worker", "storage")] == ["wanting", "wanting", "unknown"]
    assert found["worker"].says == "Nothing has done the check for more than two minutes: no worker runs."


def test_a_storage_that_keeps_nothing_is_found_out(client, workshop, organiser, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(default_storage, "save", refuse)
    client.post(reverse("org_check_ready", args=[workshop.pk]))
    run_jobs()
    assert states(workshop, "worker", "storage") == ["fine", "wanting"]


def test_the_check_leaves_no_file_behind(client, workshop, organiser):
    assert readiness_actions.storage_works()
    assert not default_storage.exists("checks") or default_storage.listdir("checks")[1] == []


def test_mails_that_did_not_arrive_keep_mail_from_being_fine(client, workshop, organiser):
    client.post(reverse("org_check_ready", args=[workshop.pk]))
    outbox.send(Mail.objects.get(kind="test_mail").pk)
    person = make_registration(workshop).person
    lost = Mail.objects.filter(recipient_id=str(person.pk))
    lost.update(given_up_at=timezone.now(), error="TimeoutError")
    check = checks_of(workshop)["mail"]
    assert (str(check.state), check.says) == ("wanting", "1 mail did not arrive.")


def test_do_next_names_moderators_early_and_the_rest_on_the_eve(workshop):
    make_session(workshop)
    make_group(workshop)

    def titles(**before):
        Workshop.objects.filter(pk=workshop.pk).update(starts_at=timezone.now() + dt.timedelta(**before))
        there = Workshop.objects.with_programme().get(pk=workshop.pk)
        cockpit = gather(there, timezone.now(), names=True)
        return [step.title for step in next_steps(cockpit, readiness(cockpit))]

    with translation.override("en"):
        assert titles(days=30) == []
        assert titles(days=10) == ["Moderators"]
        assert titles(hours=20) == ["Moderators", "See whether everything is ready", "Start the day"]


@pytest.mark.parametrize("size", [1, 3, 60])
def test_more_tables_need_no_more_queries(client, workshop, organiser, size, django_assert_num_queries):
    for _number in range(size):
        make_device(make_group(workshop))
    for page, queries in (("org_ready", 27), ("org_cockpit", 30)):
        with django_assert_num_queries(queries):
            client.get(reverse(page, args=[workshop.pk]))
