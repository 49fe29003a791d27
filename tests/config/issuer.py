"""A small issuer of OpenID Connect on this machine, with all its answers to be chosen by a test."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt

from tests.config.processes import Installation, Running, free_port, processes

CLIENT, SECRET, NAME = "tavolo", "between-us", "Porta Romana"
FOR_AN_HOUR = 3600
SERENA = {"sub": "248289761001", "email": "serena@example.org", "email_verified": True, "name": "Serena Riva"}


@dataclass
class Issuer:
    """`says` are the claims about whoever enters; `refuses` is the error it answers with instead. It hands out a code
    for one redirect address and one PKCE challenge, and takes each code once."""

    origin: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    refuses: str = ""
    garbled: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """What an installation that trusts it is told."""
        return {"OIDC_ISSUER": self.origin, "OIDC_CLIENT_ID": CLIENT, "OIDC_SECRET": SECRET, "OIDC_NAME": NAME}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "userinfo_endpoint": f"{self.origin}/userinfo",
            "jwks_uri": f"{self.origin}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where it sends the browser: back, with a code or an error."""
        self.asked.append(query)
        code = f"code-{len(self.asked)}"
        self._codes[code] = query
        told = {"error": self.refuses} if self.refuses else {"code": code}
        return f"{query['redirect_uri']}?{urlencode({**told, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Tokens for a code; raises `KeyError` or `ValueError` for one that was not given like this."""
        began = self._codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        given = (form["client_id"], form["client_secret"], form["redirect_uri"], challenge.decode())
        if given != (CLIENT, SECRET, began["redirect_uri"], began["code_challenge"]):
            raise ValueError(given)
        claims = {**self.says, "iss": self.origin, "aud": CLIENT, "exp": int(time.time()) + FOR_AN_HOUR}
        return {"access_token": "opens-userinfo", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32)}


class Answers(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(dict(parse_qsl(parts.query))))
            self.end_headers()
        elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer opens-userinfo":
            self._json(self.issuer.says)
        elif parts.path == "/.well-known/openid-configuration":
            self._json("nothing of the kind" if self.issuer.garbled else self.issuer.discovery())
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            self._json(self.issuer.token({name: values[0] for name, values in parse_qs(body).items()}))
        except (KeyError, ValueError):
            self._json({"error": "invalid_grant"}, 400)

    def _json(self, answer: Any, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *parts: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Issuer]:
    """An issuer that answers until the block ends."""
    issuer = Issuer()
    handler = type("Bound", (Answers,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield issuer
        server.shutdown()


@contextmanager
def trusting_house(folder: Path) -> Iterator[tuple[Installation, Running, Issuer]]:
    """A real server that trusts an issuer of the test, with Serena as the only account and owner of a programme."""
    port = free_port()
    with processes(folder) as started, running() as issuer:
        at = Installation(folder, {"TAVOLO_ORIGIN": f"http://127.0.0.1:{port}", **issuer.settings})
        started.scene(at, "prepare")
        slug = at.rows("SELECT slug FROM workshops_programme")[0][0]
        started.finish(at, "-m", "django", "organiser", SERENA["email"], "--name", SERENA["name"], "--programme", slug)
        yield at, started.serve(at, port).until_it_answers(), issuer
