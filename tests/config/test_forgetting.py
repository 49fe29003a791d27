"""G24: somebody who is forgotten is nowhere any more, and was everywhere before."""

from __future__ import annotations

import io
import json
import shutil
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import serializers
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.models import Draft, Evidence, Finding, Message, Note, Outcome, Redaction
from feedback.notes.rows import changes
from feedback.summary.publish import publish
from ledger import jobs, journal, outbox
from ledger.history import SYSTEM, Actor
from ledger.ids import digest
from ledger.models import ActorKind, Erasure, Job, Mail
from participants.actions import forget
from participants.actions.links import new_link
from participants.actions.seats import add_rule, seat, seat_all
from participants.models import (
    Arrival,
    Invitation,
    InvitationLink,
    Letter,
    Override,
    Person,
    Registration,
    Seat,
    User,
)
from participants.users import let_in
from tests.factories import (
    make_group,
    make_note,
    make_organiser,
    make_registration,
    make_session,
    make_theme,
    make_workshop,
)
from workshops.models import TeamSeat
from workshops.states import SessionState, TeamRole, WorkshopState

NAME, ADDRESS = "Zaïra Bramantini-Quilleri", "zaira.canarina@posta.example"
NEEDS, NEEDS_AGAIN = "CANARY ramp for a wheelchair", "CANARY no stairs please"
OTHER = "Otello Restante"


def spellings(canary: str) -> list[bytes]:
    """How a text may stand in a file: as UTF-8, and with JSON's escapes."""
    return [canary.encode(), json.dumps(canary)[1:-1].encode()]


def hits(content: bytes, canaries: dict[str, str]) -> set[str]:
    """Names of the canaries that a store holds."""
    lowered = content.lower()
    return {name for name, text in canaries.items() if any(each.lower() in lowered for each in spellings(text))}


def redis_content() -> bytes:
    """Keys and values of all databases of the Redis that this run uses."""
    if not settings.REDIS_URL:
        return b""
    import redis

    found = []
    for number in range(16):
        server = redis.Redis.from_url(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}").geturl())
        for key in server.scan_iter(f"*{settings.REDIS_PREFIX}*"):
            found.append(key)
            if server.type(key) == b"string":
                found.append(server.get(key) or b"")
            elif server.type(key) == b"list":
                found += server.lrange(key, 0, -1)
    return b"\n".join(found)


def dump() -> bytes:
    """Every row of every table as text, and what sessions say inside."""
    rows = [row for model in _models() for row in model._default_manager.all()]
    said = [SessionStore(session_key=row.session_key).load() for row in _sessions()]
    return (serializers.serialize("json", rows, ensure_ascii=False) + json.dumps(said, ensure_ascii=False)).encode()


def tables(canaries: dict[str, str]) -> set[str]:
    """Models of which a row holds a canary."""
    rows = [row for model in _models() for row in model._default_manager.all()]
    told = json.loads(serializers.serialize("json", rows))
    return {row["model"] for row in told if hits(json.dumps(row, ensure_ascii=False).encode(), canaries)}


def _models() -> list[Any]:
    from django.apps import apps

    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _sessions() -> Any:
    from django.contrib.sessions.models import Session

    return Session.objects.all()


def files() -> dict[str, bytes]:
    """Everything in the data folder but the database."""
    found = [path for path in Path(settings.DATA).rglob("*") if path.is_file() and ".sqlite3" not in path.name]
    return {str(path.relative_to(settings.DATA)): path.name.encode() + path.read_bytes() for path in found}


def database_files() -> dict[str, bytes]:
    """The raw bytes of SQLite's files."""
    if connection.vendor != "sqlite":
        return {}
    name = str(connection.settings_dict["NAME"])
    return {end: Path(name + end).read_bytes() for end in ("", "-wal") if Path(name + end).exists()}


class Evening:
    """A published workshop and one to come, with somebody who left traces everywhere."""

    def __init__(self) -> None:
        self.past = make_workshop(state=WorkshopState.ANNOUNCED, opens_at=None)
        self.coming = make_workshop(self.past.programme, places=1)
        self.organiser = make_organiser(self.past.programme)
        details = {"needs": NEEDS, "theme": make_theme(self.past.programme)}
        self.place = make_registration(self.past, NAME, ADDRESS, **details)
        self.person = self.place.person
        self.turn = make_registration(self.coming, NAME, ADDRESS, needs=NEEDS_AGAIN)
        self.other = make_registration(self.past, OTHER, "otello@posta.example")
        self.next = make_registration(self.coming, OTHER, "otello@posta.example")
        self.sit_down()
        self.write_notes()
        self.publish()
        self.send_mails()
        self.account = let_in(ADDRESS, NAME)[0]
        self.sessions()
        self.fail()
        self.invite_and_write()

    def sit_down(self) -> None:
        by = Actor(ActorKind.USER, str(self.organiser.pk))
        self.table = make_group(self.past)
        seat(self.place, self.table, by=by)
        add_rule(self.past, self.place, self.other, kind="apart", by=by)
        seats = {str(self.place.pk): str(self.table.pk)}
        seat_all(self.past, seats, by=by)
        Seat.objects.update(kept=False)
        seat_all(self.past, seats, by=by)

    def invite_and_write(self) -> None:
        later = make_workshop(self.past.programme)
        asked = {"workshop": later, "name": NAME, "email": ADDRESS, "language": "en"}
        self.invitation = Invitation.objects.create(**asked)
        InvitationLink.objects.create(invitation=self.invitation, digest="d" * 64, expires_at=later.ends_at)
        Mail.objects.create(kind="invitation", key="asked", recipient_id=str(self.invitation.pk), subject_id="1")
        Letter.objects.create(workshop=self.past, to="all", subject={"en": NAME}, text={"en": f"{NAME} left a hat"})
        Override.objects.create(registration=self.place, actor_kind="user", reason=f"{NAME} needs it")
        told = {"workshop": self.past, "actor_kind": "user", "do": "here"}
        Arrival.objects.create(id=uuid.uuid4(), state="stored", registration=self.place, reason=NEEDS, **told)
        Arrival.objects.create(id=uuid.uuid4(), state="held", body={"name": NAME, "do": "walk_in"}, **told)

    def fail(self) -> None:
        Job.objects.create(kind="compile", subject_id="1", error=f"ValueError: {NAME} is not a number")

    def write_notes(self) -> None:
        self.session = make_session(self.past, state=SessionState.OPEN)
        self.note = make_note(self.table, self.session, f"{NAME} parks on Sunday, write to {ADDRESS}")
        self.plain = make_note(self.table, self.session, "The tram is late.")
        Note.objects.filter(pk=self.note.pk).update(variants=[{"text": f"{NAME.upper()} said", "by": "Ilaria"}])
        Redaction.objects.create(note=self.note, words=NAME, replacement="a neighbour")
        Message.objects.create(workshop=self.past, text=f"{NAME} is at the door")

    def publish(self) -> None:
        type(self.past).objects.filter(pk=self.past.pk).update(state=WorkshopState.CURATING)
        draft = Draft.objects.create(workshop=self.past, headline={"en": f"What {NAME} told us", "it": "Detto"})
        finding = Finding.objects.create(draft=draft, title={"en": f"{NAME} wants shade"}, text={"en": "Shade"})
        Evidence.objects.create(draft=draft, finding=finding, note=self.note)
        self.outcome = publish(draft, by=SYSTEM, names_are_fine=True, few_are_fine=True)
        default_storage.save(f"outcomes/{self.past.pk}/en-1.pdf", ContentFile(f"a PDF with {NAME}".encode()))

    def send_mails(self) -> None:
        if connection.vendor == "sqlite":  # so that both the file and the one beside it hold what was written
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        outbox.send(Mail.objects.get(kind="place_taken", subject_id=str(self.place.pk)).pk)

    def sessions(self) -> None:
        self.token = new_link(self.place)
        self.browser = Client()
        self.browser.force_login(self.account)
        session = SessionStore()
        session["_messages"] = f"{NAME} is off the list."
        session["kept"] = "something else"
        session.save()
        self.session_of_organiser = session.session_key

    def canaries(self) -> dict[str, str]:
        """Twelve things that lead to this person and to nobody else."""
        return {
            "name": NAME,
            "family name": NAME.split()[1],
            "address": ADDRESS,
            "before the at": ADDRESS.partition("@")[0],
            "needs": NEEDS,
            "needs again": NEEDS_AGAIN,
            "place": str(self.place.pk),
            "turn": str(self.turn.pk),
            "code at the door": self.place.spoken_code,
            "digest of a link": digest(self.token),
            "session": self.browser.cookies[settings.SESSION_COOKIE_NAME].value,
            "account": str(self.account.pk),
        }

    def stores(self) -> dict[str, set[str]]:
        """Where which canary is found; nothing for a clean store."""
        page = Client().get(reverse("said", args=[self.past.slug])).content
        content = {"dump": dump(), "page": page, "redis": redis_content()}
        content |= {f"database{end}": raw for end, raw in database_files().items()}
        for name, raw in files().items():
            content[name.partition("/")[0]] = content.get(name.partition("/")[0], b"") + raw
        found = {store: hits(raw, self.canaries()) for store, raw in content.items()}
        return {store: names for store, names in found.items() if names}


@pytest.fixture
def mail_goes_to_the_folder(settings: Any) -> None:
    settings.EMAIL_BACKEND = "config.mailfolder.EmailBackend"


@pytest.fixture
def evening(mail_goes_to_the_folder: None, transactional_db: None) -> Evening:
    for folder in ("media", "mail"):  # what tests before have left there
        shutil.rmtree(Path(settings.DATA) / folder, ignore_errors=True)
    return Evening()


def finish() -> None:
    """Do the jobs that an erasure leaves behind."""
    for job in list(Job.objects.due_at(timezone.now()).exclude(kind="tell_published")):
        assert jobs.run(job.pk), job.error


def test_whoever_is_forgotten_was_everywhere_and_is_nowhere(evening: Evening) -> None:
    before = evening.stores()
    assert set(before) >= {"dump", "page", "mail", "media"}
    if connection.vendor == "sqlite":
        assert set(before) >= {"database", "database-wal"}
    assert set().union(*before.values()) == set(evening.canaries())
    assert tables(evening.canaries()) >= {
        "participants.person", "participants.registration", "participants.placelink", "participants.user",
        "account.emailaddress", "feedback.note", "feedback.op", "feedback.redaction", "feedback.message",
        "feedback.draft", "feedback.finding", "feedback.outcome", "ledger.mail", "ledger.event", "ledger.job",
        "participants.invitation", "participants.letter", "participants.override", "participants.arrival",
    }  # fmt: skip
    canaries = evening.canaries()

    forget.erase_person(evening.person, by=SYSTEM)
    finish()
    assert evening.stores() == {}
    assert (len(canaries), tables(canaries)) == (12, set())


def test_what_was_said_stays_and_a_published_outcome_gets_a_next_version(evening: Evening) -> None:
    forget.erase_person(evening.person, by=SYSTEM)
    finish()
    evening.note.refresh_from_db()
    assert evening.note.text == "[…] parks on Sunday, write to […]"
    assert [note.text for note in Note.objects.filter(pk=evening.plain.pk)] == ["The tram is late."]
    versions = list(Outcome.objects.order_by("version").values_list("version", "headline", "withdrawn_at"))
    assert [(version, words["en"], gone is None) for version, words, gone in versions] == [
        (1, "What […] told us", False),
        (2, "What […] told us", True),
    ]
    page = Client().get(reverse("said", args=[evening.past.slug])).content.decode()
    assert "[…] wants shade" in page


def test_tablets_and_streams_read_a_changed_note_again(evening: Evening) -> None:
    seq = type(evening.table).objects.get(pk=evening.table.pk).seq
    forget.erase_person(evening.person, by=SYSTEM)
    assert [row["text"] for row in changes(evening.table.pk, seq)["notes"]] == ["[…] parks on Sunday, write to […]"]


def test_names_of_one_word_and_of_others_are_left_alone(evening: Evening) -> None:
    note = make_note(evening.table, evening.session, "Zaïra and Zaïra Bramantini-Quilleriana met Bramantini-Quilleri")
    forget.erase_person(evening.person, by=SYSTEM)
    note.refresh_from_db()
    assert note.text == "Zaïra and Zaïra Bramantini-Quilleriana met Bramantini-Quilleri"


def test_a_workshop_of_another_programme_keeps_its_words(evening: Evening) -> None:
    other = make_workshop(state=WorkshopState.LIVE)
    note = make_note(make_group(other), make_session(other, state=SessionState.OPEN), f"{NAME} of another town")
    forget.erase_person(evening.person, by=SYSTEM)
    note.refresh_from_db()
    assert note.text == f"{NAME} of another town"


def test_others_keep_all_of_theirs(evening: Evening) -> None:
    def theirs() -> list[Any]:
        rows = [evening.other.person, evening.other, *Mail.objects.filter(recipient_id=str(evening.other.person_id))]
        return [(type(row), row.pk) for row in rows if type(row)._default_manager.filter(pk=row.pk).exists()]

    before = theirs()
    assert len(before) > 3
    forget.erase_person(evening.person, by=SYSTEM)
    assert [entry for entry in theirs() if entry in before] == before


def test_an_account_with_a_role_stays_and_one_that_serves_another_person_too(evening: Evening) -> None:
    elsewhere = make_registration(make_workshop(), NAME, ADDRESS)
    forget.erase_person(evening.person, by=SYSTEM)
    assert User.objects.filter(pk=evening.account.pk).exists()
    TeamSeat.objects.create(programme=elsewhere.workshop.programme, user=evening.account, role=TeamRole.HELPER)
    forget.erase_person(elsewhere.person, by=SYSTEM)
    assert User.objects.filter(pk=evening.account.pk).exists()
    with pytest.raises(forget.StillInATeam):
        forget.erase_account(evening.account, by=SYSTEM)


def test_a_second_press_finds_nobody(evening: Evening) -> None:
    forget.erase_person(evening.person, by=SYSTEM)
    with pytest.raises(Person.DoesNotExist):
        forget.erase_person(evening.person, by=SYSTEM)
    assert Erasure.objects.count() == 1


def test_what_fails_on_the_way_leaves_everybody_where_they_were(evening: Evening, monkeypatch: Any) -> None:
    monkeypatch.setattr(forget, "_receipt", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        forget.erase_person(evening.person, by=SYSTEM)
    assert Person.objects.filter(pk=evening.person.pk).exists()
    assert Registration.objects.get(pk=evening.next.pk).is_waiting
    assert Note.objects.get(pk=evening.note.pk).text.startswith(NAME)


def test_the_command_prints_receipts_and_finishes_the_work(evening: Evening) -> None:
    key, out = str(evening.person.pk), io.StringIO()
    call_command("erase", ADDRESS.upper(), stdout=out)
    [receipt] = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (receipt["key"], receipt["counts"]["participants.person"]) == (key, 1)
    assert hits(out.getvalue().encode(), evening.canaries()) == set()
    assert evening.stores() == {}
    assert ("person", evening.person.pk) in journal.read()
    for unknown in (ADDRESS, key, "nobody", str(uuid.uuid4())):
        with pytest.raises(CommandError, match="Nobody is known"):
            call_command("erase", unknown)


def test_the_command_forgets_people_who_were_only_asked(evening: Evening) -> None:
    asked = Invitation.objects.create(workshop=evening.coming, name="Dora Chiesta", email="dora@posta.example")
    out = io.StringIO()
    call_command("erase", "dora@posta.example", stdout=out)
    assert json.loads(out.getvalue())["counts"] == {"participants.invitation": 1, "ledger.event": 1}
    assert not Invitation.objects.filter(pk=asked.pk).exists()
    assert Invitation.objects.filter(pk=evening.invitation.pk).exists()
    assert ("invited", asked.pk) in journal.read()
    Invitation.objects.create(pk=asked.pk, workshop=evening.coming, name="Dora Chiesta", email="dora@posta.example")
    assert forget.forget_again("invited", asked.pk, by=SYSTEM) is True
    assert not Invitation.objects.filter(pk=asked.pk).exists()


def test_the_command_exports_what_the_page_shows(evening: Evening) -> None:
    out = io.StringIO()
    call_command("export-person", ADDRESS, stdout=out)
    [told] = json.loads(out.getvalue())
    assert [row["needs"] for row in told["data"]["participants.registration"]["rows"]] == [NEEDS, NEEDS_AGAIN]
    assert [row["email"] for row in told["data"]["participants.user"]["rows"]] == [ADDRESS]
    assert OTHER not in out.getvalue()
    with pytest.raises(CommandError, match="Nobody is known"):
        call_command("export-person", "nobody@posta.example")
