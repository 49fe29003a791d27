"""Before time or place change or a workshop is cancelled, the page shows who is told; exactly these then are, once."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM
from ledger.models import Job, Mail
from participants.actions.moderating import invite_moderators
from participants.actions.places import give_up
from participants.models import Invitation
from participants.states import InvitationState
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop
from tests.workshops.test_organise import details_of
from workshops.actions.cancelling import cancel_workshop
from workshops.actions.details import change_details
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState
from workshops.telling import told_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop() -> Workshop:
    """Two people with a place, one of them without an address, one who waits, one who gave up, invited people who have
    and have not answered, and a moderator named at two tables."""
    workshop = make_workshop(places=2)
    make_registration(workshop, "Ada Sala")
    by_phone = make_registration(workshop, "Bea Conti")
    by_phone.person.email = None
    by_phone.person.save()
    make_registration(workshop, "Cleo Marino")
    give_up(make_registration(workshop, "Dora Greco"), by=SYSTEM)
    now = timezone.now()
    invited = {"workshop": workshop, "written_at": now}
    Invitation.objects.create(name="Eva Bruno", email="eva@posta.example", **invited)
    Invitation.objects.create(
        name="Fay", email="f@posta.example", state=InvitationState.DECLINED, answered_at=now, **invited
    )
    for name in ("Olmo", "Gelso"):
        make_group(workshop, name, moderators=["Ilaria Fontana", "Youssef Amrani"], addresses=["ilaria@posta.example"])
    Mail.objects.all().delete()
    return workshop


@pytest.fixture
def organiser(client: Client, workshop: Workshop) -> Client:
    client.force_login(make_organiser(workshop.programme))
    return client


def save(client: Client, workshop: Workshop, **changes: Any) -> Any:
    workshop = Workshop.objects.with_programme().get(pk=workshop.pk)
    return client.post(reverse("org_details", args=[workshop.pk]), details_of(workshop, **changes), follow=True)


def run_jobs() -> None:
    for job in Job.objects.unbuilt():
        jobs.run(job.pk)


def composed() -> list[tuple[str, str, str]]:
    """Kind, address and text of every mail that would go out now."""
    found = []
    for mail in Mail.objects.all():
        with contextlib.suppress(outbox.NobodyToWriteTo):
            message = outbox.compose(mail)
            found.append((mail.kind, message.to, message.text))
    return sorted(found)


def written() -> list[tuple[str, str]]:
    return [(kind, to) for kind, to, _text in composed()]


def address(workshop: Workshop, name: str) -> str:
    return workshop.registrations.get(person__name=name).person.email


def test_the_preview_names_everybody_by_what_they_are_and_saves_nothing(organiser, workshop):
    page = save(organiser, workshop, venue="Salone", places=2)
    assert [(str(t.who), t.names, t.without_mail) for t in page.context["told"]] == [
        ("With a place", ["Ada Sala"], ["Bea Conti"]),
        ("On the waiting list", ["Cleo Marino"], []),
        ("Invited, no answer yet", ["Eva Bruno"], []),
        ("Moderators", ["Ilaria Fontana"], ["Youssef Amrani"]),
    ]
    text = page.content.decode()
    assert ("We write to 4 people" in text, "Casa di Quartiere" in text, "Salone" in text) == (True, True, True)
    run_jobs()
    assert (Workshop.objects.get(pk=workshop.pk).venue, written()) == ("Casa di Quartiere", [])


def test_whom_the_preview_names_is_told_once_and_nobody_else(organiser, workshop):
    page = save(organiser, workshop, venue="Salone", told="yes", places=2)
    assert "We write to 4 people." in page.content.decode()
    run_jobs()
    run_jobs()
    told = organiser.get(reverse("org_mail", args=[workshop.pk])).context["page"].mails
    assert sorted(sent.to for sent in told) == ["Ada Sala", "Bea Conti", "Cleo Marino", "Eva Bruno", "Ilaria Fontana"]
    assert written() == [
        ("moved_for_invited", "eva@posta.example"),
        ("moved_for_moderators", "ilaria@posta.example"),
        ("workshop_moved", address(workshop, "Ada Sala")),
        ("workshop_moved", address(workshop, "Cleo Marino")),
    ]


def test_going_back_shows_what_was_typed_and_saves_nothing(organiser, workshop):
    page = save(organiser, workshop, venue="Salone", back="yes", places=2)
    assert 'value="Salone"' in page.content.decode()
    assert Workshop.objects.get(pk=workshop.pk).venue == "Casa di Quartiere"


@pytest.mark.parametrize("changes", [{"title_en": "Another title"}, {"doors_minutes": 30}])
def test_what_is_no_news_is_saved_at_once(organiser, workshop, changes):
    page = save(organiser, workshop, places=2, **changes)
    assert page.redirect_chain == [(reverse("org_details", args=[workshop.pk]), 302)]
    run_jobs()
    assert written() == []


def test_a_draft_and_a_workshop_nobody_comes_to_change_without_a_question(client):
    empty, draft = make_workshop(), make_workshop(state=WorkshopState.DRAFT)
    make_group(draft, addresses=["ilaria@posta.example"])
    for workshop in (empty, draft):
        client.force_login(make_organiser(workshop.programme))
        save(client, workshop, venue="Salone")
        assert Workshop.objects.get(pk=workshop.pk).venue == "Salone"


def test_cancelling_shows_who_is_told_and_the_reason_reaches_page_and_mails(organiser, workshop):
    url = reverse("org_cancel", args=[workshop.pk])
    page = organiser.get(url).content.decode()
    assert ("We write to 4 people" in page, "Cleo Marino" in page, "Bea Conti" in page) == (True, True, True)
    reason = {"cancelled_because_it": "Piove: ci vediamo il 20."}
    reason["cancelled_because_en"] = "It rains: we meet on the 20th."
    answer = organiser.post(url, reason, follow=True).content.decode()
    assert "The workshop is cancelled. We write to 4 people." in answer
    run_jobs()
    assert [kind for kind, _to in written()] == [
        "cancelled_for_invited",
        "cancelled_for_moderators",
        "workshop_cancelled",
        "workshop_cancelled",
    ]
    texts = [text for _kind, _to, text in composed()]
    assert [any(sentence in text for sentence in reason.values()) for text in texts] == [True] * 4
    assert "It rains: we meet on the 20th." in Client().get(f"/en/w/{workshop.slug}/").content.decode()


def test_a_second_cancelling_changes_nothing(organiser, workshop):
    cancel_workshop(workshop, because={"en": "Rain"}, by=SYSTEM)
    organiser.post(reverse("org_cancel", args=[workshop.pk]), {"cancelled_because_en": "Snow"})
    assert dict(Workshop.objects.get(pk=workshop.pk).cancelled_because) == {"en": "Rain"}


def test_a_change_that_was_overtaken_by_the_cancellation_is_not_told(workshop):
    change_details(workshop, by=SYSTEM, venue="Salone")
    run_jobs()
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    run_jobs()
    kinds = {kind for kind, _to in written()}
    assert kinds & {"moved_for_invited", "moved_for_moderators"} == set()
    assert {"cancelled_for_invited", "cancelled_for_moderators"} <= kinds


def test_the_link_in_the_mail_to_invited_people_answers_the_invitation(client, workshop):
    change_details(workshop, by=SYSTEM, starts_at=workshop.starts_at + dt.timedelta(days=1))
    run_jobs()
    text = outbox.compose(Mail.objects.get(kind="moved_for_invited")).text
    [link] = [line for line in text.splitlines() if "/my/invitation/" in line]
    client.post(link.removeprefix("http://localhost:8000"), {"answer": "no"})
    assert Invitation.objects.get(email="eva@posta.example").state == InvitationState.DECLINED


def agenda_ends_earlier(workshop: Workshop, minutes: int = 90) -> str:
    """A shorter agenda, and the address that lets the workshop end with it."""
    workshop.sessions.all().delete()
    make_session(workshop, minutes=minutes)
    return reverse("org_agenda_end", args=[workshop.pk])


def now(workshop: Workshop) -> Workshop:
    return Workshop.objects.with_programme().get(pk=workshop.pk)


def test_ending_with_the_agenda_shows_who_is_told_and_changes_nothing_before_the_second_button(organiser, workshop):
    end = agenda_ends_earlier(workshop)
    page = organiser.post(end)
    assert [(str(label), before, after) for label, before, after in page.context["changes"]] == [
        ("Minutes", "180", "90")
    ]
    assert ("We write to 4 people" in page.content.decode(), now(workshop).minutes) == (True, 180)
    organiser.post(end, {"told": "yes", "minutes": "90"})
    assert now(workshop).minutes == 90
    run_jobs()
    assert len(written()) == 4


@pytest.mark.parametrize("sent", [{"told": "yes"}, {"told": "yes", "minutes": "120"}, {"minutes": "90"}])
def test_an_answer_to_another_end_than_the_one_shown_asks_again(organiser, workshop, sent):
    page = organiser.post(agenda_ends_earlier(workshop), sent)
    assert ("We write to 4 people" in page.content.decode(), now(workshop).minutes) == (True, 180)
    run_jobs()
    assert written() == []


def test_going_back_from_the_end_leads_to_the_agenda_and_changes_nothing(organiser, workshop):
    answer = organiser.post(agenda_ends_earlier(workshop), {"back": "yes", "minutes": "90"})
    assert (answer["Location"], now(workshop).minutes) == (reverse("org_agenda", args=[workshop.pk]), 180)


def test_cancelling_by_the_button_of_states_leads_to_who_is_told_and_cancels_nothing(organiser, workshop):
    answer = organiser.post(reverse("org_state", args=[workshop.pk]), {"to": "cancelled", "told": "yes"}, follow=True)
    assert "We write to 4 people" in answer.content.decode()
    run_jobs()
    assert (now(workshop).state, written()) == (WorkshopState.ANNOUNCED, [])


def announce_again(client: Client, workshop: Workshop, **sent: str) -> Any:
    make_session(workshop)
    return client.post(reverse("org_state", args=[workshop.pk]), {"to": "announced", **sent}, follow=True)


def test_what_changed_in_a_draft_people_knew_of_is_shown_and_told_when_it_is_announced_again(organiser, workshop):
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    save(organiser, workshop, venue="Salone", places=2)
    run_jobs()
    assert (now(workshop).venue, written()) == ("Salone", [])
    page = announce_again(organiser, workshop)
    changes = [(str(label), before, after) for label, before, after in page.context["changes"]]
    assert (changes, now(workshop).state) == ([("Place", "Something else", "Salone")], WorkshopState.DRAFT)
    page = announce_again(organiser, workshop, told="yes")
    assert "People can take a place. We write to 4 people." in page.content.decode()
    run_jobs()
    assert [kind for kind, _to in written()] == [
        "moved_for_invited",
        "moved_for_moderators",
        "workshop_moved",
        "workshop_moved",
    ]
    assert ["Salone" in text for _kind, _to, text in composed()] == [True] * 4


def test_that_it_takes_place_after_all_is_shown_and_told_to_whoever_heard_that_it_does_not(organiser, workshop):
    cancel_workshop(workshop, because={"en": "Rain"}, by=SYSTEM)
    run_jobs()
    Mail.objects.all().delete()
    organiser.post(reverse("org_state", args=[workshop.pk]), {"to": "draft"})
    page = announce_again(organiser, workshop)
    changes = [(str(label), before, after) for label, before, after in page.context["changes"]]
    assert (changes, now(workshop).state) == ([("Where it stands", "Cancelled", "Announced")], WorkshopState.DRAFT)
    announce_again(organiser, workshop, told="yes")
    run_jobs()
    run_jobs()
    kinds = [kind for kind, _to in written()]
    assert kinds == ["moved_for_invited", "moved_for_moderators", "workshop_moved", "workshop_moved"]
    texts = [" ".join(text.split()) for _kind, _to, text in composed()]
    assert ["after all" in text or "si tiene lo stesso" in text for text in texts] == [True] * 4


def test_a_later_change_does_not_say_once_more_that_it_takes_place_after_all(organiser, workshop):
    cancel_workshop(workshop, because={"en": "Rain"}, by=SYSTEM)
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    announce_again(organiser, workshop, told="yes")
    run_jobs()
    Mail.objects.all().delete()
    save(organiser, workshop, venue="Salone", told="yes", places=2)
    run_jobs()
    texts = [" ".join(text.split()) for _kind, _to, text in composed()]
    assert ["after all" in text or "si tiene lo stesso" in text for text in texts] == [False] * 4


def test_announcing_again_what_has_not_changed_tells_nobody(organiser, workshop):
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    save(organiser, workshop, title_en="Another title", places=2)
    announce_again(organiser, workshop)
    run_jobs()
    assert (now(workshop).state, written()) == (WorkshopState.ANNOUNCED, [])


def test_announcing_for_the_first_time_asks_and_tells_nothing(client):
    workshop = make_workshop(state=WorkshopState.DRAFT)
    make_group(workshop, addresses=["ilaria@posta.example"])
    client.force_login(make_organiser(workshop.programme))
    save(client, workshop, venue="Salone")
    announce_again(client, workshop)
    run_jobs()
    assert (now(workshop).state, written()) == (WorkshopState.ANNOUNCED, [])


def test_another_start_of_a_draft_shows_the_moderators_who_are_asked_anew_and_nobody_else(client):
    workshop = make_workshop()
    make_registration(workshop, "Ada Sala")
    move_workshop(workshop, WorkshopState.DRAFT, by=SYSTEM)
    make_group(workshop, moderators=["Ilaria Fontana"], addresses=["ilaria@posta.example"])
    invite_moderators(workshop, by=SYSTEM)
    make_group(workshop, "Gelso", moderators=["Youssef Amrani"], addresses=["youssef@posta.example"])
    Mail.objects.all().delete()
    client.force_login(make_organiser(workshop.programme))
    later = f"{workshop.local_start + dt.timedelta(days=1):%Y-%m-%d}"
    page = save(client, workshop, day=later)
    assert [(str(told.who), told.names) for told in page.context["told"]] == [("Moderators", ["Ilaria Fontana"])]
    assert now(workshop).starts_at == workshop.starts_at
    save(client, workshop, day=later, told="yes")
    run_jobs()
    assert written() == [("moderator_asked_again", "ilaria@posta.example")]


@pytest.mark.parametrize("people", [1, 3])
def test_finding_out_who_is_told_asks_the_database_as_often(people, django_assert_num_queries):
    workshop = make_workshop()
    for number in range(people):
        make_registration(workshop)
        make_group(workshop, addresses=[f"ilaria{number}@posta.example", f"wei{number}@posta.example"])
    with django_assert_num_queries(3):
        told = told_of(workshop)
    assert [len(some.names) for some in told] == [people, 2 * people]
