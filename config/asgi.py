"""The server's two halves in one process: streams as raw ASGI, everything else as Django's WSGI in a pool of threads.

Decided by measurement (docs/decisions/0003-server-shape.md): Django as ASGI keeps a thread for each open stream and
cannot keep its database connections.
"""

from __future__ import annotations

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import Scope

from config.wsgi import application as pages

WORKERS = int(os.environ.get("TAVOLO_THREADS", "8"))
_pages = WSGIMiddleware(pages, workers=WORKERS)  # type: ignore[arg-type]  # Django's environ is a plain dict


async def application(scope: Scope, receive: Any, send: Any) -> None:
    """Route by the first part of the path; there is no websocket."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/live/"):
        from feedback.notes.stream import application as streams

        await streams(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
