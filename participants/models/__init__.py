"""Who takes part."""

from participants.models.arrivals import Arrival
from participants.models.consents import Consent, Purpose
from participants.models.invitations import Invitation, InvitationLink
from participants.models.mailings import Letter, NoMail, Reminder
from participants.models.moderating import ModeratorInvitation, ModeratorLink
from participants.models.people import OfferLink, Override, Person, PlaceLink, Registration
from participants.models.questions import Answer, Question
from participants.models.signing_up import LinkRequest, PendingSignUp, SignUpTrace
from participants.models.tables import Device, Seat, SeatingRule
from participants.models.team import TeamInvitation
from participants.models.terms import ProgrammeTerms, ShorterTerms
from participants.models.user import User

__all__ = [
    "Answer",
    "Arrival",
    "Consent",
    "Device",
    "Invitation",
    "InvitationLink",
    "Letter",
    "LinkRequest",
    "ModeratorInvitation",
    "ModeratorLink",
    "NoMail",
    "OfferLink",
    "Override",
    "PendingSignUp",
    "Person",
    "PlaceLink",
    "ProgrammeTerms",
    "Purpose",
    "Question",
    "Registration",
    "Reminder",
    "Seat",
    "SeatingRule",
    "ShorterTerms",
    "SignUpTrace",
    "TeamInvitation",
    "User",
]
