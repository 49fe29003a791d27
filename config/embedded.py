"""Celery inside the server's own process: a worker and a sweep as threads, for one machine without Redis.

Started by `demo` and `serve`, never by importing something: tests, migrations and shells must not grow threads.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import close_old_connections

log = logging.getLogger(__name__)


def start() -> None:
    """Start the worker and the sweep. They end with the process; whatever they leave is in the rows."""
    threading.Thread(target=_work, name="worker", daemon=True).start()
    threading.Thread(target=_sweep, name="sweep", daemon=True).start()


def _work() -> None:
    from config.celery import app

    worker = app.WorkController(
        pool="solo", without_gossip=True, without_mingle=True, without_heartbeat=True, quiet=True, loglevel="WARNING"
    )
    worker.start()


def _sweep() -> None:
    from ledger.tasks import sweep

    while True:
        try:
            close_old_connections()
            sweep()
        except Exception as problem:
            log.warning("the sweep will try again: %s", type(problem).__name__)
        time.sleep(settings.SWEEP_EVERY_SECONDS)
