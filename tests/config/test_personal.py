"""Every field and every place says whether it is personal, whose, why and until when."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps

from feedback import readiness_actions
from feedback.summary import pdf
from ledger import journal, keeping
from ledger.keeping import Kept

DOCUMENT: Path = settings.ROOT / "docs" / "personal-data.md"


def test_every_field_of_every_model_is_declared_once() -> None:
    assert keeping.unregistered() == []


@isolate_apps("ledger")
def test_a_new_field_that_nobody_declared_is_found(monkeypatch: Any) -> None:
    class Diary(models.Model):
        secret = models.TextField()

        class Meta:
            app_label = "ledger"

        def __str__(self) -> str:
            return self.secret

    real = keeping.apps.get_models
    monkeypatch.setattr(keeping.apps, "get_models", lambda **options: [*real(**options), Diary])
    assert keeping.unregistered() == ["ledger.diary.id", "ledger.diary.secret"]


def test_a_field_declared_twice_and_one_that_does_not_exist_are_found(monkeypatch: Any) -> None:
    wrong = [Kept("ledger.job", ("kind",)), Kept("ledger.job", ("gone",))]
    monkeypatch.setattr(keeping, "_kept", [*keeping.kept(), *wrong])
    assert keeping.unregistered() == ["ledger.job.gone", "ledger.job.kind"]


def test_whatever_is_personal_says_whose_why_and_until_when() -> None:
    personal = [each for each in keeping.kept() if each.is_personal]
    assert len(personal) > 20
    unsaid = [
        each.store for each in personal if not (each.of in keeping.Whom and each.why and each.ground and each.until)
    ]
    assert unsaid == []


def test_what_is_found_for_a_person_is_shown_to_them_or_emptied_on_purpose() -> None:
    """A model with a way to the person is in their own data and goes with them, unless its line says otherwise."""
    of_people = {each.store for each in keeping.kept() if each.rows is not None and each.of == keeping.Whom.PARTICIPANT}
    shown = {each.store for each in keeping.kept() if each.told}
    assert of_people - shown == set()


def test_models_that_point_at_a_person_or_a_place_declare_the_way_to_them() -> None:
    from participants.models import Person, Registration

    pointing = {
        model._meta.label_lower
        for model in keeping.apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (Person, Registration)
    }
    with_a_way = {each.store for each in keeping.kept() if each.rows is not None}
    assert pointing >= {"participants.placelink", "participants.registration", "participants.seat"}
    assert pointing - with_a_way == set()


def test_every_folder_that_the_code_writes_into_is_declared() -> None:
    """Folders of the store are named by a constant or a function; each has its line."""
    declared = {each.store for each in keeping.kept() if each.is_file}
    written = {
        f"{readiness_actions.FOLDER}/",
        f"{journal.FOLDER}/",
        f"{pdf._folder('1').partition('/')[0]}/",
        f"{settings.MAIL_FOLDER.name}/",
    }
    assert written <= declared
    assert writers() == {
        "feedback/summary/pdf.py",
        "feedback/readiness_actions.py",
        "ledger/journal.py",
        "config/backup.py",
    }


def writers() -> set[str]:
    """Modules that write files: a new one has to be looked at here."""
    floors = ("config", "feedback", "participants", "workshops", "ledger")
    sources = [path for floor in floors for path in (settings.ROOT / floor).rglob("*.py")]
    return {str(path.relative_to(settings.ROOT)) for path in sources if "default_storage.save" in path.read_text()}


def test_the_document_shows_the_table_as_it_is() -> None:
    out = io.StringIO()
    call_command("personal-data", stdout=out)
    assert out.getvalue().strip() in DOCUMENT.read_text(encoding="utf-8")
