"""Asking people to come: one mail each, one answer each, and nobody is asked who has answered."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.core import mail as sent
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event, Job, Mail
from participants.actions import invitations
from participants.actions.invitations import AnsweredAlready, NoSuchLink, NothingToInviteTo, Wanted, invite
from participants.actions.mail_limits import TooManyToday
from participants.actions.no_mail import stop_mail
from participants.actions.places import AddressTaken, RegistrationClosed, register
from participants.models import Answer, Consent, Invitation, InvitationLink, Person, Question, Registration
from participants.queries.mail import came_back
from participants.states import InvitationState, RegistrationState
from tests.factories import make_organiser, make_programme, make_question, make_registration, make_theme, make_workshop
from workshops.actions.audiences import add_audience
from workshops.models import Audience, Programme, Theme, Workshop
from workshops.states import Access, WorkshopState

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http://localhost:8000(/\w\w/my/invitation/[\w-]{32}/)")
TERESA = Wanted("Teresa Donati", "teresa@posta.example", "en")
A_DAY = dt.timedelta(days=1, minutes=1)


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(places=2)


@pytest.fixture
def organiser(client: Client, workshop: Workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def do_jobs() -> None:
    for pk in Job.objects.due_at(timezone.now()).values_list("pk", flat=True):
        assert jobs.run(pk)


def invite_one(workshop: Workshop, wanted: Wanted = TERESA) -> Invitation:
    """Invited, and the mail is in the outbox."""
    invite(workshop, [wanted], by=SYSTEM)
    do_jobs()
    return Invitation.objects.get(workshop=workshop, email=wanted.email)


def mails(workshop: Workshop) -> list[str]:
    return list(Mail.objects.about(workshop.pk).order_by("created_at", "pk").values_list("kind", flat=True))


def link_in(kind: str = "invitation") -> str:
    [link] = set(LINK.findall(outbox.compose(Mail.objects.filter(kind=kind).latest("created_at")).text))
    return link


def secret_in(link: str) -> str:
    return link.split("/")[4]


# Inviting


def test_an_invitation_is_one_mail_with_date_place_and_a_link_to_answer(workshop):
    Workshop.objects.update(starts_at=dt.datetime(2031, 4, 10, 16, tzinfo=dt.UTC))
    invite_one(workshop)
    letter = outbox.compose(Mail.objects.get())
    assert (letter.to, letter.subject) == ("teresa@posta.example", "You are invited on Thursday 10 April")
    for text in (letter.text, letter.html):
        for part in ("Thursday 10 April 2031", "18:00 to 21:00", "Casa di Quartiere, Via San Dionigi 36"):
            assert part in text
        assert len(set(LINK.findall(text))) == 1
    assert "Teresa, would you come and sit at the table with us?" in letter.text


def test_no_row_holds_the_link_or_the_text(workshop):
    invite_one(workshop)
    secret = secret_in(link_in())
    rows = [*Mail.objects.values_list(), *InvitationLink.objects.values_list(), *Event.objects.values_list()]
    assert len(InvitationLink.objects.values_list()) == 1
    assert secret not in str(rows)
    assert "would you come" not in str(rows)


def test_inviting_somebody_twice_changes_nothing(workshop):
    first = invite_one(workshop)
    again = invite(workshop, [Wanted("Somebody", "TERESA@posta.example".lower(), "it")], by=SYSTEM)
    do_jobs()
    first.refresh_from_db()
    assert (again.invited, again.known, first.name, mails(workshop)) == (
        [],
        ["teresa@posta.example"],
        "Teresa Donati",
        ["invitation"],
    )


def test_the_same_address_at_another_workshop_is_another_invitation(workshop):
    other = make_workshop(workshop.programme)
    assert invite_one(workshop).pk != invite_one(other).pk


def test_an_address_is_invited_once_even_without_the_check(workshop):
    from django.db import IntegrityError, transaction

    Invitation.objects.create(workshop=workshop, email="teresa@posta.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(workshop=workshop, email="Teresa@Posta.example")


def test_who_has_signed_up_or_wants_no_mail_is_left_alone(workshop):
    make_registration(workshop, email="nadia@posta.example")
    carlo = invite_one(workshop, Wanted("Carlo", "carlo@posta.example", "it"))
    stop_mail(carlo, by=SYSTEM)
    outcome = invite(workshop, [Wanted("", f"{who}@posta.example", "it") for who in ("nadia", "carlo")], by=SYSTEM)
    assert (outcome.invited, outcome.signed_up, outcome.unwilling) == (
        [],
        ["nadia@posta.example"],
        ["carlo@posta.example"],
    )


@pytest.mark.parametrize("state", [WorkshopState.DRAFT, WorkshopState.CANCELLED, WorkshopState.PUBLISHED])
def test_nobody_is_invited_to_a_workshop_without_a_page_to_come_to(workshop, state):
    Workshop.objects.update(state=state)
    with pytest.raises(NothingToInviteTo):
        invite(workshop, [TERESA], by=SYSTEM)
    assert (Invitation.objects.count(), Mail.objects.count()) == (0, 0)


def test_many_invitations_are_a_few_statements_and_the_mails_a_job(workshop, django_assert_max_num_queries):
    many = [Wanted("", f"person{n}@posta.example", "it") for n in range(400)]
    with django_assert_max_num_queries(20):
        invite(workshop, many, by=SYSTEM)
    assert (Invitation.objects.count(), Mail.objects.count(), Job.objects.get().kind) == (400, 0, "write_invitations")
    with django_assert_max_num_queries(20):
        do_jobs()
    assert Mail.objects.count() == 400


def test_the_job_done_twice_writes_every_mail_once(workshop):
    invite_one(workshop)
    jobs.ask("write_invitations", workshop)
    do_jobs()
    assert mails(workshop) == ["invitation"]


def test_one_organiser_writes_to_so_many_people_a_day_and_to_none_when_it_would_be_more(workshop, settings):
    settings.MAILS_A_DAY = 3
    serena = Actor(ActorKind.USER, str(make_organiser(workshop.programme).pk))
    invite(workshop, [Wanted("", f"first{n}@posta.example", "it") for n in range(2)], by=serena)
    with pytest.raises(TooManyToday) as refusal:
        invite(workshop, [Wanted("", f"second{n}@posta.example", "it") for n in range(2)], by=serena)
    assert (refusal.value.left, Invitation.objects.count()) == (1, 2)
    with time_machine.travel(timezone.now() + A_DAY):
        invite(workshop, [Wanted("", f"second{n}@posta.example", "it") for n in range(2)], by=serena)
    assert Invitation.objects.count() == 4


# Answering


def test_opening_the_link_as_often_as_a_mail_scanner_does_answers_nothing(client, workshop):
    invite_one(workshop)
    link = link_in()
    before = Invitation.objects.values().get(), InvitationLink.objects.values().get(), Event.objects.count()
    for _n in range(5):
        assert (client.get(link).status_code, client.head(link).status_code) == (200, 200)
    assert (Invitation.objects.values().get(), InvitationLink.objects.values().get(), Event.objects.count()) == before
    assert Registration.objects.count() == 0


def test_a_yes_takes_a_place_and_leads_to_it(client, workshop):
    invite_one(workshop)
    answer = client.post(link_in(), {"answer": "yes", "name": "Teresa Donati"})
    registration = Registration.objects.get()
    assert (registration.state, registration.channel, registration.person.email) == (
        RegistrationState.CONFIRMED,
        "invitation",
        "teresa@posta.example",
    )
    invitation = Invitation.objects.get()
    assert (invitation.state, invitation.registration) == (InvitationState.ACCEPTED, registration)
    assert "You have a place, Teresa" in client.get(answer["Location"]).content.decode()
    assert mails(workshop) == ["invitation", "place_taken"]


def test_a_yes_when_all_places_are_taken_is_a_turn_on_the_waiting_list(client, workshop):
    for _n in range(2):
        make_registration(workshop)
    invite_one(workshop)
    page = client.post(link_in(), {"answer": "yes", "name": "Teresa"}, follow=True)
    assert Registration.objects.get(person__email="teresa@posta.example").is_waiting
    assert "All places are taken, so you are on the waiting list." in page.content.decode()


def test_a_workshop_for_invited_people_only_takes_their_yes(client, workshop):
    Workshop.objects.update(access=Access.INVITED)
    invite_one(workshop)
    client.post(link_in(), {"answer": "yes", "name": "Teresa"})
    assert Registration.objects.get().is_confirmed


def test_a_no_takes_no_place_and_says_thank_you(client, workshop):
    invite_one(workshop)
    page = client.post(link_in(), {"answer": "no"}, follow=True)
    assert (Invitation.objects.get().state, Registration.objects.count()) == (InvitationState.DECLINED, 0)
    assert "Thank you for telling us" in page.content.decode()


def test_a_yes_without_a_name_is_asked_for_one_and_answers_nothing(client, workshop):
    invite_one(workshop, Wanted("", "teresa@posta.example", "en"))
    page = client.post(link_in(), {"answer": "yes", "name": " "})
    assert "Write your name, as we should say it at the door" in page.content.decode()
    assert Invitation.objects.get().is_open


def test_a_link_acts_once(workshop):
    invite_one(workshop)
    secret = secret_in(link_in())
    invitations.decline(secret)
    with pytest.raises(AnsweredAlready):
        invitations.accept(secret, name="Teresa")
    assert (Registration.objects.count(), Event.objects.filter(verb__startswith="invitation.").count()) == (0, 1)


def test_the_link_of_an_older_mail_answers_no_second_time(workshop):
    invite_one(workshop)
    older, newer = secret_in(link_in()), secret_in(link_in())
    invitations.accept(newer, name="Teresa")
    with pytest.raises(AnsweredAlready):
        invitations.decline(older)
    assert Invitation.objects.get().state == InvitationState.ACCEPTED


def test_a_yes_that_comes_while_sign_up_is_closed_leaves_the_link_as_it_was(client, workshop):
    invite_one(workshop)
    link = link_in()
    Workshop.objects.update(opens_at=timezone.now() + dt.timedelta(days=1))
    with pytest.raises(RegistrationClosed):
        invitations.accept(secret_in(link), name="Teresa")
    assert "You can say yes from" in client.get(link).content.decode()
    Workshop.objects.update(opens_at=None)
    assert invitations.accept(secret_in(link), name="Teresa")[0].is_confirmed


def test_a_link_that_has_ended_or_never_was_opens_nothing(client, workshop):
    invite_one(workshop)
    link = link_in()
    with time_machine.travel(workshop.ends_at + dt.timedelta(days=61)):
        assert (client.get(link).status_code, client.post(link, {"answer": "no"}).status_code) == (404, 404)
        with pytest.raises(NoSuchLink):
            invitations.decline(secret_in(link))
    assert client.get("/en/my/invitation/" + "x" * 32 + "/").status_code == 404
    assert Invitation.objects.get().is_open


def test_whoever_has_a_place_already_keeps_it_with_a_yes(workshop):
    invite_one(workshop)
    link = link_in()
    mine = make_registration(workshop, "Teresa", "teresa@posta.example")
    assert invitations.accept(secret_in(link), name="Teresa") == (mine, False)
    assert Registration.objects.count() == 1


# What a yes is asked


def all_that_is_asked(workshop: Workshop) -> tuple[Question, Audience, Theme]:
    """A question one must answer, places reserved for an audience, and a theme."""
    lives = make_question(workshop, "choice", "Where do you live?", ["Here", "Elsewhere"], required=True)
    audience = add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=1, by=SYSTEM)
    theme = make_theme(workshop.programme, "Food")
    workshop.refresh_from_db()
    return lives, audience, theme


def kept() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Registration, Person, Answer, Consent))


def test_a_yes_keeps_answers_audience_theme_needs_and_what_is_allowed(client, workshop):
    lives, audience, theme = all_that_is_asked(workshop)
    invite_one(workshop)
    yes = {
        "answer": "yes",
        "name": "Teresa Donati",
        "audience": str(audience.pk),
        "theme": str(theme.pk),
        "needs": "A ramp",
        f"question_{lives.pk.hex}": lives.options[1]["key"],
        "allow_photos": "on",
    }
    assert client.post(link_in(), yes).status_code == 302
    place = Registration.objects.get()
    assert (place.audience, place.theme, place.needs, place.channel) == (audience, theme, "A ramp", "invitation")
    assert [[o["words"]["en"] for o in answer.chosen] for answer in place.answers.all()] == [["Elsewhere"]]
    said = [(each.purpose, each.given, each.channel, each.actor_id) for each in Consent.objects.order_by("purpose")]
    person = str(place.person_id)
    assert said == [("photos", True, "invitation", person), ("taking-part", True, "invitation", person)]


def test_a_yes_that_leaves_out_what_must_be_answered_is_asked_for_it_and_the_link_still_works(client, workshop):
    lives, audience, _theme = all_that_is_asked(workshop)
    invite_one(workshop)
    link = link_in()
    page = client.post(link, {"answer": "yes", "name": "Teresa", "needs": "A ramp"}).content.decode()
    assert "Answer this: Where do you live?" in page
    assert "Choose one, or “None of these”" in page
    assert 'value="A ramp"' in page
    assert (kept(), Invitation.objects.get().is_open) == ((0, 0, 0, 0), True)
    answers = {f"question_{lives.pk.hex}": lives.options[0]["key"], "audience": str(audience.pk)}
    client.post(link, {"answer": "yes", "name": "Teresa", **answers})
    assert kept() == (1, 1, 1, 1)


def test_the_page_asks_all_of_it_with_nothing_ticked_and_no_address(client, workshop):
    all_that_is_asked(workshop)
    invite_one(workshop)
    page = client.get(link_in()).content.decode()
    for asked in ("Where do you live?", "You take part as", "Favourite theme", "What should we prepare?", "Photos"):
        assert asked in page
    assert re.findall(r"<(?:input|option)[^>]*(?:checked|selected)", page) == []
    assert [name for name in ("email", "website") if f'name="{name}"' in page] == []


def test_a_no_is_asked_nothing_and_keeps_nothing(client, workshop):
    all_that_is_asked(workshop)
    invite_one(workshop)
    no = {"answer": "no", "name": "", "audience": "nonsense", "allow_photos": "on", "needs": "A ramp"}
    assert client.post(link_in(), no).status_code == 302
    assert (Invitation.objects.get().state, kept()) == (InvitationState.DECLINED, (0, 0, 0, 0))


def test_a_yes_for_an_audience_counts_among_its_places(client, workshop):
    lives, audience, _theme = all_that_is_asked(workshop)
    make_registration(workshop, audience=None)  # the one place for everybody
    answers = {"answer": "yes", "name": "Teresa", f"question_{lives.pk.hex}": lives.options[0]["key"]}
    invite_one(workshop)
    page = client.post(link_in(), answers | {"audience": "none"}, follow=True).content.decode()
    assert "No place is free for you now, so you are on the waiting list." in page
    invite_one(workshop, Wanted("Ada", "ada@posta.example", "en"))
    client.post(link_in(), answers | {"audience": str(audience.pk)})
    states = {each.person.email: each.state for each in Registration.objects.filter(person__name="Teresa")}
    assert states == {"teresa@posta.example": "waiting", "ada@posta.example": "confirmed"}


def test_whoever_has_a_place_already_is_told_that_nothing_was_written(client, workshop):
    invite_one(workshop)
    link = link_in()
    make_registration(workshop, "Teresa", "teresa@posta.example", needs="Nothing")
    page = client.post(link, {"answer": "yes", "name": "Other", "needs": "A ramp", "allow_photos": "on"}, follow=True)
    assert "This address has a place already, so we took no second one." in page.content.decode()
    place = Registration.objects.get()
    assert (place.needs, place.person.name, Consent.objects.count()) == ("Nothing", "Teresa", 0)


def test_a_failure_while_answers_are_written_leaves_no_place_and_an_open_link(workshop, monkeypatch):
    def fails(*_args: object, **_options: object) -> None:
        raise DatabaseError

    invite_one(workshop)
    secret = secret_in(link_in())
    monkeypatch.setattr("participants.actions.signing_up.write_consents", fails)
    with pytest.raises(DatabaseError):
        invitations.accept(secret, name="Teresa")
    monkeypatch.undo()
    assert (kept(), invitations.accept(secret, name="Teresa")[1]) == ((0, 0, 0, 0), True)


# Chasing, withdrawing, correcting


def chase_after_a_day(workshop: Workshop, days: int = 1) -> int:
    with time_machine.travel(timezone.now() + days * A_DAY):
        count = invitations.chase(workshop, by=SYSTEM)
        do_jobs()
    return count


def test_whoever_has_not_answered_is_asked_again_once_a_day_at_most(workshop):
    invite_one(workshop)
    counts = [invitations.chase(workshop, by=SYSTEM), chase_after_a_day(workshop), chase_after_a_day(workshop)]
    assert counts == [0, 1, 0]
    assert chase_after_a_day(workshop, 2) == 1
    assert mails(workshop) == ["invitation", "invitation_reminder", "invitation_reminder"]


def test_only_the_silent_are_asked_again(workshop):
    yes, no, back, silent, herself = (
        invite_one(workshop, Wanted("", f"{who}@posta.example", "en"))
        for who in ("yes", "no", "back", "silent", "self")
    )
    invitations.accept(invitations.new_invitation_link(yes), name="Yes")
    invitations.decline(invitations.new_invitation_link(no))
    invitations.withdraw(back, by=SYSTEM)
    register(workshop, name="Herself", email=herself.email, language="en", by=SYSTEM)
    assert chase_after_a_day(workshop) == 1
    asked = Mail.objects.filter(kind="invitation_reminder").values_list("recipient_id", flat=True)
    assert list(asked) == [str(silent.pk)]


@pytest.mark.parametrize("kind", ["invitation", "invitation_reminder"])
def test_a_mail_still_in_the_outbox_is_not_sent_to_whoever_has_answered_meanwhile(workshop, kind):
    invitation = invite_one(workshop)
    if kind == "invitation_reminder":
        chase_after_a_day(workshop)
    invitations.decline(invitations.new_invitation_link(invitation))
    mail = Mail.objects.get(kind=kind)
    with time_machine.travel(timezone.now() + 2 * A_DAY):
        assert outbox.send(mail.pk) is False
    mail.refresh_from_db()
    assert (sent.outbox, mail.state) == ([], "dropped")


def test_a_withdrawn_invitation_answers_nothing_and_says_so(client, workshop, organiser):
    invitation = invite_one(workshop)
    link = link_in()
    client.post(url("org_withdraw", workshop.pk, invitation.pk))
    assert "This invitation was withdrawn" in client.get(link).content.decode()
    client.post(link, {"answer": "yes", "name": "Teresa"})
    assert (Invitation.objects.get().state, Registration.objects.count()) == (InvitationState.WITHDRAWN, 0)


def test_an_answer_cannot_be_withdrawn(workshop):
    invitation = invite_one(workshop)
    invitations.accept(secret_in(link_in()), name="Teresa")
    assert invitations.withdraw(invitation, by=SYSTEM) is False
    assert Invitation.objects.get().state == InvitationState.ACCEPTED


def test_whoever_said_no_can_be_asked_anew_and_the_old_link_has_ended(workshop):
    invite_one(workshop)
    old, spare = secret_in(link_in()), secret_in(link_in())
    invitations.decline(old)
    invite_one(workshop)
    for secret in (old, spare):
        with pytest.raises(NoSuchLink):
            invitations.accept(secret, name="Teresa")
    assert mails(workshop) == ["invitation", "invitation"]
    assert invitations.accept(secret_in(link_in()), name="Teresa")[0].is_confirmed


def test_a_corrected_address_gets_the_invitation_and_ends_the_former_link(client, workshop, organiser):
    invitation = invite_one(workshop)
    old = link_in()
    client.post(url("org_invitation", workshop.pk, invitation.pk), {"email": "Teresa.D@posta.example"})
    do_jobs()
    assert client.get(old).status_code == 404
    letters = [outbox.compose(mail).to for mail in Mail.objects.order_by("created_at")]
    assert letters == ["teresa.d@posta.example", "teresa.d@posta.example"]
    assert mails(workshop) == ["invitation", "invitation"]


def test_an_address_somebody_else_is_invited_with_is_a_sentence(client, workshop, organiser):
    invitation = invite_one(workshop)
    invite_one(workshop, Wanted("Nadia", "nadia@posta.example", "it"))
    page = client.post(url("org_invitation", workshop.pk, invitation.pk), {"email": "nadia@posta.example"})
    assert page.context["form"].errors == {"email": ["Somebody with this address is invited already."]}
    with pytest.raises(AddressTaken):
        invitations.correct_address(invitation, email="nadia@posta.example", by=SYSTEM)


# No more mail


def headers_of(kind: str) -> dict[str, str]:
    return outbox.compose(Mail.objects.get(kind=kind)).headers


def test_one_press_of_the_mailbox_ends_invitations_and_a_look_does_not(workshop):
    invitation = invite_one(workshop)
    headers = headers_of("invitation")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].removeprefix("<http://localhost:8000").removesuffix(">")
    mailbox = Client(enforce_csrf_checks=True)
    assert (mailbox.get(path).status_code, workshop.programme.no_mail.count()) == (200, 0)
    pressed = [mailbox.post(path, {"List-Unsubscribe": "One-Click"}).status_code for _press in range(2)]
    invitation.refresh_from_db()
    assert (pressed, invitation.state, workshop.programme.no_mail.count()) == ([200, 200], InvitationState.DECLINED, 1)
    assert "teresa" not in str(list(workshop.programme.no_mail.values_list()))


def test_a_guessed_key_ends_nothing(client, workshop):
    invitation = invite_one(workshop)
    for recipient in (invitation.pk, uuid.uuid4()):
        assert client.post(url("no_mail", recipient, "x" * 24)).status_code == 404
    assert workshop.programme.no_mail.count() == 0


def test_no_mail_of_one_programme_is_not_no_mail_of_another(workshop):
    stop_mail(invite_one(workshop), by=SYSTEM)
    other = make_workshop(make_programme())
    assert invite(other, [TERESA], by=SYSTEM).invited == ["teresa@posta.example"]


# The organisers' page


def test_the_page_counts_answers_and_filters_them(client, workshop, organiser):
    yes = invite_one(workshop, Wanted("Yes", "yes@posta.example", "en"))
    invite_one(workshop, Wanted("Silent", "silent@posta.example", "en"))
    invitations.accept(invitations.new_invitation_link(yes), name="Yes")
    page = client.get(url("org_invited", workshop.pk))
    counts = {value.value: count for value, _label, count in page.context["states"]}
    assert counts == {"open": 1, "accepted": 1, "declined": 0, "withdrawn": 0}
    only = client.get(url("org_invited", workshop.pk), {"state": "accepted"}).context["rows"]
    assert [each.called for each, _back in only] == ["Yes"]


def test_an_invitation_whose_mail_came_back_is_flagged_until_another_was_sent(client, workshop, organiser):
    invitation = invite_one(workshop)
    mail = Mail.objects.get()
    outbox.send(mail.pk)
    Mail.objects.update(provider_id="provider-1")
    assert outbox.bounced("provider-1", "bounced")
    page = client.get(url("org_invited", workshop.pk), {"state": "back"})
    assert [(each.pk, back) for each, back in page.context["rows"]] == [(invitation.pk, True)]
    assert "Correct address" in page.content.decode()
    invitations.correct_address(invitation, email="right@posta.example", by=SYSTEM)
    do_jobs()
    outbox.send(Mail.objects.latest("created_at").pk)
    assert came_back(workshop, [invitation.pk]) == set()


def test_invitations_come_fifty_a_page_and_the_filter_stays(client, workshop, organiser):
    invite(workshop, [Wanted("", f"person{number:02}@posta.example", "en") for number in range(51)], by=SYSTEM)
    page = client.get(url("org_invited", workshop.pk), {"state": "open"})
    assert (len(page.context["rows"]), "?state=open&amp;page=2" in page.content.decode()) == (50, True)
    [[last, _back]] = client.get(url("org_invited", workshop.pk), {"state": "open", "page": "2"}).context["rows"]
    assert (last.email, page.context["invited_sum"]) == ("person50@posta.example", 51)


@pytest.mark.parametrize("people", [1, 3, 200])
def test_more_invitations_need_no_more_queries(client, workshop, organiser, people, django_assert_num_queries):
    invite(workshop, [Wanted("", f"person{number}@posta.example", "en") for number in range(people)], by=SYSTEM)
    with django_assert_num_queries(10):
        client.get(url("org_invited", workshop.pk))


def test_an_invitation_of_another_workshop_is_not_found(client, workshop, organiser):
    foreign = invite_one(make_workshop())
    assert client.get(url("org_invitation", workshop.pk, foreign.pk)).status_code == 404
    assert client.post(url("org_withdraw", workshop.pk, foreign.pk)).status_code == 404


def test_inviting_by_hand_checks_the_address(client, workshop, organiser):
    page = client.post(url("org_invite", workshop.pk), {"email": "teresa@", "name": "Teresa", "language": "it"})
    assert page.context["form"].errors == {"email": ["Add the part after the @, like nome@posta.example"]}
    client.post(url("org_invite", workshop.pk), {"email": "Teresa@posta.example", "name": "Teresa", "language": "it"})
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.language, invitation.invited_by) == ("teresa@posta.example", "it", organiser)


def test_answers_go_to_the_address_of_the_programme_where_there_is_one(workshop):
    Programme.objects.update(contact="laboratorio@posta.example")
    invite_one(workshop)
    outbox.send(Mail.objects.get().pk)
    assert sent.outbox[0].reply_to == ["laboratorio@posta.example"]


def test_people_invited_to_nothing_else_are_no_people_of_the_programme(workshop):
    invite_one(workshop)
    assert Person.objects.count() == 0
