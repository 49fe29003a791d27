"""Jobs of this floor: ids in, one line each."""

import datetime as dt

from ledger.jobs import Claim, job, looks_out
from participants import news, reminders
from participants.actions import invitations, link_requests, moderating, offers
from participants.actions.signing_up import forget_old
from workshops.models import Workshop


@job("tell_change")
def tell_change(claim: Claim) -> None:
    news.tell_change(claim)


@job("tell_after_all")
def tell_after_all(claim: Claim) -> None:
    news.tell_change(claim, after_all=True)


@job("lapse_offers")
def lapse_offers(claim: Claim) -> None:
    offers.lapse_offers(claim)


@job("write_invitations")
def write_invitations(claim: Claim) -> None:
    invitations.write_invitations(claim)


@job("send_links")
def send_links(claim: Claim) -> None:
    link_requests.send_links(claim)


@job("remind")
def remind(claim: Claim) -> None:
    reminders.remind(claim)


@looks_out
def look_out_for_reminders(now: dt.datetime) -> None:
    reminders.look_out(now)


@job("write_moderators")
def write_moderators(claim: Claim) -> None:
    moderating.write_moderators(claim)


@looks_out
def look_out_for_moderators(now: dt.datetime) -> None:
    moderating.look_out(now)


@job("forget_sign_ups")
def forget_sign_ups(claim: Claim) -> None:
    with claim.finishing():
        for workshop in Workshop.objects.filter(pk=claim.subject_id):
            forget_old(workshop)
