"""Broken twins: each has one fault that the chaos must find. A test that cannot fail is worse than none.

`python -m benchmarks.chaos.controls NAME PORT` serves the server's twins. The product has no switch for any of this.
"""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT

NOTEPAD = ROOT / "static" / "js" / "notepad"
SENT_ANSWERS = "export function readPushAnswer(answer, ops) {"
NOTICING = "async function noticeRestore(tx, epoch, isBehind = false) {"
ANY_2XX = """
export function readPushAnswer(answer, ops) {
  const verdict = strictly(answer, ops)
  if (answer.status < 200 || answer.status > 299) return verdict
  return verdict.kind === 'acks' ? verdict
    : { kind: 'acks', epoch: '', acks: ops.map(({ op }) => ({ op, status: 'held', sentence: '', note: null })) }
}
"""
FORGOTTEN = 10
"""One request in so many is answered by the twin that answers before it commits, and then lost."""


def last_writer_wins() -> None:
    """A text changed on both sides is overwritten."""
    from feedback.notes import actions

    actions.merge_field = lambda name, here, seen, wanted: "keep" if wanted == here else "take"


def no_dedupe() -> None:
    """An op id is no promise: an op that comes again is applied again."""
    from feedback.notes import actions
    from feedback.notes.desk import Desk

    desk_of, stored = Desk.of, actions._stored

    def forgetful(*asked: Any, **named: Any) -> Desk:
        desk = desk_of(*asked, **named)
        desk.ops.clear()
        return desk

    Desk.of = forgetful  # type: ignore[method-assign,assignment]
    actions._stored = lambda desk, op, *asked, **named: stored(desk, {**op, "op": uuid.uuid4()}, *asked, **named)


def ack_before_commit() -> None:
    """The acks are made, and sometimes the transaction behind them never ends."""
    from itertools import count

    from django.db import transaction

    from feedback.api import views

    apply_ops, requests = views.apply_ops, count(1)

    def answer_first(*asked: Any, **named: Any) -> Any:
        with transaction.atomic():
            acks = apply_ops(*asked, **named)
            transaction.set_rollback(next(requests) % FORGOTTEN == 0)
            return acks

    views.apply_ops = answer_first


SERVERS = {twin.__name__: twin for twin in (last_writer_wins, no_dedupe, ack_before_commit)}
TABLETS = {
    "emptied_on_any_2xx": ("answers.js", SENT_ANSWERS, "function strictly(answer, ops) {", ANY_2XX),
    "restore_unnoticed": ("sync.js", NOTICING, f"{NOTICING}\n  return false", ""),
}
"""What a tablet's twin is made of: the script, what is taken out, what comes instead and at the end."""
CONTROLS = (*SERVERS, *TABLETS)


def code_of_devices(control: str | None, folder: Path) -> Path:
    """The scripts a tablet runs: the shipped ones, or a copy in which one thing is broken."""
    if control not in TABLETS:
        return NOTEPAD
    name, sound, broken, more = TABLETS[control]
    copy = folder / control / "notepad"
    shutil.copytree(NOTEPAD.parent, copy.parent)
    script = (copy / name).read_text(encoding="utf-8")
    if sound not in script:
        raise ValueError(f"{name} has changed: the control no longer knows what to break")
    (copy / name).write_text(script.replace(sound, broken) + more, encoding="utf-8")
    return copy


def command_of_server(control: str | None, port: int) -> list[str]:
    """What serves: `manage.py serve`, or the same with one thing broken."""
    if control in SERVERS:
        return [sys.executable, "-m", "benchmarks.chaos.controls", control, str(port)]
    return [sys.executable, "manage.py", "serve", "--port", str(port)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    SERVERS[sys.argv[1]]()
    call_command("serve", port=int(sys.argv[2]))
