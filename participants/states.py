"""The life of a registration."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationState(TextChoices):
    CONFIRMED = "confirmed", _("Has a place")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("Has been offered a place")
    CANCELLED = "cancelled", _("Gave up the place")
    EMPTIED = "emptied", _("Only for mail about later workshops")


OFF_THE_LIST = (RegistrationState.CANCELLED, RegistrationState.EMPTIED)
"""Neither a place nor a turn. A place is emptied when the workshop's term is over: name, address and the yes to mail
about later workshops are left."""

HOLDING = (RegistrationState.CONFIRMED, RegistrationState.OFFERED)
"""Whoever is in one of these holds a place: nobody else can have it."""


class Channel(TextChoices):
    """How somebody signed up, or said something since."""

    WEB = "web", _("on the page")
    MY_PLACE = "my_place", _("on their own page")
    PHONE = "phone", _("by phone")
    PAPER = "paper", _("on paper")
    DOOR = "door", _("at the door")
    INVITATION = "invitation", _("by invitation")


class InvitationState(TextChoices):
    OPEN = "open", _("Not answered yet")
    ACCEPTED = "accepted", _("Comes")
    DECLINED = "declined", _("Does not come")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INVITATION_MOVES = {
    InvitationState.OPEN: {InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.WITHDRAWN},
    InvitationState.ACCEPTED: set(),
    InvitationState.DECLINED: {InvitationState.OPEN},
    InvitationState.WITHDRAWN: {InvitationState.OPEN},
}


class LetterTo(TextChoices):
    """Whom an organiser's letter is for."""

    CONFIRMED = "confirmed", _("Everybody with a place")
    WAITING = "waiting", _("Everybody on the waiting list")
    HERE = "here", _("Everybody who has come")
    SILENT = "silent", _("Invited people who have not answered")


class AgeBand(TextChoices):
    UNDER_25 = "18-24", _("18 to 24")
    UNDER_35 = "25-34", _("25 to 34")
    UNDER_50 = "35-49", _("35 to 49")
    UNDER_65 = "50-64", _("50 to 64")
    OVER_65 = "65+", _("65 or over")


class ArrivalDoing(TextChoices):
    HERE = "here", _("Here")
    NOT_HERE = "not_here", _("Not here")
    WALK_IN = "walk_in", _("Came without a place")


class ArrivalState(TextChoices):
    """What the server did with an op of a desk that it keeps."""

    STORED = "stored"
    HELD = "held"
    LEFT_OUT = "left_out"


class QuestionKind(TextChoices):
    TEXT = "text", _("A text")
    CHOICE = "choice", _("One of several answers")
    SEVERAL = "several", _("Several answers")
    YES_NO = "yes_no", _("Yes or no")


HAVE_OPTIONS = (QuestionKind.CHOICE, QuestionKind.SEVERAL)
MIX_BY = (QuestionKind.CHOICE, QuestionKind.YES_NO)
"""Kinds with exactly one answer, by which tables can be mixed."""


BY_ORGANISER = (Channel.PHONE, Channel.PAPER, Channel.DOOR)


class Basis(TextChoices):
    """Why data may be used, in the words of Article 6 of the GDPR."""

    CONSENT = "consent", _("Consent")
    PUBLIC_TASK = "public_task", _("Public task")
    REQUEST = "request", _("Your request")
    INTEREST = "interest", _("Legitimate interest")
