"""The settings refuse, in one sentence, what would lose something or could be guessed."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.processes import ROOT, Installation

EVERYTHING = {
    "SECRET_KEY": "Zq3vT8mWc5Rk1Lx9Hb7Nf2Jd6Pg4Sy0AeUiOtBnVhMsQwErDlKz",
    "TAVOLO_ORIGIN": "https://tavolo.example",
    "DATABASE_URL": "sqlite:////nowhere/tavolo.sqlite3",
}
MISSING = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    ({"TAVOLO_ORIGIN": ""}, "TAVOLO_ORIGIN is not set:"),
    ({"TAVOLO_ORIGIN": "tavolo.example"}, "TAVOLO_ORIGIN is not set:"),
    ({"DATABASE_URL": ""}, "DATABASE_URL is not set:"),
    ({"TAVOLO_WEB_PROCESSES": "2"}, "Several web processes need REDIS_URL:"),
    ({"OIDC_ISSUER": "https://id.example"}, "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_SECRET go together:"),
    ({"OIDC_NAME": "Our city"}, "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_SECRET go together:"),
    (
        {"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "x", "OIDC_SECRET": "y"},
        "OIDC_ISSUER is not an address that begins with https://",
    ),
    ({"MAIL_WEBHOOK_SECRET": "name:password"}, "MAIL_WEBHOOK_SECRET needs ANYMAIL_PROVIDER:"),
    (
        {"MAIL_WEBHOOK_SECRET": "password", "ANYMAIL_PROVIDER": "postmark"},
        "MAIL_WEBHOOK_SECRET is a name and a password with a colon:",
    ),
]
PRAGMAS = """
import json, django
django.setup()
from django.conf import settings
from django.db import connection
def ask(name):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]
print(json.dumps([ask("journal_mode"), ask("synchronous"), ask("foreign_keys"), connection.transaction_mode]))
"""
FULL = 2


def run(folder: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    at = Installation(folder, {"TAVOLO_DATA": str(folder), **environment}, bare=True)
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=at.environment, capture_output=True, text=True)


@pytest.mark.parametrize(("change", "sentence"), MISSING)
def test_a_real_installation_refuses_to_start_with_one_plain_sentence(tmp_path: Path, change: dict, sentence: str):
    refused = run(tmp_path, {**EVERYTHING, **change}, "manage.py", "check")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert refused.stderr.startswith(f"Tavolo cannot start. {sentence}")


def test_with_everything_set_it_passes_the_checks_for_deployment(tmp_path: Path):
    passed = run(tmp_path, EVERYTHING, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (passed.returncode, passed.stdout, passed.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_with_an_issuer_it_passes_them_too(tmp_path: Path):
    given = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "x", "OIDC_SECRET": "y"}
    passed = run(tmp_path, {**EVERYTHING, **given}, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (passed.returncode, passed.stdout, passed.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_a_provider_that_tells_of_bounces_gets_its_address(tmp_path: Path):
    given = {
        "ANYMAIL_PROVIDER": "postmark",
        "ANYMAIL": "POSTMARK_SERVER_TOKEN=x",
        "MAIL_WEBHOOK_SECRET": "name:password",
    }
    script = (
        "import django; django.setup(); from django.urls import reverse; "
        "print(reverse('anymail:postmark_tracking_webhook'))"
    )
    asked = run(tmp_path, {**EVERYTHING, **given, "DJANGO_SETTINGS_MODULE": "config.settings"}, "-c", script)
    assert (asked.stdout, asked.stderr) == ("/mail/postmark/tracking/\n", "")


def test_several_web_processes_start_with_redis(monkeypatch):
    given = {**EVERYTHING, "TAVOLO_WEB_PROCESSES": "2", "REDIS_URL": "redis://127.0.0.1:6379/"}
    read = settings_with(monkeypatch, given)
    assert (read["PUSH"], read["CELERY_BROKER_URL"], read["CACHES"]["default"]["LOCATION"]) == (
        "redis",
        "redis://127.0.0.1:6379/2",
        "redis://127.0.0.1:6379/1",
    )


@pytest.mark.parametrize("mode", ["", "demo"])
def test_sqlite_keeps_an_acknowledged_note_through_a_power_cut_and_never_finds_itself_locked(tmp_path: Path, mode: str):
    environment = {**EVERYTHING, "TAVOLO_MODE": mode, "DATABASE_URL": f"sqlite:///{tmp_path}/tavolo.sqlite3"}
    asked = run(tmp_path, {**environment, "DJANGO_SETTINGS_MODULE": "config.settings"}, "-c", PRAGMAS)
    assert asked.stderr == ""
    assert json.loads(asked.stdout) == ["wal", FULL, 1, "IMMEDIATE"]


def settings_with(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> dict:
    """The settings as a fresh process with this environment reads them."""
    for name in ("TAVOLO_MODE", "REDIS_URL", "TAVOLO_HOSTS", "TAVOLO_PROXIES", "S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "config" / "settings.py"))


def test_only_the_named_hosts_are_served_and_nothing_trusts_a_proxy_unasked(monkeypatch):
    read = settings_with(monkeypatch, {**EVERYTHING, "TAVOLO_HOSTS": "other.example"})
    assert (read["ALLOWED_HOSTS"], read["CSRF_TRUSTED_ORIGINS"]) == (
        ["tavolo.example", "other.example"],
        ["https://tavolo.example"],
    )
    assert (read["ALLAUTH_TRUSTED_PROXY_COUNT"], "SECURE_PROXY_SSL_HEADER" in read) == (0, False)


def test_a_task_is_done_or_given_back_and_never_lost_with_its_worker(monkeypatch):
    read = settings_with(monkeypatch, {**EVERYTHING, "REDIS_URL": "redis://127.0.0.1:6379"})
    names = ("ACKS_LATE", "REJECT_ON_WORKER_LOST", "TIME_LIMIT", "SERIALIZER")
    assert [read[f"CELERY_TASK_{name}"] for name in names] == [True, True, 300, "json"]
    assert (read["CELERY_WORKER_PREFETCH_MULTIPLIER"], read["CELERY_ACCEPT_CONTENT"]) == (1, ["json"])
    assert read["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > read["CELERY_TASK_TIME_LIMIT"]
    assert read["CELERY_BROKER_TRANSPORT_OPTIONS"]["unacked_restore_throttle"] == 1
