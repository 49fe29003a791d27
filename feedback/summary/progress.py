"""How far a compile is, and a workshop on its way to the published outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from feedback.summary.actions import CURATED_IN
from ledger.jobs import MOST_ATTEMPTS
from ledger.models import Job
from workshops.models import Workshop
from workshops.states import WorkshopState


@dataclass(frozen=True)
class CompileState:
    """How far a compile is. `counts` come from the workers: notes, tables, sections."""

    state: str
    job: Job | None

    @property
    def is_waiting(self) -> bool:
        return self.job is not None and self.job.is_waiting

    @property
    def has_failed(self) -> bool:
        """A try ended with a problem; the next one follows by itself unless `rests`."""
        return self.is_waiting and bool(self.job.error)  # type: ignore[union-attr]

    @property
    def rests(self) -> bool:
        """The last attempt failed: nothing happens until somebody asks again."""
        return self.has_failed and self.job.attempts >= MOST_ATTEMPTS  # type: ignore[union-attr]

    @property
    def step(self) -> int:
        """1 gathering, 2 grouping, 3 writing."""
        return {"group": 2, "write": 3}.get(self._progress.get("step", ""), 1)

    @property
    def notes(self) -> int | None:
        return self._progress.get("notes")

    @property
    def tables(self) -> int | None:
        return self._progress.get("tables")

    @property
    def sections(self) -> int | None:
        """How many sections there are to group."""
        return self._progress.get("sections")

    @property
    def grouped(self) -> int:
        """How many of them are."""
        return self._progress.get("done", 0)

    @property
    def reached(self) -> int:
        """How far it is, in percent."""
        if self.step == 2:
            return 10 + 80 * self.grouped // max(self.sections or 1, 1)
        return 95 if self.step == 3 else 5

    @property
    def _progress(self) -> dict[str, Any]:
        return self.job.progress if self.job is not None else {}

    @property
    def is_first(self) -> bool:
        """The workshop waits for its draft; otherwise late notes are added beside people's work."""
        return self.state == WorkshopState.COMPILING

    @property
    def mark(self) -> str:
        """Changes when a page that shows this state should be read again."""
        return "waiting" if self.is_waiting and not self.rests else "rests" if self.rests else "done"


def compile_state(workshop: Workshop) -> CompileState:
    """The job behind a workshop's draft, as it is now."""
    job = Job.objects.filter(kind="compile", subject_id=str(workshop.pk)).first()
    return CompileState(workshop.state, job)


def can_curate(workshop: Workshop) -> bool:
    return workshop.state in CURATED_IN


def steps_of_life(workshop: Workshop) -> tuple[list[str], int]:
    """The last steps of a workshop's life, and which of them (counted from 4) is now."""
    names = [_("Run"), _("Compile"), _("Curate"), _("Ask people"), _("Publish")]
    now = {
        WorkshopState.LIVE: 4,
        WorkshopState.COMPILING: 5,
        WorkshopState.CURATING: 6,
        WorkshopState.ASKING: 7,
        WorkshopState.PUBLISHED: 9,
    }
    return names, now.get(WorkshopState(workshop.state), 0)
