"""Who was invited to the workshop that is full: one said no, two are silent, and one address was wrong."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from config.sample import clock
from config.sample.plan import Stage
from ledger import jobs
from ledger.models import Mail
from participants.actions.invitations import Wanted, decline, invite, new_invitation_link
from participants.actions.mailings import set_reminder
from participants.models import Invitation

INVITED = (
    Wanted("Marta Colombo", "marta.colombo@posta.example", "it"),
    Wanted("Samuel Okoro", "samuel.okoro@posta.example", "en"),
    Wanted("Piero Brambilla", "piero.brambilla@posta.example", "it"),
    Wanted("Lucia Ferrari", "lucia.ferari@posta.example", "it"),
)
SAYS_NO, CAME_BACK = "marta.colombo@posta.example", "lucia.ferari@posta.example"
REMINDER = {
    "it": "Porta una tazza: al tavolo c'è il tè, e così non buttiamo bicchieri.",
    "en": "Bring a cup: there is tea at the table, and so we throw no cups away.",
}


def ask(stage: Stage, key: str) -> None:
    """Invite them, with their mails; times are moved by `settle`, once the ledger is settled."""
    workshop = stage.workshops[key]
    invite(workshop, INVITED, by=stage.organiser)
    jobs.run(jobs.waiting("write_invitations").get(subject_id=str(workshop.pk)).pk)
    decline(new_invitation_link(workshop.invitations.get(email=SAYS_NO)))
    set_reminder(workshop, hours_before=48, text=REMINDER, by=stage.organiser)


def settle(stage: Stage, key: str) -> None:
    """They were asked a day after sign-up opened; one mail came back an hour later."""
    workshop = stage.workshops[key]
    asked = clock.sign_up_opens(stage, key) + dt.timedelta(days=1)
    Invitation.objects.filter(workshop=workshop).update(invited_at=asked, written_at=asked)
    workshop.invitations.filter(email=SAYS_NO).update(answered_at=asked + dt.timedelta(hours=5))
    mails = Mail.objects.about(workshop.pk).filter(kind="invitation")
    mails.update(created_at=asked, not_before=asked, sent_at=min(asked, timezone.now()))
    back = workshop.invitations.get(email=CAME_BACK)
    hour_later = asked + dt.timedelta(hours=1)
    mails.filter(recipient_id=str(back.pk)).update(bounced_at=hour_later, bounce="invalid")
