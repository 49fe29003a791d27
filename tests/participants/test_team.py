"""A programme's team: asking somebody in by mail, other roles, leaving; an owner is always left."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.notes.stream import open_door
from ledger import outbox, retention
from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions.team import LastOwner, change_role, invite_to_team, join_team, key_of, leave_team
from participants.models import TeamInvitation, User
from tests.config.world import signed_in
from tests.factories import make_organiser, make_programme, make_user, make_workshop
from workshops.models import Programme, TeamSeat
from workshops.states import TeamRole

pytestmark = pytest.mark.django_db

NINA = {"email": "Nina@posta.example", "name": "Nina Sala", "role": "observer", "language": "en"}


@pytest.fixture
def programme() -> Programme:
    return make_programme()


@pytest.fixture
def owner(programme: Programme) -> User:
    return make_organiser(programme, TeamRole.OWNER)


def entered(client: Client, user: User) -> Client:
    """Signed in a moment ago, as by a mailed code."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "code", "at": timezone.now().timestamp()}]
    session.save()
    return client


def team_of(programme: Programme) -> dict[str, str]:
    return dict(programme.team.values_list("user__email", "role"))


def asked(programme: Programme, **more: Any) -> TeamInvitation:
    fields = {"email": "nina@posta.example", "role": TeamRole.OBSERVER, "language": "en", **more}
    return invite_to_team(programme, by=SYSTEM, **fields)


def post(client: Client, route: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(route, args=args), data)


def test_whoever_is_asked_joins_by_the_mailed_link_and_enters_with_that_address(client, programme, owner):
    answer = entered(client, owner).post(reverse("org_invite_to_team", args=[programme.pk]), NINA, follow=True)
    assert "We write to nina@posta.example." in answer.content.decode()
    message = outbox.compose(Mail.objects.get(kind="team_invitation"))
    [link] = [line for line in message.text.splitlines() if "/org/team/" in line]
    assert (message.to, message.subject) == (
        "nina@posta.example",
        "You are asked into the team of Shared urban services",
    )
    assert "Serena Riva asks you into the team of this programme. Your role: Observer." in message.text
    visitor, path = Client(), link.removeprefix("http://localhost:8000")
    assert visitor.get(path).status_code == 200
    assert team_of(programme) == {owner.email: "owner"}  # opening the link changes nothing
    assert visitor.post(path)["Location"] == reverse("org_home")
    assert team_of(programme) == {owner.email: "owner", "nina@posta.example": "observer"}
    assert User.objects.get(email="nina@posta.example").name == "Nina Sala"
    assert "_auth_user_id" not in visitor.session  # the code that is mailed next proves the address
    assert (TeamInvitation.objects.count(), Mail.objects.count()) == (0, 0)
    assert [visitor.get(path).status_code, visitor.post(path).status_code] == [404, 404]


def test_asking_again_ends_the_link_before_and_takes_the_newer_role(programme):
    first = key_of(asked(programme))
    second = asked(programme, role=TeamRole.HELPER)
    assert (TeamInvitation.objects.count(), Client().get(reverse("join_team", args=[first])).status_code) == (1, 404)
    join_team(key_of(second))
    assert team_of(programme) == {"nina@posta.example": "helper"}
    assert Mail.objects.count() == 0


def test_a_mail_of_an_earlier_asking_is_not_sent(programme):
    asked(programme)
    asked(programme)
    kept = []
    for mail in Mail.objects.order_by("created_at"):
        with contextlib.suppress(outbox.NobodyToWriteTo):
            outbox.compose(mail)
            kept.append(mail.key)
    assert [key.rpartition(":")[2] for key in kept] == ["2"]


def test_a_wrong_withdrawn_or_old_link_opens_nothing(client, programme, owner):
    invitation, other = asked(programme), asked(programme, email="wei@posta.example")
    key = key_of(invitation)
    wrong = [key[:-2] + "AA", other.pk.hex + key[32:], key[:32], "nonsense"]
    assert [client.get(reverse("join_team", args=[each])).status_code for each in wrong] == [404] * 4
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
        assert client.post(reverse("join_team", args=[key])).status_code == 404
    post(entered(client, owner), "org_withdraw_team_invitation", programme.pk, invitation.pk)
    assert client.get(reverse("join_team", args=[key])).status_code == 404
    assert list(TeamInvitation.objects.all()) == [other]


def test_an_address_that_was_asked_is_forgotten_when_the_link_is_too_old(programme):
    asked(programme)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        retention.run(timezone.now())
    assert (TeamInvitation.objects.count(), Mail.objects.filter(kind="team_invitation").count()) == (0, 0)


def test_somebody_in_the_team_is_not_asked_again_and_keeps_their_role(client, programme, owner):
    answer = post(entered(client, owner), "org_invite_to_team", programme.pk, **{**NINA, "email": owner.email})
    assert "Serena Riva is in the team already: Owner." in answer.content.decode()
    key = key_of(asked(programme))
    TeamSeat.objects.create(programme=programme, user=make_user("nina@posta.example"), role=TeamRole.ORGANISER)
    join_team(key)
    assert team_of(programme)["nina@posta.example"] == "organiser"


def test_owners_give_every_role_and_organisers_those_that_help(client, programme, owner):
    organiser, helper = make_organiser(programme), make_organiser(programme, TeamRole.HELPER)
    seat = programme.team.get(user=helper)
    entered(client, organiser)
    offered = client.get(reverse("org_team", args=[programme.pk])).context["roles_to_give"]
    assert offered == (TeamRole.HELPER, TeamRole.OBSERVER)
    post(client, "org_change_role", programme.pk, seat.pk, role="organiser")
    post(client, "org_invite_to_team", programme.pk, **{**NINA, "role": "owner"})
    owners = programme.team.get(user=owner)
    refused = [
        post(client, "org_change_role", programme.pk, owners.pk, role="helper").status_code,
        post(client, "org_leave_team", programme.pk, owners.pk).status_code,
    ]
    assert (refused, TeamInvitation.objects.count()) == ([403, 403], 0)
    post(client, "org_change_role", programme.pk, seat.pk, role="observer")
    assert team_of(programme) == {owner.email: "owner", organiser.email: "organiser", helper.email: "observer"}
    post(entered(client, owner), "org_change_role", programme.pk, seat.pk, role="owner")
    assert team_of(programme)[helper.email] == "owner"


def test_the_right_to_organise_is_given_only_by_whoever_proved_lately_who_they_are(client, programme, owner):
    seat = programme.team.get(user=make_organiser(programme, TeamRole.HELPER))
    client.force_login(owner)
    answers = [
        post(client, "org_change_role", programme.pk, seat.pk, role="organiser"),
        post(client, "org_invite_to_team", programme.pk, **{**NINA, "role": "owner"}),
        post(client, "org_leave_team", programme.pk, programme.team.get(user=owner).pk),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert (team_of(programme)[owner.email], TeamInvitation.objects.count()) == ("owner", 0)
    assert TeamSeat.objects.get(pk=seat.pk).role == TeamRole.HELPER


def test_a_programme_is_never_without_an_owner(client, programme, owner):
    seat = programme.team.get(user=owner)
    with pytest.raises(LastOwner):
        change_role(seat, TeamRole.ORGANISER, by=SYSTEM)
    with pytest.raises(LastOwner):
        leave_team(seat, by=SYSTEM)
    page = entered(client, owner).post(reverse("org_leave_team", args=[programme.pk, seat.pk]), follow=True)
    assert "Make somebody else an owner first." in page.content.decode()
    second = make_organiser(programme, TeamRole.OWNER)
    leave_team(TeamSeat.objects.get(pk=seat.pk), by=SYSTEM)
    assert team_of(programme) == {second.email: "owner"}


def test_whoever_is_taken_out_sees_nothing_from_the_next_request_on(programme, owner):
    workshop = make_workshop(programme)
    user = make_organiser(programme)
    client = signed_in(user)
    pages = [
        reverse("org_details", args=[workshop.pk]),
        reverse("org_programme", args=[programme.pk]),
        reverse("org_cockpit", args=[workshop.pk]),
        reverse("api_workshop", args=[workshop.pk]),
    ]
    key = client.session.session_key
    before = [client.get(page).status_code for page in pages], open_door("room", str(workshop.pk), key) is not None
    leave_team(programme.team.get(user=user), by=SYSTEM)
    after = [client.get(page).status_code for page in pages], open_door("room", str(workshop.pk), key) is not None
    assert (before, after) == (([200] * 4, True), ([404] * 4, False))
    assert client.get(reverse("api_workshops")).json()["results"] == []


def test_the_history_tells_of_each_step_without_an_address(programme, owner):
    join_team(key_of(asked(programme)))
    seat = programme.team.get(user__email="nina@posta.example")
    change_role(seat, TeamRole.HELPER, by=SYSTEM)
    leave_team(seat, by=SYSTEM)
    events = Event.objects.filter(scope_id=programme.pk).order_by("pk")
    told = list(events.values_list("verb", "data"))
    assert told == [
        ("team.invited", {"role": "observer"}),
        ("team.joined", {"role": "observer"}),
        ("team.role_changed", {"before": "observer", "after": "helper"}),
        ("team.left", {"role": "helper"}),
    ]


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_the_database_as_often_for_more_people(
    client, programme, owner, people, django_assert_num_queries
):
    for number in range(people):
        make_organiser(programme, TeamRole.HELPER)
        asked(programme, email=f"nina{number}@posta.example")
    client.force_login(owner)
    with django_assert_num_queries(6):
        page = client.get(reverse("org_team", args=[programme.pk]))
    assert (len(page.context["members"]), len(page.context["asked"])) == (people + 1, people)
