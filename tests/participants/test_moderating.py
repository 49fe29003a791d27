"""Moderators are asked by mail, answer behind its link, and are reminded; organisers see who comes."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Job, Mail
from participants.actions import moderating
from participants.actions.mail_limits import TooManyToday
from participants.brief import brief
from participants.leading import led
from participants.models import ModeratorInvitation, ModeratorLink
from participants.retention import forget_moderators
from tests.factories import make_group, make_organiser, make_registration, make_session, make_workshop
from workshops.actions.details import change_details
from workshops.actions.groups import give_table_codes, name_moderators
from workshops.actions.moving import move_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db
ADDRESSES = ("ilaria@posta.example", "youssef@posta.example")
LATER = timezone.now() + dt.timedelta(days=20)


@pytest.fixture
def workshop():
    return make_workshop()


@pytest.fixture
def group(workshop):
    return make_group(workshop, "Olmo", room="Sala 1", addresses=ADDRESSES)


@pytest.fixture
def organiser(client, workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def invite(workshop):
    moderating.invite_moderators(workshop, by=SYSTEM)
    return list(ModeratorInvitation.objects.with_all().order_by("seat__role"))


def mails():
    """`(kind, address)` of each mail, the first one first."""
    to = dict(ModeratorInvitation.objects.values_list("pk", "email"))
    rows = Mail.objects.order_by("created_at", "pk").values_list("kind", "recipient_id")
    return sorted((kind, to.get(UUID(key), "gone")) for kind, key in rows)


def says(workshop):
    groups = workshop.groups.prefetch_related("moderators__user")
    return [(each.seat.name, each.says) for each in led(workshop, groups, timezone.now()).seats]


def token_of(invitation):
    return moderating.new_moderator_link(invitation)


def post(client, route, *args, **data):
    return client.post(reverse(route, args=args), data, follow=True)


def test_everybody_with_an_address_is_asked_once(client, workshop, group, organiser):
    make_group(workshop, "Gelso", moderators=["Wei Chen"])
    post(client, "org_invite_moderators", workshop.pk)
    page = post(client, "org_invite_moderators", workshop.pk).content.decode()
    assert "There is nobody to write to now." in page
    assert mails() == [("moderator_invitation", address) for address in ADDRESSES]
    assert says(workshop) == [
        ("Ilaria Fontana", "No answer yet"),
        ("Youssef Amrani", "No answer yet"),
        ("Wei Chen", "No address"),
    ]


def test_the_mail_says_when_where_which_table_and_which_role_and_its_link_opens_the_page(client, workshop, group):
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=dt.datetime(2027, 4, 10, 16, 0, tzinfo=dt.UTC))
    [asks, _writes] = invite(workshop)
    asks.language = "en"
    asks.save()
    message = outbox.compose(Mail.objects.get(recipient_id=str(asks.pk)))
    assert (message.to, message.subject) == (ADDRESSES[0], "Will you lead a table on Saturday 10 April?")
    told = ("Ilaria, would you lead a table with us?", "18:00", "Casa di Quartiere", "Table Olmo, Sala 1. You ask:")
    assert [part for part in told if part not in message.text] == []
    [link] = re.findall(r"https?://\S+/my/table/\S+", message.text)
    page = client.get(link[link.index("/", 10) :])
    assert (page.status_code, "Will you lead a table?" in page.content.decode()) == (200, True)


@pytest.mark.parametrize(("answer", "state", "said"), [("yes", "accepted", "Comes"), ("no", "declined", "Cannot come")])
def test_an_answer_is_given_by_a_button_and_shown_to_the_organisers(client, workshop, group, answer, state, said):
    [asks, _writes] = invite(workshop)
    address = reverse("moderate", args=[token_of(asks)])
    client.get(address)
    asks.refresh_from_db()
    assert asks.state == "open"
    client.post(address, {"answer": answer})
    asks.refresh_from_db()
    assert (asks.state, says(workshop)[0]) == (state, ("Ilaria Fontana", said))


def test_a_yes_can_become_a_no_but_a_no_no_yes(client, workshop, group):
    [asks, _writes] = invite(workshop)
    for comes, state in ((True, "accepted"), (False, "declined")):
        moderating.answer(asks, comes=comes)
        assert asks.state == state
    with pytest.raises(moderating.AnsweredAlready):
        moderating.answer(asks, comes=True)
    page = post(client, "moderate", token_of(asks), answer="yes").content.decode()
    assert "You have answered already." in page
    asks.refresh_from_db()
    assert asks.state == "declined"


def test_a_wrong_link_and_one_that_has_ended_open_nothing(client, workshop, group):
    [asks, _writes] = invite(workshop)
    token = token_of(asks)
    ModeratorLink.objects.update(expires_at=timezone.now())
    pages = [client.get(reverse(name, args=[key])) for name in ("moderate", "moderate_brief") for key in (token, "x")]
    assert [page.status_code for page in pages] == [404] * 4
    assert "Ilaria" not in "".join(page.content.decode() for page in pages)


def test_nobody_is_asked_for_a_workshop_that_is_cancelled_or_over(client, workshop, group, organiser):
    for change in (
        {"state": WorkshopState.CANCELLED},
        {"state": WorkshopState.ANNOUNCED, "starts_at": "2020-01-01T00:00Z"},
    ):
        Workshop.objects.filter(pk=workshop.pk).update(**change)
        page = post(client, "org_invite_moderators", workshop.pk).content.decode()
        assert "The workshop is cancelled or over: nobody is asked." in page
    assert not ModeratorInvitation.objects.exists()


def test_an_answer_comes_too_late_once_the_workshop_is_cancelled(client, workshop, group):
    [asks, _writes] = invite(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(state=WorkshopState.CANCELLED)
    page = post(client, "moderate", token_of(asks), answer="yes").content.decode()
    assert "The workshop is cancelled or over." in page
    asks.refresh_from_db()
    assert asks.state == "open"


def test_whoever_is_silent_is_asked_again_after_a_day_at_the_earliest(client, workshop, group, organiser):
    [asks, writes] = invite(workshop)
    moderating.answer(writes, comes=True)
    post(client, "org_invite_moderators", workshop.pk, again="1")
    assert ModeratorInvitation.objects.get(pk=asks.pk).asked == 1
    ModeratorInvitation.objects.update(asked_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    post(client, "org_invite_moderators", workshop.pk, again="1")
    assert mails()[0] == ("moderator_asked_again", ADDRESSES[0])
    assert [ModeratorInvitation.objects.get(pk=each.pk).asked for each in (asks, writes)] == [2, 1]


def sweep(now):
    """A look at what time has made due, and the jobs it asks for."""
    moderating.look_out(now)
    run_jobs()


def run_jobs():
    for job in Job.objects.unbuilt():
        jobs.run(job.pk)


def test_the_silent_are_asked_once_more_by_themselves_after_three_days(workshop, group):
    invite(workshop)
    sweep(timezone.now())
    assert len(mails()) == 2
    ModeratorInvitation.objects.update(asked_at=timezone.now() - dt.timedelta(days=3, minutes=1))
    sweep(timezone.now())
    ModeratorInvitation.objects.update(asked_at=timezone.now() - dt.timedelta(days=3, minutes=1))
    sweep(timezone.now())
    assert [kind for kind, _to in mails()] == ["moderator_asked_again"] * 2 + ["moderator_invitation"] * 2


def test_those_who_come_are_reminded_once_two_days_before(workshop, group):
    [asks, _writes] = invite(workshop)
    moderating.answer(asks, comes=True)
    sweep(timezone.now())
    assert ("moderator_reminder", ADDRESSES[0]) not in mails()
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=timezone.now() + dt.timedelta(hours=47))
    for _look in range(3):
        sweep(timezone.now())
    assert mails().count(("moderator_reminder", ADDRESSES[0])) == 1
    message = outbox.compose(Mail.objects.get(kind="moderator_reminder"))
    assert "/my/table/" in message.text


def test_another_time_is_asked_about_anew_and_a_no_is_left_alone(workshop, group):
    [asks, writes] = invite(workshop)
    moderating.answer(asks, comes=True)
    moderating.answer(writes, comes=False)
    change_details(workshop, by=SYSTEM, starts_at=workshop.starts_at + dt.timedelta(days=1))
    assert [ModeratorInvitation.objects.get(pk=each.pk).state for each in (asks, writes)] == ["open", "declined"]
    assert mails().count(("moderator_asked_again", ADDRESSES[0])) == 1


def test_a_cancellation_is_told_to_whoever_has_not_said_no(workshop, group):
    [_asks, writes] = invite(workshop)
    moderating.answer(writes, comes=False)
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    run_jobs()
    [mail] = Mail.objects.filter(kind="cancelled_for_moderators")
    message = outbox.compose(mail)
    assert (message.to, "/my/table/" in message.text) == (ADDRESSES[0], False)


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({"venue": "Salone"}, ["moved_for_moderators", "moved_for_moderators"]),
        ({"minutes": 90}, ["moved_for_moderators", "moved_for_moderators"]),
        ({"starts_at": LATER}, ["moderator_asked_again", "moderator_asked_again"]),
        ({"starts_at": LATER, "venue": "Salone"}, ["moderator_asked_again", "moderator_asked_again"]),
    ],
)
def test_a_change_reaches_each_moderator_in_one_mail(workshop, group, changes, kinds):
    """Another time is asked about; that mail tells the place too, so nobody hears it twice."""
    invite(workshop)
    change_details(workshop, by=SYSTEM, **changes)
    run_jobs()
    told = Mail.objects.filter(kind__in=("moderator_asked_again", "moved_for_moderators"))
    assert sorted(told.values_list("kind", flat=True)) == kinds
    change_details(workshop, by=SYSTEM, venue="Another hall")
    run_jobs()
    assert told.filter(kind="moved_for_moderators").count() == kinds.count("moved_for_moderators") + 2


def test_a_mail_that_is_out_of_date_is_dropped(workshop, group):
    [asks, _writes] = invite(workshop)
    moderating.answer(asks, comes=True)
    with pytest.raises(outbox.NobodyToWriteTo):
        outbox.compose(Mail.objects.get(recipient_id=str(asks.pk)))


def test_somebody_elses_seat_ends_the_invitation_and_its_links(client, workshop, group):
    [asks, writes] = invite(workshop)
    token = token_of(asks)
    named = {
        "asks": "Wei Chen",
        "asks_email": "wei@posta.example",
        "writes": "Youssef Amrani",
        "writes_email": ADDRESSES[1],
    }
    name_moderators(group, by=SYSTEM, **named)
    assert list(ModeratorInvitation.objects.all()) == [writes]
    assert client.get(reverse("moderate", args=[token])).status_code == 404
    assert says(workshop)[0] == ("Wei Chen", "Not asked yet")


def test_an_organiser_writes_to_so_many_moderators_a_day_and_no_more(workshop, group, settings):
    settings.MAILS_A_DAY = 3
    user = Actor(ActorKind.USER, str(make_organiser(workshop.programme).pk))
    moderating.invite_moderators(workshop, by=user)
    make_group(workshop, "Gelso", addresses=("a@posta.example", "b@posta.example"))
    with pytest.raises(TooManyToday):
        moderating.invite_moderators(workshop, by=user)
    assert ModeratorInvitation.objects.count() == 2


def test_what_was_kept_of_moderators_goes_with_their_seats(workshop, group):
    token_of(invite(workshop)[0])
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=timezone.now() - dt.timedelta(days=1000))
    forget_moderators(timezone.now())
    assert not ModeratorInvitation.objects.exists()
    assert not ModeratorLink.objects.exists()


def test_the_brief_has_agenda_questions_and_roles_and_neither_code_nor_people(client, workshop, group, organiser):
    make_session(workshop, minutes=45, roles={"en": "Serena opens"})
    make_registration(workshop, name="Teresa Segreta")
    give_table_codes(workshop, by=SYSTEM)
    group.refresh_from_db()
    told = str(brief(group))
    assert [
        part for part in ("Olmo", "Sala 1", "Question 1?", "Serena opens", "Youssef Amrani") if part not in told
    ] == []
    assert [part for part in (group.code, "Teresa") if part in told] == []
    [asks, _writes] = invite(workshop)
    pdfs = [
        client.get(reverse("org_brief_pdf", args=[workshop.pk, group.pk])),
        client.get(reverse("moderate_brief", args=[token_of(asks)])),
    ]
    assert [(pdf.status_code, pdf.content[:5]) for pdf in pdfs] == [(200, b"%PDF-")] * 2


def test_the_brief_of_a_foreign_table_is_not_found(client, workshop, organiser):
    foreign = make_group(make_workshop())
    assert client.get(reverse("org_brief_pdf", args=[workshop.pk, foreign.pk])).status_code == 404


def test_tables_can_be_called_by_numbers(client, workshop, organiser):
    post(client, "org_start_tables", workshop.pk, names="numbers")
    assert list(workshop.groups.values_list("name", flat=True)) == ["1", "2", "3"]


def test_asking_the_silent_again_counts_towards_the_same_limit(workshop, group, settings):
    settings.MAILS_A_DAY = 3
    user = Actor(ActorKind.USER, str(make_organiser(workshop.programme).pk))
    moderating.invite_moderators(workshop, by=user)
    ModeratorInvitation.objects.update(asked_at=timezone.now() - dt.timedelta(days=2))
    with pytest.raises(TooManyToday):
        moderating.ask_moderators_again(workshop, by=user)
    assert set(ModeratorInvitation.objects.values_list("asked", flat=True)) == {1}
