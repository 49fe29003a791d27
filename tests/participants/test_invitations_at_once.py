"""Several presses at the same moment: one answer, one invitation, one mail."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions import invitations
from participants.actions.invitations import AnsweredAlready, Wanted, invite
from participants.models import Invitation, Registration
from participants.models.invitations import BETWEEN_MAILS
from participants.states import InvitationState
from tests.factories import make_workshop
from workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)

LIST = [Wanted("", f"person{number}@posta.example", "it") for number in range(20)]


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Each act in a thread of its own, started together; what they returned or raised."""
    barrier, ends = threading.Barrier(len(acts)), []

    def one(act: Callable[[], object]) -> None:
        try:
            barrier.wait(20)
            ends.append(act())
        except Exception as problem:
            ends.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(places=3)


def write(workshop: Workshop) -> None:
    for job in jobs.waiting("write_invitations"):
        jobs.run(job.pk)


def test_of_a_yes_and_a_no_pressed_at_once_one_counts(workshop):
    invite(workshop, LIST[:1], by=SYSTEM)
    invitation = Invitation.objects.get()
    links = [invitations.new_invitation_link(invitation) for _n in range(8)]
    acts = [lambda s=secret: invitations.accept(s, name="Anna") for secret in links[:4]]
    acts += [lambda s=secret: invitations.decline(s) for secret in links[4:]]
    ends = at_once(acts)
    invitation.refresh_from_db()
    said_yes = invitation.state == InvitationState.ACCEPTED
    assert [type(end) for end in ends if isinstance(end, Exception)] == [AnsweredAlready] * 7
    assert (Registration.objects.count(), Event.objects.filter(verb__startswith="invitation.").count()) == (said_yes, 1)


def test_one_link_pressed_by_eight_at_once_takes_one_place(workshop):
    invite(workshop, LIST[:1], by=SYSTEM)
    secret = invitations.new_invitation_link(Invitation.objects.get())
    ends = at_once([lambda: invitations.accept(secret, name="Anna")] * 8)
    assert sorted(type(end).__name__ for end in ends) == ["AnsweredAlready"] * 7 + ["tuple"]
    assert Registration.objects.count() == 1


def test_the_same_list_confirmed_by_six_at_once_invites_everybody_once(workshop):
    ends = at_once([lambda: invite(workshop, LIST, by=SYSTEM)] * 6)
    assert sorted(len(end.invited) for end in ends) == [0] * 5 + [20]
    at_once([lambda: write(workshop)] * 3)
    write(workshop)
    assert (Invitation.objects.count(), Mail.objects.filter(kind="invitation").count()) == (20, 20)


def test_chasing_by_six_at_once_asks_everybody_once(workshop):
    invite(workshop, LIST, by=SYSTEM)
    write(workshop)
    Invitation.objects.update(written_at=timezone.now() - 2 * BETWEEN_MAILS)
    ends = at_once([lambda: invitations.chase(workshop, by=SYSTEM)] * 6)
    write(workshop)
    assert sorted(ends) == [0] * 5 + [20]
    assert Mail.objects.filter(kind="invitation_reminder").count() == 20
