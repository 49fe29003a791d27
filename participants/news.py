"""Telling everybody concerned that a workshop moved or is cancelled, outside the lock of the change.

Who that is stands here once: the page that asks beforehand shows the same people the job then writes to.
"""

from collections.abc import Iterable

from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from ledger import outbox
from ledger.jobs import Claim
from ledger.models import Event
from participants.models import Invitation, ModeratorInvitation, Registration
from participants.states import InvitationState
from workshops.models import ModeratorSeat, Workshop
from workshops.states import WorkshopState
from workshops.telling import Audience, Told

AFTER_ALL = "-after-all"
"""How the occasion of a mail ends that tells of a workshop that takes place all the same."""


def places_to_tell(workshop: Workshop) -> list[Registration]:
    """Everybody with a place, an offer or a turn, in the order in which they asked."""
    return list(workshop.registrations.standing().with_people().order_by("asked_at", "pk"))


def invitations_to_tell(workshop: Workshop) -> list[Invitation]:
    """Those who were asked, have the mail, and have not answered."""
    return list(workshop.invitations.silent().filter(written_at__isnull=False).by_name())


def moderators_to_tell(workshop: Workshop) -> list[ModeratorSeat]:
    """One seat for each moderator who has not said no, however many tables they are named at; those without an address
    by their name."""
    seats = ModeratorSeat.objects.filter(group__workshop=workshop).exclude(invitation__state=InvitationState.DECLINED)
    seats = seats.select_related("user").order_by("name", "pk")
    return list({seat.address or seat.name: seat for seat in reversed(seats)}.values())[::-1]


def whom_a_change_reaches(workshop: Workshop, audience: Audience) -> Iterable[Told]:
    """The people of this floor, by what they are to the workshop."""
    if audience == Audience.ASKED_TO_LEAD:
        asked = ModeratorInvitation.objects.of_workshop(workshop.pk).exclude(state=InvitationState.DECLINED)
        yield Told(_("Moderators"), [each.name for each in asked.select_related("seat").order_by("seat__name", "pk")])
        return
    places = places_to_tell(workshop)
    sorts = (
        (_("With a place"), [place for place in places if not place.is_waiting]),
        (_("On the waiting list"), [place for place in places if place.is_waiting]),
    )
    for who, some in sorts:
        people = [place.person for place in some]
        yield Told(who, [p.name for p in people if p.email], [p.name for p in people if not p.email])
    yield Told(_("Invited, no answer yet"), [each.called for each in invitations_to_tell(workshop)])
    seats = moderators_to_tell(workshop)
    yield Told(_("Moderators"), [s.name for s in seats if s.address], [s.name for s in seats if not s.address])


def _asked_about_it(workshop: Workshop) -> set[int]:
    """Moderators' seats whose mail that asks about the new time tells the change already."""
    changed = Event.objects.of(workshop).filter(verb="workshop.changed").order_by("-at").values_list("at", flat=True)
    asked = ModeratorInvitation.objects.of_workshop(workshop.pk).filter(asked_at__gte=Subquery(changed[:1]))
    return set(asked.values_list("seat_id", flat=True))


def tell_change(claim: Claim, *, after_all: bool = False) -> None:
    """Leave one mail for each of them; the same change is told once.

    `after_all` is for a workshop that was cancelled and takes place all the same.
    """
    workshop = Workshop.objects.get(pk=claim.subject_id)
    is_cancelled = workshop.state == WorkshopState.CANCELLED
    kind = "workshop_cancelled" if is_cancelled else "workshop_moved"
    others = "cancelled_for_{}" if is_cancelled else "moved_for_{}"
    asked = set() if is_cancelled else _asked_about_it(workshop)
    moderators = [seat for seat in moderators_to_tell(workshop) if seat.address and seat.pk not in asked]
    mails = (
        (kind, [(place.person, place) for place in places_to_tell(workshop)]),
        (others.format("invited"), [(each, each) for each in invitations_to_tell(workshop)]),
        (others.format("moderators"), [(seat, seat) for seat in moderators]),
    )
    with claim.finishing():
        for sort, pairs in mails:
            for person, thing in pairs:
                occasion = f"{workshop.calendar_sequence}{AFTER_ALL if after_all else ''}"
                outbox.write(sort, to=person, about=thing, occasion=occasion, scope=workshop.pk)
