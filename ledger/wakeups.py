"""Wake-ups: "look at the rows, now". Every one of them may be lost; none may block or break a request."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from django.db import transaction

log = logging.getLogger(__name__)


def _after_commit(wake: Callable[[], object]) -> None:
    """Wake once the rows can be seen; a queue that is down only costs the time until the next sweep."""

    def quietly() -> None:
        try:
            wake()
        except Exception as problem:
            log.warning("a wake-up was lost: %s", type(problem).__name__)

    transaction.on_commit(quietly)


def mail_written(mail_id: uuid.UUID) -> None:
    """Have the mail sent soon after the commit."""
    from ledger import tasks

    _after_commit(lambda: tasks.send_mail.apply_async((str(mail_id),), retry=False))


def mails_written() -> None:
    """Have many mails looked for and sent soon after the commit, with one message for all of them."""
    from ledger import tasks

    _after_commit(lambda: tasks.sweep.apply_async(retry=False))


def job_asked(job_id: uuid.UUID) -> None:
    """Have the job run soon after the commit."""
    from ledger import tasks

    _after_commit(lambda: tasks.run_job.apply_async((str(job_id),), retry=False))


def changed(topic: str, told: dict | None = None) -> None:
    """Tell the streams that follow `topic` (such as `group:3f…`) to read the rows again, after the commit.

    `told` is what they would read; those of this very process may take it and save the reading.
    """
    from ledger import push

    _after_commit(lambda: push.channel().publish(topic, here=told))
