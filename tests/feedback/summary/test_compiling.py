"""Compiling ends in exactly one complete draft, whatever is killed on the way."""

import json
import sys
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Draft, Evidence, Finding
from feedback.summary import actions, compile
from feedback.summary.wording import template_title
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Event, Job
from tests.factories import make_theme
from tests.feedback.summary.rooms import ALONE, BIKES, FRIDGE, compile_now, make_room
from workshops.actions import MoveNotAllowed, NotReady
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db


def said(draft):
    """The draft in words: theme, tier and the texts of each finding, in order."""
    return [
        (str(finding.theme), finding.tier, sorted(evidence.note.text for evidence in finding.evidence.all()))
        for finding in draft.findings.order_by("order").prefetch_related("evidence__note")
    ]


EVERYTHING = [("Mobility", "related", sorted(BIKES)), ("Food", "related", sorted(FRIDGE))]


@pytest.fixture
def calm(monkeypatch):
    """The compiler's answer computed once in a process of its own, then given by hand, so that tests are quick."""
    kept = {}

    def answer(document, keep):
        key = compile.digest(document)
        if key not in kept:
            from feedback.compiler import compile_notes

            kept[key] = json.dumps(compile_notes(document))
        keep()
        return json.loads(kept[key])

    monkeypatch.setattr(compile, "run_compiler", answer)


def lapse(job):
    """The worker that holds the job is gone, and its lease has run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1), not_before=timezone.now())


def test_notes_become_findings_by_theme_in_a_process_of_its_own():
    room = make_room()
    draft = compile_now(room.workshop)
    assert said(draft) == EVERYTHING
    assert (draft.note_count, draft.version, draft.problems) == (7, 1, [])
    assert set(draft.placements.values_list("note__text", flat=True)) == {*BIKES, *FRIDGE}
    assert room.workshop.state == WorkshopState.CURATING
    moves = Event.objects.in_scope(room.workshop.pk).filter(verb__in=["workshop.moved", "draft.compiled"])
    assert [event.verb for event in moves] == ["workshop.moved", "draft.compiled", "workshop.moved"]


def test_three_answers_to_one_question_make_a_finding_though_their_words_differ(calm):
    room = make_room()
    answers = ["Grandmother knits blankets.", "Nobody knows the new tenants.", "Stairs are washed on Thursdays."]
    community = make_theme(room.workshop.programme, "Community", icon="house-heart", slot=4)
    room.themes.append(community)
    for table, text in enumerate(answers[:2]):
        room.note(text, table=table, theme=2)
    assert said(compile_now(room.workshop)) == EVERYTHING
    room.note(answers[2], theme=2, dots=3)
    draft = compile_now(room.workshop)
    assert said(draft) == [*EVERYTHING, ("Community", "question", sorted(answers))]
    finding = draft.findings.get(tier="question")
    assert (finding.asked, finding.quote.text) == ({"it": "Domanda 1?", "en": "Question 1?"}, answers[2])
    assert template_title(finding.tier, finding.words, str(finding.asked), 2, 2) == "2 of 2 tables on: Question 1?"


def test_a_note_alone_and_a_deleted_note_have_no_place(calm):
    room = make_room()
    gone = room.note("The bike to school was stolen.")
    type(gone).objects.filter(pk=gone.pk).update(deleted=True)
    draft = compile_now(room.workshop)
    assert not Evidence.objects.filter(note__text__in=[ALONE, gone.text]).exists()
    assert draft.note_count == 7


def test_the_same_notes_give_the_same_hash_in_other_rows(calm):
    room = make_room()
    first = compile_now(room.workshop)
    once, before = first.content_hash, set(first.findings.values_list("pk", flat=True))
    Draft.objects.update(source_digest="")
    compile_now(room.workshop)
    assert room.draft.content_hash == once
    assert before.isdisjoint(room.draft.findings.values_list("pk", flat=True))


def test_compiling_again_without_news_leaves_the_rows_alone(calm):
    room = make_room()
    before = list(compile_now(room.workshop).findings.values_list("pk", flat=True))
    compile_now(room.workshop)
    assert list(room.draft.findings.values_list("pk", flat=True)) == before


def test_until_somebody_curates_a_compile_replaces_the_findings(calm):
    room = make_room()
    compile_now(room.workshop)
    room.note("I lock the bike at the school gate.", table=1)
    compile_now(room.workshop)
    assert said(room.draft)[0][2] == sorted([*BIKES, "I lock the bike at the school gate."])


def test_after_somebody_curated_a_compile_only_places_what_came_later(calm):
    room = make_room()
    draft = compile_now(room.workshop)
    bikes, fridge = draft.findings.order_by("order")
    actions.retitle(fridge, title="The fridge is wanted.", text="", revision=fridge.revision, by=SYSTEM)
    actions.place_note(draft, room.notes[0], fridge, by=SYSTEM)
    actions.place_note(draft, room.notes[1], None, by=SYSTEM)
    before = list(draft.placements.order_by("pk").values_list("note", "finding", "order", "origin"))
    late = room.note("The market fridge smells when it is hot in August.", theme=1)
    compile_now(room.workshop)
    after = list(draft.placements.order_by("pk").values_list("note", "finding", "order", "origin"))
    assert after == [*before, (late.pk, fridge.pk, 4, "auto")]
    assert list(draft.findings.values_list("pk", flat=True).order_by("order")) == [bikes.pk, fridge.pk]


STEPS = ["gather", "document_of", "run_compiler", "write_draft", "planned", "content_hash", "move_workshop"]


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_ends_in_one_complete_draft_with_the_same_hash(calm, monkeypatch, step):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    real = getattr(compile, step)

    class Killed(BaseException):
        """Nobody catches it, as nobody catches a kill."""

    def dies(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(compile, step, dies)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    assert Draft.objects.count() == 0
    assert jobs.run(job.pk) is False  # its lease still holds
    lapse(job)
    assert jobs.run(job.pk) is True
    undisturbed = room.draft.content_hash
    assert said(room.draft) == EVERYTHING
    Draft.objects.all().delete()
    compile_now(room.workshop)
    assert room.draft.content_hash == undisturbed


def test_a_late_first_worker_writes_nothing(calm, monkeypatch):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    answer = compile.run_compiler

    def slow(document, keep):
        found = answer(document, lambda: None)
        monkeypatch.setattr(compile, "run_compiler", answer)
        lapse(job)
        assert jobs.run(job.pk) is True
        return found

    monkeypatch.setattr(compile, "run_compiler", slow)
    assert jobs.run(job.pk) is False
    assert (Draft.objects.count(), Finding.objects.count()) == (1, 2)
    assert Event.objects.filter(verb="draft.compiled").count() == 1


def test_without_the_lease_the_late_worker_would_write_a_second_time(calm, monkeypatch):
    """The positive control: the test above can fail."""
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    claim, work = jobs._claim(job.pk)
    lapse(job)
    assert jobs.run(job.pk) is True
    Job.objects.filter(pk=job.pk).update(lease=claim.lease)  # as if nobody had taken over
    work(claim)
    assert Event.objects.filter(verb="draft.compiled").count() == 2


def test_three_people_asking_at_once_are_one_run(calm):
    room = make_room()
    asked = {actions.ask_to_compile(room.workshop, by=SYSTEM).pk for _person in range(3)}
    assert [jobs.run(pk) for pk in asked] == [True]
    job = Job.objects.get(kind="compile")
    assert (job.wanted, job.built, job.lease) == (3, 3, None)
    assert jobs.run(job.pk) is False
    assert Event.objects.filter(verb="draft.compiled").count() == 1


def test_a_compiler_that_breaks_leaves_a_problem_and_no_draft(monkeypatch):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    monkeypatch.setattr(compile, "document_of", lambda heard: {"settings": {"related": "nonsense"}})
    assert jobs.run(job.pk) is False
    job.refresh_from_db()
    assert job.error.startswith("CompilerFailed: the compiler ended with 2")
    assert (job.attempts, job.lease, Draft.objects.count()) == (1, None, 0)


def test_the_lease_is_kept_while_the_compiler_works_and_a_lost_one_ends_it(monkeypatch):
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    real = compile.subprocess.Popen
    started = []

    def popen(command, **kwargs):
        started.append(real(sleeper, **kwargs))
        return started[0]

    monkeypatch.setattr(compile, "KEEP_EVERY", 0.05)
    monkeypatch.setattr(compile.subprocess, "Popen", popen)
    kept = []

    def keep():
        kept.append(1)
        if len(kept) == 3:
            raise jobs.LeaseLost(uuid.uuid4())

    with pytest.raises(jobs.LeaseLost):
        compile.run_compiler({"notes": []}, keep)
    assert len(kept) == 3
    assert started[0].poll() is not None


def test_tables_that_are_still_writing_come_first():
    room = make_room(session_state=SessionState.OPEN)
    with pytest.raises(NotReady) as refusal:
        actions.ask_to_compile(room.workshop, by=SYSTEM)
    assert len(refusal.value.reasons) == 1
    assert Job.objects.filter(kind="compile").count() == 0
    actions.ask_to_compile(room.workshop, by=SYSTEM, force=True)
    room.workshop.refresh_from_db()
    assert room.workshop.state == WorkshopState.COMPILING


def test_nothing_is_compiled_before_the_evening():
    room = make_room(state=WorkshopState.ANNOUNCED)
    with pytest.raises(MoveNotAllowed):
        actions.ask_to_compile(room.workshop, by=SYSTEM)
    assert Job.objects.filter(kind="compile").count() == 0
