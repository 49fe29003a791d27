"""A workshop whose tables have spoken: what the tests of the summary start from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from feedback.models import Draft, Finding, Note
from feedback.summary import actions
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Job
from tests.factories import make_group, make_note, make_programme, make_session, make_theme, make_workshop
from workshops.models import Group, Session, Theme, Workshop
from workshops.states import SessionState, WorkshopState

BIKES = (
    "I take the bike to school in the morning.",
    "The children ride the bike to school.",
    "A bike to school is faster.",
)
FRIDGE = (
    "The fridge at the market smells in August.",
    "Who cleans the market fridge?",
    "The fridge at the market is open late.",
)
ALONE = "My grandmother knits blankets."


@dataclass
class Room:
    """A workshop with two tables, a closed session and notes on two themes."""

    workshop: Workshop
    session: Session
    tables: list[Group]
    themes: list[Theme]
    notes: list[Note]

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(workshop=self.workshop)

    def note(self, text: str, table: int = 0, theme: int = 0, **fields) -> Note:
        made = make_note(self.tables[table], self.session, text, theme=self.themes[theme], **fields)
        self.notes.append(made)
        return made


def make_room(state: str = WorkshopState.LIVE, session_state: str = SessionState.CLOSED, **fields) -> Room:
    programme = make_programme()
    themes = [make_theme(programme, "Mobility"), make_theme(programme, "Food", icon="carrot", slot=3)]
    workshop = make_workshop(programme, state=state, **fields)
    session = make_session(workshop, state=session_state)
    room = Room(workshop, session, [make_group(workshop, "Olmo"), make_group(workshop, "Gelso")], themes, [])
    for at, text in enumerate(BIKES):
        room.note(text, table=at % 2, theme=0)
    for at, text in enumerate(FRIDGE):
        room.note(text, table=at % 2, theme=1)
    room.note(ALONE, theme=1)
    return room


def work_off() -> list[str]:
    """Do whatever is due until nothing is, as workers would; the kinds in the order they were done."""
    done: list[str] = []
    while due := Job.objects.due_at(timezone.now()).order_by("not_before", "kind").first():
        assert jobs.run(due.pk), Job.objects.get(pk=due.pk).error
        done.append(due.kind)
    return done


def compile_now(workshop: Workshop) -> Draft:
    """Ask and run, as workers would."""
    actions.ask_to_compile(workshop, by=SYSTEM)
    work_off()
    workshop.refresh_from_db()
    return workshop.drafts.current().first()


def make_curated_room(**fields) -> Room:
    """Compiled by hand: a ready finding on each theme, the last note without a place, the workshop in curation."""
    room = make_room(state=WorkshopState.CURATING, **fields)
    draft = Draft.objects.create(workshop=room.workshop, note_count=len(room.notes))
    for at, (theme, notes) in enumerate(zip(room.themes, (room.notes[:3], room.notes[3:6]), strict=True)):
        finding = Finding.objects.create(
            draft=draft, theme=theme, order=at, words=["bike", "school"] if at == 0 else ["fridge"], quote=notes[0]
        )
        for order, note in enumerate(notes):
            finding.evidence.create(draft=draft, note=note, order=order)
    return room
