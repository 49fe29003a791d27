"""The life of a registration."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationState(TextChoices):
    CONFIRMED = "confirmed", _("Has a place")
    WAITING = "waiting", _("On the waiting list")
    CANCELLED = "cancelled", _("Gave up the place")


REGISTRATION_MOVES = {
    RegistrationState.CONFIRMED: {RegistrationState.CANCELLED},
    RegistrationState.WAITING: {RegistrationState.CONFIRMED, RegistrationState.CANCELLED},
    RegistrationState.CANCELLED: {RegistrationState.CONFIRMED, RegistrationState.WAITING},
}


class AgeBand(TextChoices):
    UNDER_25 = "18-24", _("18 to 24")
    UNDER_35 = "25-34", _("25 to 34")
    UNDER_50 = "35-49", _("35 to 49")
    UNDER_65 = "50-64", _("50 to 64")
    OVER_65 = "65+", _("65 or over")
