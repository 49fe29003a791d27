"""The lives of a workshop and of a session, each on one screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkshopState(TextChoices):
    DRAFT = "draft", _("Draft")
    ANNOUNCED = "announced", _("Announced")
    LIVE = "live", _("In progress")
    COMPILING = "compiling", _("Compiling")
    CURATING = "curating", _("Curating")
    ASKING = "asking", _("Asking people")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", _("Cancelled")


WORKSHOP_MOVES: dict[str, set[WorkshopState]] = {
    WorkshopState.DRAFT: {WorkshopState.ANNOUNCED, WorkshopState.CANCELLED},
    WorkshopState.ANNOUNCED: {WorkshopState.DRAFT, WorkshopState.LIVE, WorkshopState.CANCELLED},
    WorkshopState.LIVE: {WorkshopState.COMPILING, WorkshopState.CANCELLED},
    WorkshopState.COMPILING: {WorkshopState.CURATING, WorkshopState.LIVE},
    WorkshopState.CURATING: {WorkshopState.COMPILING, WorkshopState.ASKING, WorkshopState.PUBLISHED},
    WorkshopState.ASKING: {WorkshopState.CURATING, WorkshopState.PUBLISHED},
    WorkshopState.PUBLISHED: {WorkshopState.CURATING},
    WorkshopState.CANCELLED: {WorkshopState.DRAFT},
}

GIVING_STATES = frozenset({WorkshopState.ANNOUNCED, WorkshopState.LIVE})
"""In these, places are taken and people on the waiting list get them."""
PUBLIC_STATES = frozenset(set(WorkshopState) - {WorkshopState.DRAFT})
AFTER_THE_DAY = frozenset(
    {WorkshopState.COMPILING, WorkshopState.CURATING, WorkshopState.ASKING, WorkshopState.PUBLISHED}
)


class SessionState(TextChoices):
    PLANNED = "planned", pgettext_lazy("a session", "Planned")
    OPEN = "open", pgettext_lazy("a session", "Open")
    CLOSED = "closed", pgettext_lazy("a session", "Closed")


SESSION_MOVES: dict[str, set[SessionState]] = {
    SessionState.PLANNED: {SessionState.OPEN},
    SessionState.OPEN: {SessionState.CLOSED},
    SessionState.CLOSED: {SessionState.OPEN},
}


class SessionKind(TextChoices):
    ARRIVAL = "arrival", _("Arrival")
    PLENARY = "plenary", _("All together")
    TABLES = "tables", _("At the tables")
    BREAK = "break", _("Break")
    REPORT = "report", _("Tables report back")
    CLOSING = "closing", _("Closing")


class NoteKind(TextChoices):
    HABIT = "habit", _("Habit")
    EXPERIENCE = "experience", _("Experience")
    IDEA = "idea", _("Idea")
    CONCERN = "concern", _("Concern")
    QUESTION = "question", _("Question")
    QUOTE = "quote", _("Quote")


class Scale(TextChoices):
    """What initiatives are rated with in a session; the words of its five steps are in `scales.py`."""

    FREQUENCY = "frequency", _("From never to every week")
    AGREEMENT = "agreement", _("From not at all to fully")
    TAKING_PART = "taking-part", _("From no to yes")


class Access(TextChoices):
    PUBLIC = "public", _("Anyone can take a place")
    LINK = "link", _("Only with the link")
    INVITED = "invited", _("Only invited people")


class Promotion(TextChoices):
    AT_ONCE = "at_once", _("The next person has it at once")
    OFFER = "offer", _("The next person is asked, and has time to answer")


class ModeratorRole(TextChoices):
    ASKS = "asks", _("asks")
    WRITES = "writes", _("writes")


class TableNeed(TextChoices):
    """What somebody may need of the table they sit at, and a table may offer."""

    STEP_FREE = "step-free", _("Step-free access")
    NEAR_SCREEN = "near-screen", _("Close to the screen")
    QUIET = "quiet", _("A quiet corner")
    SIGN_LANGUAGE = "sign-language", _("Sign language")
    HEARING_LOOP = "hearing-loop", _("Hearing loop")


class TeamRole(TextChoices):
    OWNER = "owner", _("Owner")
    ORGANISER = "organiser", _("Organiser")
    HELPER = "helper", _("Check-in helper")
    OBSERVER = "observer", _("Observer")


ORGANISING_ROLES = (TeamRole.OWNER, TeamRole.ORGANISER)
CHECK_IN_ROLES = (*ORGANISING_ROLES, TeamRole.HELPER)


class WallMode(TextChoices):
    WELCOME = "welcome", _("Welcome")
    SESSION = "session", _("Session")
    DOTS = "dots", _("Dots")
    REPORT = "report", _("Report back")
    NEXT = "next", _("Next steps")


# What the wall turns to when a session of this kind is opened.
WALL_OF_KIND = {
    SessionKind.ARRIVAL: WallMode.WELCOME,
    SessionKind.PLENARY: WallMode.SESSION,
    SessionKind.TABLES: WallMode.SESSION,
    SessionKind.BREAK: WallMode.SESSION,
    SessionKind.REPORT: WallMode.REPORT,
    SessionKind.CLOSING: WallMode.NEXT,
}
