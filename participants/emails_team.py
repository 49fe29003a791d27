"""The mail that asks somebody into a team."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from ledger.models import Mail
from ledger.outbox import Message, NobodyToWriteTo, renders
from participants.actions.team import key_of
from participants.composing import compose, name_in_mail
from participants.models import TeamInvitation


@renders("team_invitation", _("Asked into the team"))
def team_invitation(mail: Mail) -> Message:
    """Who asks, into which programme, as what, and the link to join. A mail of an earlier asking is not sent."""
    found = TeamInvitation.objects.select_related("programme", "invited_by").filter(pk=mail.subject_id).first()
    if found is None or found.is_over or not mail.key.endswith(f":{found.occasion}"):
        raise NobodyToWriteTo(mail.pk)
    with translation.override(found.language), timezone.override(found.programme.zone):
        inviter = name_in_mail(found.invited_by.name) if found.invited_by and found.invited_by.name else ""
        return compose(
            "team_invitation",
            to=found,
            programme=found.programme,
            subject=str(_("You are asked into the team of %(programme)s")) % {"programme": found.programme},
            invitation=found,
            inviter=inviter or name_in_mail(found.programme.organisation),
            link=settings.ORIGIN + reverse("join_team", args=[key_of(found)]),
        )
