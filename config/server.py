"""uvicorn as Tavolo runs it: one process, streams that do not hold up a restart."""

from __future__ import annotations

import logging
import socket

import uvicorn
from django.conf import settings
from django.db import connection

from config import embedded
from config.replay import replay

log = logging.getLogger(__name__)

GRACE_SECONDS = 3


class PortTaken(Exception):
    """Something else listens on this port."""


def check_port(host: str, port: int) -> None:
    """Raises `PortTaken` when nobody else may listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise PortTaken(port) from problem


def _forget_again() -> None:
    """`manage.py restore` does this too; here it is for databases that other tools have put back."""
    try:
        replay()
    except Exception as problem:
        log.error("the journal of erasures could not be read: %s", type(problem).__name__)
    finally:
        connection.close()


def run(host: str, port: int) -> None:
    """Serve until a signal comes; without Redis the worker and the sweep run inside.

    Before the first request, whoever was erased since a restored backup is erased again.
    """
    _forget_again()
    if not settings.REDIS_URL:
        embedded.start()
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.ALLAUTH_TRUSTED_PROXY_COUNT),
        forwarded_allow_ips="*" if settings.ALLAUTH_TRUSTED_PROXY_COUNT else None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="on",
    )
