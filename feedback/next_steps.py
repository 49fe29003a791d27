"""What an organiser should do now, and why, in order: the most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.cockpit import Cockpit, CockpitTable
from feedback.models import Draft, Note
from feedback.readiness import Check, State
from workshops.actions.moving import missing_to_announce, missing_to_go_live
from workshops.models import Theme
from workshops.states import WorkshopState

START_OFFERED_BEFORE = dt.timedelta(hours=24)
EARLY, EARLY_ENOUGH = frozenset({"moderators", "rounds"}), dt.timedelta(days=21)
MINUTES_TO_COVER_THEMES = 25
NOTES_OF_A_BEGINNING = 3  # a table with fewer notes has no silent themes yet, it has only begun


@dataclass(frozen=True)
class Step:
    """One thing to do. `url` is followed, or posted to when `posts`; without a url the words are enough."""

    title: str
    why: str
    label: str = ""
    url: str = ""
    posts: bool = False


def next_steps(cockpit: Cockpit, checks: Iterable[Check] = ()) -> list[Step]:
    """The list "Do next" for where the workshop stands; `checks` are those of its readiness, before the day."""
    if cockpit.is_before_the_day:
        steps = [*_missing(cockpit), *_unseated(cockpit), *_to_announce(cockpit)]
        return [*steps, *_not_ready(cockpit, checks), *_to_start(cockpit)]
    if cockpit.is_live:
        return [
            *_held(cockpit),
            *_time_is_up(cockpit),
            *_still_open(cockpit),
            *_tablets(cockpit),
            *_silent_themes(cockpit),
            *_not_read_back(cockpit),
            *_next_session(cockpit),
            *_not_arrived(cockpit),
            *_unseated(cockpit),
        ]
    return [*_held(cockpit), *_afterwards(cockpit)]


def _url(name: str, cockpit: Cockpit, *args: object) -> str:
    return reverse(name, args=[cockpit.workshop.pk, *args])


def _missing(cockpit: Cockpit) -> list[Step]:
    workshop = cockpit.workshop
    wanting = missing_to_announce(workshop) if workshop.state == WorkshopState.DRAFT else []
    steps = [
        Step(
            sentence,
            _("People see the workshop once this is there."),
            _("Open the details"),
            _url("org_details", cockpit),
        )
        for sentence in wanting
    ]
    return steps + [
        Step(sentence, _("The day cannot start without it."), _("Open the tables"), _url("org_tables", cockpit))
        for sentence in missing_to_go_live(workshop)
    ]


def _to_announce(cockpit: Cockpit) -> list[Step]:
    if cockpit.workshop.state != WorkshopState.DRAFT:
        return []
    return [
        Step(
            _("Announce the workshop"),
            _("People can take a place from then on."),
            _("Open the details"),
            _url("org_details", cockpit),
        )
    ]


def _to_start(cockpit: Cockpit) -> list[Step]:
    workshop = cockpit.workshop
    is_near = cockpit.now >= workshop.starts_at - START_OFFERED_BEFORE
    if workshop.state != WorkshopState.ANNOUNCED or not is_near or missing_to_go_live(workshop):
        return []
    return [
        Step(
            _("Start the day"),
            _("Tables get their codes, tablets can join, and the wall opens."),
            _("Start the day"),
            _url("org_go_live", cockpit),
            posts=True,
        )
    ]


def _not_ready(cockpit: Cockpit, checks: Iterable[Check]) -> list[Step]:
    """What the day needs and time is running out for: moderators and changing tables early, the rest on the eve."""
    left = cockpit.workshop.starts_at - cockpit.now
    early = [check for check in checks if check.key in EARLY and check.state == State.WANTING and left < EARLY_ENOUGH]
    steps = [Step(check.title, check.says, check.label, check.url, posts=check.posts) for check in early]
    late = [check for check in checks if check.key not in EARLY and not check.is_fine]
    if late and left < START_OFFERED_BEFORE:
        titles = get_text_list([check.title for check in late], _("and"))
        why = _("Not fine, or not looked at yet: %(checks)s.") % {"checks": titles}
        steps.append(Step(_("See whether everything is ready"), why, _("Open the checks"), _url("org_ready", cockpit)))
    return steps


def _held(cockpit: Cockpit) -> list[Step]:
    if not cockpit.held:
        return []
    title = ngettext("%(count)d late note waits for you", "%(count)d late notes wait for you", cockpit.held)
    return [
        Step(
            title % {"count": cockpit.held},
            _("They came late, or from a tablet no longer at its table. Take them in, or leave them out."),
            _("Look at them"),
            f"{_url('org_notes', cockpit)}#held",
        )
    ]


def _time_is_up(cockpit: Cockpit) -> list[Step]:
    if cockpit.current is None or cockpit.clock is None or not cockpit.clock.is_up:
        return []
    return [
        Step(
            _("Time is up for %(session)s") % {"session": cockpit.current},
            _("Notes are taken until you end it."),
            _("End session"),
            _url("org_session_close", cockpit, cockpit.current.pk),
            posts=True,
        )
    ]


def _still_open(cockpit: Cockpit) -> list[Step]:
    return [
        Step(
            _("%(session)s is still open") % {"session": session},
            _("Two sessions are open at once. Tablets write into the last one."),
            _("End session"),
            _url("org_session_close", cockpit, session.pk),
            posts=True,
        )
        for session in cockpit.also_open
    ]


def _tablets(cockpit: Cockpit) -> list[Step]:
    """Only while people write: tables without a tablet, and tablets out of touch."""
    if cockpit.counted is None:
        return []
    missing = [table for table in cockpit.tables if not table.devices]
    silent = [table for table in cockpit.tables if table.is_silent]
    low = [table for table in cockpit.tables if table.low_battery is not None]
    return _tables_without_tablet(missing) + _silent_tablets(silent) + _low_batteries(low)


def _tables_without_tablet(tables: list[CockpitTable]) -> list[Step]:
    if not tables:
        return []
    title = _("No tablet at %(tables)s yet") % {"tables": _names(tables)}
    return [Step(title, _codes(tables))]


def _silent_tablets(tables: list[CockpitTable]) -> list[Step]:
    if not tables:
        return []
    title = ngettext(
        "%(tables)s has not been heard for a while", "%(tables)s have not been heard for a while", len(tables)
    ) % {"tables": _names(tables)}
    if len(tables) == 1 and tables[0].silent_since:
        since = date_format(timezone.localtime(tables[0].silent_since), "H:i")
        title = _("%(table)s’s tablet went silent at %(time)s") % {"table": tables[0].group.name, "time": since}
    why = _("Nothing is lost: notes stay on the tablet. If it lasts, bring another one.")
    return [Step(title, f"{why} {_codes(tables)}".strip())]


def _low_batteries(tables: list[CockpitTable]) -> list[Step]:
    return [
        Step(
            _("%(table)s’s tablet has %(percent)d%% of battery left")
            % {"table": table.group.name, "percent": table.low_battery},
            _("Bring a charger. What is written is safe on the tablet."),
        )
        for table in tables
    ]


def _names(tables: list[CockpitTable]) -> str:
    return get_text_list([table.group.name for table in tables], _("and"))


def _codes(tables: list[CockpitTable]) -> str:
    """The codes another tablet joins with."""
    known = [table.group for table in tables if table.group.code]
    if len(known) == 1:
        return _("The code of its table sheet is %(code)s.") % {"code": known[0].code}
    return _("The codes stand on the table sheets and below each table.") if known else ""


def _silent_themes(cockpit: Cockpit) -> list[Step]:
    """Themes that tables have not spoken of, while there is little time left: one step for each theme."""
    clock = cockpit.clock
    if cockpit.counted is None or clock is None or clock.is_up or clock.minutes_left >= MINUTES_TO_COVER_THEMES:
        return []
    minutes = clock.minutes_left
    left = ngettext("%(count)d minute left.", "%(count)d minutes left.", minutes) % {"count": minutes}
    steps = []
    offered = cockpit.counted.themes_offered(cockpit.themes)
    for place, theme in enumerate(cockpit.themes):
        if theme not in offered:
            continue
        silent = [t for t in cockpit.tables if t.notes >= NOTES_OF_A_BEGINNING and not t.themes[place][1]]
        if silent:
            sentence = ngettext(
                "%(tables)s has nothing on %(theme)s yet", "%(tables)s have nothing on %(theme)s yet", len(silent)
            )
            title = sentence % {"tables": _names(silent), "theme": theme}
            label, url = _("Write the suggestion"), _to_suggest(cockpit, theme, silent)
            steps.append(Step(title, f"{left} {_suggestion(silent)}", label, url))
    return steps


def _not_read_back(cockpit: Cockpit) -> list[Step]:
    """In the last minutes of a session: tables that have not confirmed their notes as they are now, in one step."""
    clock = cockpit.clock
    if cockpit.counted is None or clock is None or not clock.is_last:
        return []
    never = [table for table in cockpit.tables if table.to_read and table.heard is None]
    again = [table for table in cockpit.tables if table.has_to_confirm and table.heard is not None]
    how = _("Ask the moderators to read the notes back to the table before the session ends.")
    steps = []
    if never:
        sentence = ngettext(
            "%(tables)s has not confirmed its notes yet", "%(tables)s have not confirmed their notes yet", len(never)
        )
        steps.append(Step(sentence % {"tables": _names(never)}, how))
    if again:
        sentence = ngettext(
            "%(tables)s has changed notes since it confirmed them",
            "%(tables)s have changed notes since they confirmed them",
            len(again),
        )
        steps.append(Step(sentence % {"tables": _names(again)}, how))
    return steps


def _to_suggest(cockpit: Cockpit, theme: Theme, tables: list[CockpitTable]) -> str:
    """The cockpit's form for a message, filled in; to one table, else to all."""
    asked = {"about": str(theme.pk), **({"table": str(tables[0].group.pk)} if len(tables) == 1 else {})}
    return f"{_url('org_cockpit', cockpit)}?{urlencode(asked)}#tell"


def _suggestion(tables: list[CockpitTable]) -> str:
    """Whom to speak to, while it is one table."""
    if len(tables) > 1 or not tables[0].moderators:
        return _("Suggest it to their moderators.")
    return _("Suggest it to %(moderators)s.") % {"moderators": get_text_list(tables[0].moderators, _("and"))}


def _next_session(cockpit: Cockpit) -> list[Step]:
    if cockpit.current is not None:
        return []
    if cockpit.upcoming is None:
        return [
            Step(
                _("Compile the notes"),
                _("All sessions are closed."),
                _("Open the summary"),
                _url("org_summary", cockpit),
            )
        ]
    planned = _("Planned for %(time)s.") % {"time": date_format(cockpit.upcoming.planned_at, "H:i")}
    start = partial(Step, posts=True, url=_url("org_session_open", cockpit, cockpit.upcoming.pk), label=_("Start"))
    return [start(_("Start %(session)s") % {"session": cockpit.upcoming}, planned)]


def _not_arrived(cockpit: Cockpit) -> list[Step]:
    people = cockpit.people
    if not people.absent:
        return []
    title = ngettext("%(count)d person has not arrived", "%(count)d people have not arrived", people.absent)
    why = get_text_list(people.late, _("and")) if 0 < len(people.late) <= 3 else _("Tick them when they come.")
    return [Step(title % {"count": people.absent}, why, _("Open check-in"), _url("org_desk", cockpit))]


def _unseated(cockpit: Cockpit) -> list[Step]:
    count = cockpit.people.unseated
    if count <= 0 or not cockpit.tables:
        return []
    title = ngettext("%(count)d person has no table yet", "%(count)d people have no table yet", count)
    return [
        Step(
            title % {"count": count},
            _("Mix the tables before they come."),
            _("Open the tables"),
            _url("org_tables", cockpit),
        )
    ]


def _afterwards(cockpit: Cockpit) -> list[Step]:
    if cockpit.workshop.state == WorkshopState.CURATING:
        return _to_curate(cockpit)
    summary = partial(Step, label=_("Open the summary"), url=_url("org_summary", cockpit))
    steps: dict[str, list[Step]] = {
        WorkshopState.COMPILING: [summary(_("The notes are being compiled"), _("You can leave this page."))],
        WorkshopState.ASKING: [
            Step(
                _("People are being asked"),
                _("Answer what they add or correct, then publish."),
                _("Open the replies"),
                _url("org_replies", cockpit),
            )
        ],
        WorkshopState.PUBLISHED: [summary(_("The outcome is published"), _("Corrections are dated on its page."))],
        WorkshopState.CANCELLED: [
            Step(
                _("This workshop is cancelled"),
                _("Everybody with a place was told."),
                _("Open the details"),
                _url("org_details", cockpit),
            )
        ],
    }
    return steps[cockpit.workshop.state]


def _to_curate(cockpit: Cockpit) -> list[Step]:
    draft = cockpit.workshop.drafts.current().first()
    is_new = draft is not None and draft.curated_at is None
    title = _("The draft is ready") if is_new else _("Turn the notes into findings")
    why = " ".join([*_held_by(draft), _("Then ask the people who were there.")])
    return [Step(title, why, _("Open the summary"), _url("org_summary", cockpit))]


def _held_by(draft: Draft | None) -> list[str]:
    """How many findings a draft has, and how many notes have no place in it yet."""
    if draft is None:
        return []
    findings = draft.findings.shown().count()
    said = Note.objects.standing().of_workshop(draft.workshop).exclude(text="")
    left = said.exclude(placements__draft=draft).count()
    counted = ngettext("%(count)d finding.", "%(count)d findings.", findings) % {"count": findings}
    to_place = ngettext("%(count)d note to place.", "%(count)d notes to place.", left) % {"count": left}
    return [counted, to_place] if left else [counted]
