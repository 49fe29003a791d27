"""`manage.py serve`: how a node starts, refuses and stops."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from tests.config.processes import Installation, Processes, Tablet, free_port, is_running, until
from tests.config.test_crash import compiling
from tests.config.test_settings import EVERYTHING, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("processes")]

LONGEST_STOP = 8.0
HTTPS = {"TAVOLO_ORIGIN": "https://tavolo.example", "TAVOLO_PROXIES": "1", "TAVOLO_HOSTS": "127.0.0.1"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_and_its_compiler_with_a_stream_open(started: Processes, installation, how: int):
    at, scene = installation()
    server = started.serve(at).until_it_answers()
    tablet = Tablet(server.origin, scene["codes"][0])
    with tablet.stream():
        started.scene(at, "ask", scene["workshop"])
        until(lambda: compiling(at, server), "the compiler", every=0.002)
        children = server.children()
        took = server.stop(how, LONGEST_STOP)
    until(lambda: not any(map(is_running, children)), "the end of the compiler", 5)
    assert took < LONGEST_STOP
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.origin, trust_env=False)


def test_behind_https_cookies_belong_to_this_host_alone_and_plain_http_is_sent_on(started: Processes, installation):
    at, _scene = installation(**HTTPS)
    server = started.serve(at).until_it_answers()
    with httpx.Client(base_url=server.origin, headers={"Host": "tavolo.example"}, trust_env=False) as browser:
        plain = browser.get("/table/")
        assert (plain.status_code, plain.headers["Location"]) == (301, "https://tavolo.example/table/")
        over_tls = {"X-Forwarded-Proto": "https"}
        joined = browser.post("/table/", data={"code": "1"}, headers=over_tls)
        assert joined.status_code == 403
        page = browser.get("/table/", headers=over_tls)
        cookies = page.headers.get_list("Set-Cookie")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-csrf"]
    attributes = {part.strip().partition("=")[0] for part in cookies[0].split(";")[1:]}
    assert {"Secure", "Path", "SameSite"} <= attributes
    assert "Domain" not in attributes


def test_a_taken_port_is_said_and_the_command_fails(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run(tmp_path, {**EVERYTHING, **django(tmp_path)}, "-m", "django", "serve", "--port", str(port))
    assert (refused.returncode, refused.stderr) == (1, f"CommandError: Port {port} is taken.\n")


def django(folder: Path) -> dict[str, str]:
    environment = Installation(folder).environment
    return {name: environment[name] for name in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "DATABASE_URL")}


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_port_out_of_range_is_refused(command: str, port: int):
    with pytest.raises(CommandError, match=r"^A port is a number from 1 to 65535\.$"):
        call_command(command, port=port)


@pytest.mark.parametrize(("taken", "advice"), [(8000, 8001), (65535, 65534)])
def test_the_demo_advises_a_port_that_exists(monkeypatch, taken: int, advice: int):
    from config import server

    def is_taken(host: str, port: int) -> None:
        raise server.PortTaken(port)

    monkeypatch.setattr(server, "check_port", is_taken)
    with pytest.raises(CommandError, match=rf"^Port {taken} is taken\. Try: python3 manage\.py demo --port {advice}$"):
        call_command("demo", port=taken)


def test_an_empty_database_is_alive_but_not_ready(started: Processes, tmp_path: Path):
    server = started.serve(Installation(tmp_path), free_port()).until_it_answers()
    ready = httpx.get(f"{server.origin}/readyz", trust_env=False)
    assert (ready.status_code, ready.json()) == (
        503,
        {"database": True, "migrations": False, "push": "memory", "cache": True},
    )
