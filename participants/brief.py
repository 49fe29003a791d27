"""The brief of a table's moderators as plain data: when, where, who asks and who writes, the questions, the tablet."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participants.printed import sheet
from participants.run_sheet import changing_tables, on_the_tablets
from workshops.models import Group, Session, Theme
from workshops.queries import agenda_of
from workshops.states import ModeratorRole

ROLES = {
    ModeratorRole.ASKS: gettext_lazy(
        "asks: opens each question, lets everybody speak, keeps the time, and reads the notes back at the end."
    ),
    ModeratorRole.WRITES: gettext_lazy(
        "writes: puts each thing that is said onto the tablet, in people’s own words, and chooses its kind and theme."
    ),
}
TABLET = (
    gettext_lazy("Scan the code on the table sheet, or type its six digits. Both tablets of the table write together."),
    gettext_lazy("Add the page to the Home Screen and wait for “Ready, also without a connection”."),
    gettext_lazy("Write one thing in each note. Never write who said it."),
    gettext_lazy("Without a connection keep writing: notes stay on the tablet and send themselves later."),
    gettext_lazy("In the last minutes give the dots, then read the notes back and let the table confirm them."),
    gettext_lazy("Leave only once the tablet says “All saved”."),
)


def brief(group: Group) -> dict[str, Any]:
    """`moderators` (name and what they do), `rows` (the agenda: times, title, questions, what tablets offer, who does
    what, who of them leads another table then), `tablet` (how it works, step by step). No code, no name of anybody who
    takes part.
    """
    workshop = group.workshop
    plan = agenda_of(workshop)
    tables = list(workshop.groups.with_rounds())
    return {
        **sheet(workshop, _("Brief for moderators")),
        "table": _("Table %(name)s") % {"name": group.name},
        "hours": f"{workshop.local_start:%H:%M}–{workshop.local_end:%H:%M}",
        "place": ", ".join(part for part in (workshop.venue, workshop.address, group.room) if part),
        "moderators": [
            {"name": seat.name, "does": str(ROLES[ModeratorRole(seat.role)])} for seat in group.moderators.all()
        ],
        "rows": [_row(session, plan.themes, changing_tables(tables, session, of=group)) for session in plan.sessions],
        "tablet": [str(step) for step in TABLET],
        "labels": {
            "moderators": _("Who does what at the table"),
            "agenda": _("The agenda"),
            "tablet": _("The tablet"),
            "doors": _("Doors open at %(time)s.") % {"time": f"{workshop.local_doors:%H:%M}"},
        },
    }


def _row(session: Session, themes: list[Theme], changing: list[str]) -> dict[str, Any]:
    return {
        "time": f"{session.planned_at:%H:%M}–{session.planned_end:%H:%M}",
        "title": str(session.title),
        "lang": session.title.lang,
        "asked": [{"text": str(prompt.text), "lang": prompt.text.lang} for prompt in session.prompts.all()],
        "tablets": on_the_tablets(session, themes),
        "roles": [*session.roles.lines(), *changing],
    }
