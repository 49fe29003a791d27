"""What this floor keeps about people, how the parts no path leads to are emptied, and when all of it ends."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ledger.keeping import (
    ACCOUNT,
    CONTACT,
    CONTACT_OR_NEWS,
    DOOR,
    MOMENT,
    PROGRAMME,
    SESSION,
    SIGN_UP,
    TEAM_LINK,
    WAITING,
    Ground,
    Subject,
    Whom,
    personal,
    plain,
    store,
)
from ledger.models import Erasure
from ledger.texts import in_rows
from participants import retention  # noqa: F401 (declares the duties of this floor)
from participants.models import Arrival, Consent, Invitation, InvitationLink, Letter, LinkRequest, PendingSignUp
from participants.states import ArrivalState

TO_HOLD_THE_PLACE = _("to hold the place, to greet by name and to write about the workshop")
TO_PREPARE = _("to prepare what somebody needs and to mix the tables")


def _of_account(path: str) -> dict[str, Any]:
    """Rows of an account, found by the account's own key only."""
    return {"of": Whom.USER, "path": path, "until": ACCOUNT}


def _invitations_of(subject: Subject) -> QuerySet:
    """By the address, or by the place it led to."""
    mine = Q(pk__in=_uuids(subject)) | Q(registration__in=_uuids(subject))
    for address in subject.addresses:
        mine |= Q(email__iexact=address)
    return Invitation.objects.filter(mine, workshop__in=subject.scopes)


def _uuids(subject: Subject) -> list[str]:
    return sorted(subject.ids)


def _invitation_links_of(subject: Subject) -> QuerySet:
    return InvitationLink.objects.filter(invitation__in=_invitations_of(subject).values("pk"))


def _quiet_arrivals(subject: Subject) -> int:
    """Ops of desks stay by their id, so that a phone that was away brings nobody back; what they say goes."""
    about = Arrival.objects.filter(Q(registration__person=subject.key) | Q(body__registration__in=_uuids(subject)))
    count = about.count()
    about.filter(state=ArrivalState.HELD).update(state=ArrivalState.LEFT_OUT)
    about.update(reason="", body={})
    return count + in_rows(Arrival, "reason body", "workshop")(subject)


WHOM_TO_ASK = _("to ask somebody to come, and to know the answer")
personal(
    "participants.invitationlink",
    "created_at expires_at used_at revoked_at digest",
    of=Whom.PARTICIPANT,
    why=_("to answer an invitation without a password; only a digest is stored"),
    until=WAITING,
    rows=_invitation_links_of,
    title=_("Links in invitations"),
    told="created_at expires_at used_at revoked_at",
)
plain("participants.invitationlink", "id invitation")
personal(
    "participants.invitation",
    "name email language state invited_at answered_at registration",
    of=Whom.PARTICIPANT,
    why=WHOM_TO_ASK,
    until=WAITING,
    rows=_invitations_of,
    title=_("Invitations"),
    told="workshop name email language state invited_at answered_at",
)
personal("participants.invitation", "invited_by", of=Whom.USER, why=WHOM_TO_ASK, until=WAITING)
plain("participants.invitation", "id workshop occasion chases written_at")
TO_ASK_INTO_A_TEAM = _("to ask somebody into a team; gone once they have joined")
personal(
    "participants.teaminvitation",
    "email name role language invited_at invited_by",
    of=Whom.USER,
    why=TO_ASK_INTO_A_TEAM,
    until=TEAM_LINK,
)
plain("participants.teaminvitation", "id programme occasion")
personal(
    "participants.nomail",
    "digest",
    of=Whom.PARTICIPANT,
    why=_("to leave an address alone that asked for it; a keyed digest, also after an erasure"),
    ground=Ground.SAFETY,
    until=PROGRAMME,
)
plain("participants.nomail", "id programme at")
personal(
    "participants.letter",
    "subject text",
    of=Whom.PARTICIPANT,
    why=_("what organisers wrote to people of a workshop; it may name somebody"),
    until=CONTACT,
    erase=in_rows(Letter, "subject text", "workshop"),
    told="-",
)
personal("participants.letter", "written_by", of=Whom.USER, why=_("to say who wrote it"), until=CONTACT)
plain("participants.letter", "id workshop at to group theme people")
plain("participants.reminder", "workshop hours_before text written_for")
personal(
    "participants.arrival",
    "reason body registration",
    of=Whom.PARTICIPANT,
    why=_("to take what a phone at the door tells once, also when it tells it late"),
    until=CONTACT,
    path="registration__person",
    erase=_quiet_arrivals,
    title=_("At the door"),
    told="do at reason",
)
personal(
    "participants.arrival", "actor_kind actor_id", of=Whom.USER, why=_("to say who stood at the door"), until=CONTACT
)
plain("participants.arrival", "id workshop do state at taken_at")


def _pending_of(subject: Subject) -> QuerySet:
    mine = Q(pk__in=_uuids(subject))
    for address in subject.addresses:
        mine |= Q(email__iexact=address)
    return PendingSignUp.objects.filter(mine, workshop__in=subject.scopes)


def _link_requests_of(subject: Subject) -> QuerySet:
    return LinkRequest.objects.filter(email__in=[address.lower() for address in subject.addresses])


def _erase_consents(subject: Subject) -> int:
    """Rows that otherwise nobody deletes."""
    return Consent.objects.erase_of(subject.key)


personal(
    "participants.pendingsignup",
    "email language wanted asked_at expires_at",
    of=Whom.PARTICIPANT,
    why=_("to let the mailbox confirm what was written on the form, before it is a place"),
    until=SIGN_UP,
    rows=_pending_of,
    title=_("Sign-ups you have not confirmed"),
    told="workshop email language asked_at expires_at",
)
plain("participants.pendingsignup", "id workshop")
personal(
    "participants.linkrequest",
    "email asked_at",
    of=Whom.PARTICIPANT,
    why=_("to look for places after answering, so that the answer tells nobody who has one; gone once it is done"),
    until=SIGN_UP,
    rows=_link_requests_of,
    title=_("Links you asked for"),
)
plain("participants.linkrequest", "id")
personal(
    "participants.signuptrace",
    "browser network at",
    of=Whom.PARTICIPANT,
    why=_("to find scripts that take all places; keyed digests that only say “the same”"),
    ground=Ground.SAFETY,
    until=SIGN_UP,
    path="registration__person",
    title=_("Where you signed up"),
    told="at",
)
plain("participants.signuptrace", "id registration workshop")

# Places and everything that hangs on them come before the person: counted one by one, then deleted.
personal(
    "participants.answer",
    "asked text chosen at",
    of=Whom.PARTICIPANT,
    why=TO_PREPARE,
    until=CONTACT,
    path="registration__person",
    title=_("Your answers"),
)
plain("participants.answer", "id registration question kind order")
personal(
    "participants.consent",
    "purpose given basis text version text_hash language channel at",
    of=Whom.PARTICIPANT,
    why=_("to do only what was allowed, and to prove it"),
    until=CONTACT_OR_NEWS,
    path="registration__person",
    erase=_erase_consents,
    title=_("What you allowed"),
)
personal("participants.consent", "actor_kind actor_id", of=Whom.USER, why=_("to say who wrote it down"), until=CONTACT)
plain("participants.consent", "id registration")
plain("participants.question", "id workshop kind text hint options required order")
plain("participants.purpose", "id programme key title text basis version asked order")
personal(
    "participants.placelink",
    "created_at expires_at revoked_at digest",
    of=Whom.PARTICIPANT,
    why=_("to open “my place” without a password; only a digest is stored"),
    until=CONTACT,
    path="registration__person",
    title=_("Links to your place"),
    told="created_at expires_at revoked_at",
)
plain("participants.placelink", "id registration proves")
personal(
    "participants.offerlink",
    "created_at used_at digest",
    of=Whom.PARTICIPANT,
    why=_("to answer an offer without a password; only a digest is stored"),
    until=CONTACT,
    path="registration__person",
    title=_("Links in offers"),
    told="created_at used_at",
)
plain("participants.offerlink", "id registration occasion")
personal(
    "participants.override",
    "reason at",
    of=Whom.PARTICIPANT,
    why=_("to say why a place was given past a limit"),
    until=CONTACT,
    path="registration__person",
    title=_("Given past a limit"),
)
personal("participants.override", "actor_kind actor_id", of=Whom.USER, why=_("to say who gave it"), until=CONTACT)
plain("participants.override", "id registration")
personal(
    "participants.seat",
    "group session",
    of=Whom.PARTICIPANT,
    why=_("to say who sits where, and to let different people meet next time"),
    until=CONTACT,
    path="registration__person",
    title=_("Your seats"),
)
plain("participants.seat", "id registration kept")
personal(
    "participants.seatingrule",
    "one",
    of=Whom.PARTICIPANT,
    why=_("to seat two people together, or apart"),
    until=CONTACT,
    path="one__person",
    title=_("Whom you sit with, or not"),
    told="kind",
)
personal(
    "participants.seatingrule",
    "other",
    of=Whom.PARTICIPANT,
    why=_("to seat two people together, or apart"),
    until=CONTACT,
    path="other__person",
    title=_("Whom you sit with, or not"),
    told="kind",
)
plain("participants.seatingrule", "id kind")
personal(
    "participants.registration",
    "state asked_at",
    of=Whom.PARTICIPANT,
    why=TO_HOLD_THE_PLACE,
    until=CONTACT_OR_NEWS,
    path="person",
    title=_("Your places"),
    told="workshop state queue_no offered_until audience channel asked_at arrived_at theme needs table_needs "
    "first_time",
)
personal(
    "participants.registration",
    "queue_no offered_until arrived_at channel audience",
    of=Whom.PARTICIPANT,
    why=TO_HOLD_THE_PLACE,
    until=CONTACT,
    path="person",
    told="-",
)
personal(
    "participants.registration",
    "theme needs first_time table_needs",
    of=Whom.PARTICIPANT,
    why=TO_PREPARE,
    until=CONTACT,
    path="person",
    told="-",
)
plain("participants.registration", "id workshop person arrival code_generation occasion")
personal(
    "participants.person",
    "user age_band area",
    of=Whom.PARTICIPANT,
    why=TO_PREPARE,
    until=CONTACT,
    path="pk",
    told="-",
)
personal(
    "participants.person",
    "name email language created_at",
    of=Whom.PARTICIPANT,
    why=TO_HOLD_THE_PLACE,
    until=CONTACT_OR_NEWS,
    path="pk",
    title=_("You"),
    told="name email language age_band area created_at",
)
plain("participants.person", "id programme feed_generation")
plain("participants.shorterterms", "workshop contact_days waiting_days")
plain("participants.programmeterms", "programme contact_days waiting_days")
personal(
    "participants.moderatorinvitation",
    "email state answered_at",
    of=Whom.MODERATOR,
    why=_("to ask somebody to lead a table, and to know whether they come"),
    until=CONTACT,
)
plain("participants.moderatorinvitation", "id seat language asked_at asked reminded_for")
personal(
    "participants.moderatorlink",
    "digest expires_at",
    of=Whom.MODERATOR,
    why=_("to answer without a password; only a digest is stored"),
    until=CONTACT,
)
plain("participants.moderatorlink", "id invitation")
personal(
    "participants.device",
    "name seen_at joined_at",
    of=Whom.MODERATOR,
    why=_("to say who writes on which tablet of a table"),
    until=CONTACT,
)
plain("participants.device", "id group until revoked_at unsent battery charging ready")

SIGN_IN = _("to let somebody sign in")
personal("account.emailconfirmation", "email_address key", why=SIGN_IN, **_of_account("email_address__user"))
plain("account.emailconfirmation", "id created sent")
personal("account.emailaddress", "email verified primary", why=SIGN_IN, **_of_account("user"))
plain("account.emailaddress", "id user")
if apps.is_installed("allauth.socialaccount"):  # with an issuer only, and even then no row is made
    personal("socialaccount.socialtoken", "account token token_secret", why=SIGN_IN, **_of_account("account__user"))
    plain("socialaccount.socialtoken", "id app expires_at")
    personal(
        "socialaccount.socialaccount",
        "provider uid last_login date_joined extra_data",
        why=SIGN_IN,
        **_of_account("user"),
    )
    plain("socialaccount.socialaccount", "id user")
    plain("socialaccount.socialapp", "id provider provider_id name client_id secret key settings")
personal("mfa.authenticator", "type data created_at last_used_at", why=SIGN_IN, **_of_account("user"))
plain("mfa.authenticator", "id user")
personal("knox.authtoken", "digest token_key created expiry", why=_("to let a program act"), **_of_account("user"))
plain("knox.authtoken", "user")
personal(
    "admin.logentry", "object_repr change_message", why=_("kept empty: the admin only looks"), **_of_account("user")
)
plain("admin.logentry", "id action_time user content_type object_id action_flag")
personal(
    "participants.user",
    "email name language last_login joined_at password",
    why=SIGN_IN,
    title=_("Your account"),
    told="email name language last_login joined_at",
    **_of_account("pk"),
)
plain("participants.user", "id is_superuser is_staff is_active groups user_permissions")
plain("participants.user_groups", "id user group")
plain("participants.user_user_permissions", "id user permission")
plain("auth.permission", "id name content_type codename")
plain("auth.group", "id name permissions")
plain("auth.group_permissions", "id group permission")
plain("contenttypes.contenttype", "id app_label model")


def _clear_sessions(subject: Subject) -> int:
    """Sign the account out everywhere, and drop what other people's sessions still say about the person."""
    changed = 0
    for session in Session.objects.all().iterator():
        data = session.get_decoded()
        if subject.kind == Erasure.Kind.USER and data.get("_auth_user_id") == str(subject.key):
            session.delete()
            changed += 1
            continue
        left = {name: value for name, value in data.items() if not _tells_of(value, subject)}
        if left != data:
            session.session_data = SessionStore().encode(left)
            session.save(update_fields=["session_data"])
            changed += 1
    return changed


def _tells_of(value: Any, subject: Subject) -> bool:
    said = json.dumps(value, ensure_ascii=False).casefold()
    telling = {json.dumps(text, ensure_ascii=False)[1:-1].casefold() for text in subject.names | subject.addresses}
    return any(text and text in said for text in telling)


def _no_rows(subject: Subject) -> QuerySet:
    return Session.objects.none()


personal(
    "sessions.session",
    "session_data",
    of=Whom.USER,
    why=_("to stay signed in, and to carry a message to the next page"),
    ground=Ground.TASK,
    until=SESSION,
    rows=_no_rows,
    erase=_clear_sessions,
    told="-",
)
plain("sessions.session", "session_key expire_date")
ON_THE_PHONE = _("the list of names, to work without a connection")
store("phones at the door", of=Whom.PARTICIPANT, why=ON_THE_PHONE, until=DOOR)
store("cache", of=Whom.PARTICIPANT, why=_("counts tries against guessing, for an hour at most"), until=MOMENT)
