"""`python -m benchmarks.floor PORT`: make the rows and serve, in the shape of `config.asgi` without streams."""

from __future__ import annotations

import datetime as dt
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.settings"

import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone

ROWS = 30
THREADS = 8

pages = get_wsgi_application()


def make_rows() -> None:
    """The tables, which no migration knows, and thirty talks."""
    from benchmarks.floor.models import Booking, Event, Talk

    with connection.schema_editor() as schema:
        for model in (Talk, Event, Booking):
            schema.create_model(model)
    start = timezone.now().replace(minute=0)
    Talk.objects.bulk_create(
        Talk(
            title=f"Sharing things in the neighbourhood, part {n}",
            speaker=f"Speaker {n}",
            abstract="What people share, how often, with whom, and what keeps them from it. " * 4,
            starts_at=start + dt.timedelta(minutes=30 * n),
        )
        for n in range(ROWS)
    )
    connection.close()


if __name__ == "__main__":
    make_rows()
    uvicorn.run(
        WSGIMiddleware(pages, workers=THREADS),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        lifespan="off",
    )
