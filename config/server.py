"""uvicorn as Tavolo runs it: one process, streams that do not hold up a restart."""

from __future__ import annotations

import socket

import uvicorn
from django.conf import settings

from config import embedded

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


def run(host: str, port: int) -> None:
    """Serve until a signal comes; without Redis the worker and the sweep run inside."""
    if not settings.REDIS_URL:
        embedded.start()
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=bool(settings.ALLAUTH_TRUSTED_PROXY_COUNT),
        forwarded_allow_ips="*" if settings.ALLAUTH_TRUSTED_PROXY_COUNT else None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="on",
    )
