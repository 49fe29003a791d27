"""Who takes part."""

from participants.models.people import Person, PlaceLink, Registration
from participants.models.tables import Device, Seat, SeatingRule
from participants.models.user import User

__all__ = ["Device", "Person", "PlaceLink", "Registration", "Seat", "SeatingRule", "User"]
