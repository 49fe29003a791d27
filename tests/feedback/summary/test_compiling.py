"""Compiling ends in exactly one complete draft, whatever is killed on the way."""

import json
import random
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Draft, Evidence, Finding, Note, Part
from feedback.summary import actions, compile, parts
from feedback.summary.material import documents_of, gather, section_of, source_digest
from feedback.summary.wording import template_title
from ledger import jobs
from ledger.history import SYSTEM
from ledger.models import Event, Job
from tests.factories import make_theme
from tests.feedback.summary.rooms import ALONE, BIKES, FRIDGE, compile_now, make_room, work_off
from workshops.actions.moving import MoveNotAllowed, NotReady
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
    monkeypatch.setattr(compile, "get_ready", lambda: None)


@pytest.fixture(params=[0, 200], ids=["one by one", "together"])
def together(request, settings):
    """Both sections of the room as jobs of their own, or taken by one worker at once; how many jobs that makes."""
    settings.COMPILE_TOGETHER = request.param
    return 1 if request.param else 2


@pytest.fixture
def one_by_one(settings):
    settings.COMPILE_TOGETHER = 0


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


def test_with_the_encoder_notes_in_two_languages_become_one_finding_and_claim_no_count(settings):
    settings.SEMANTIC = True
    room = make_room()
    texts = ["Cosa manca? Rastrelliere davanti alla scuola.", "What is missing? Bike racks in front of the school."]
    for table, (text, lang) in enumerate(zip(texts, ("it", "en"), strict=True)):
        note = room.note(text, table=table)
        Note.objects.filter(pk=note.pk).update(lang=lang)
    draft = compile_now(room.workshop)
    [finding] = draft.findings.filter(evidence__note__text=texts[0])
    assert set(texts) <= set(finding.evidence.values_list("note__text", flat=True))
    assert finding.tier == "related"


def test_a_summary_is_made_anew_when_meaning_begins_to_count(calm, settings):
    room = make_room()
    digests = [source_digest(documents_of(gather(room.workshop)), [])]
    settings.SEMANTIC = True
    documents = documents_of(gather(room.workshop))
    digests.append(source_digest(documents, []))
    assert len(set(digests)) == 2
    assert [document["settings"] for document in documents.values()] == [{"meaning": True}] * len(documents)


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


def rows_of(draft):
    """Everything in a draft that a person can place, write or order."""
    findings = draft.findings.order_by("pk").values_list(
        "pk", "theme", "tier", "title", "text", "quote", "hidden", "order"
    )
    placed = draft.placements.order_by("pk").values_list("note", "finding", "order", "origin")
    return [tuple(map(str, row)) for row in findings], [tuple(map(str, row)) for row in placed]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_people_placed_wrote_or_ordered_changes_when_late_notes_are_compiled(calm, seed):
    chance = random.Random(seed)
    room = make_room()
    for number in range(24):
        text = f"{chance.choice([*BIKES, *FRIDGE])} {chance.choice(['Rain', 'Dogs', 'Stairs', 'Bread'])} {number}"
        room.note(text, table=number % 2, theme=number % 2)
    draft = compile_now(room.workshop)
    for number in range(10):
        finding, other = chance.choices(list(draft.findings.all()), k=2)
        note = chance.choice(room.notes)
        here = list(Note.objects.filter(placements__finding=finding))
        match chance.choice(["place", "out", "merge", "split", "write", "up", "hide", "confirm"]):
            case "place":
                actions.place_note(draft, note, finding, by=SYSTEM)
            case "out":
                actions.place_note(draft, note, None, by=SYSTEM)
            case "merge" if other.pk != finding.pk and draft.findings.count() > 2:
                actions.merge(finding, other, by=SYSTEM)
            case "split" if len(here) > 2:
                actions.split(finding, here[:1], by=SYSTEM)
            case "write":
                actions.retitle(finding, title=f"Title {number}", text="", revision=finding.revision, by=SYSTEM)
            case "up":
                actions.reorder(finding, up=True, by=SYSTEM)
            case "hide":
                actions.hide(finding, why="Said in jest", by=SYSTEM)
            case "confirm":
                actions.confirm(finding, by=SYSTEM)
    findings, placed = rows_of(draft)
    late = {str(room.note(f"{text} Again.", theme=number % 2).pk) for number, text in enumerate((*BIKES, *FRIDGE))}
    compile_now(room.workshop)
    after_findings, after_placed = rows_of(draft)
    assert [row for row in after_findings if row in findings] == findings
    assert [row for row in after_placed if row[0] not in late] == placed
    assert {row[0] for row in after_placed if row not in placed} <= late


class Killed(BaseException):
    """Nobody catches it, as nobody catches a kill."""


@contextmanager
def killed_after(monkeypatch, module, step):
    """Whoever does this step dies right after it, once."""
    real = getattr(module, step)

    def dies(*args, **kwargs):
        real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, dies)
        yield


STEPS = [
    (compile, "gather", "compile"),
    (compile, "documents_of", "compile"),
    (parts, "_give_up", "compile"),
    (compile, "run_compiler", "compile_part"),
    (jobs, "wake", "compile_part"),
    (compile, "joined", "compile"),
    (compile, "write_draft", "compile"),
    (compile, "planned", "compile"),
    (compile, "content_hash", "compile"),
    (compile, "move_workshop", "compile"),
    (parts, "forget", "compile"),
]


@pytest.mark.parametrize(("module", "step", "kind"), STEPS)
def test_a_worker_killed_at_any_step_ends_in_one_complete_draft_with_the_same_hash(
    calm, monkeypatch, together, module, step, kind
):
    room = make_room()
    actions.ask_to_compile(room.workshop, by=SYSTEM)
    with killed_after(monkeypatch, module, step), pytest.raises(Killed):
        work_off()
    assert Draft.objects.count() == 0
    held = list(Job.objects.exclude(lease=None))
    sections_at_once = 3 - together if kind == "compile_part" else 1
    assert [each.kind for each in held] == [kind] * sections_at_once
    assert [jobs.run(each.pk) for each in held] == [False] * sections_at_once  # its lease still holds
    for each in held:
        lapse(each)
    work_off()
    undisturbed = room.draft.content_hash
    assert said(room.draft) == EVERYTHING
    assert (Part.objects.count(), Job.objects.unbuilt().count()) == (0, 0)
    Draft.objects.all().delete()
    compile_now(room.workshop)
    assert room.draft.content_hash == undisturbed


def test_a_late_first_worker_writes_nothing(calm, monkeypatch):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    for part in Job.objects.filter(kind="compile_part"):
        jobs.run(part.pk)
    keep = jobs.Claim.keep

    def overtaken(claim, **progress):
        keep(claim, **progress)
        if progress["step"] == "write":
            monkeypatch.setattr(jobs.Claim, "keep", keep)
            lapse(job)
            assert work_off() == ["compile"]

    monkeypatch.setattr(jobs.Claim, "keep", overtaken)
    assert jobs.run(job.pk) is False
    assert (Draft.objects.count(), Finding.objects.count()) == (1, 2)
    assert Event.objects.filter(verb="draft.compiled").count() == 1


def test_without_the_lease_the_late_worker_would_write_a_second_time(calm, monkeypatch):
    """The positive control: the test above can fail."""
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    for part in Job.objects.filter(kind="compile_part"):
        jobs.run(part.pk)
    heard, result = compile.gather(room.workshop), compile.joined(room.workshop)
    claim, _work = jobs._claim(job.pk)
    lapse(job)
    assert jobs.run(job.pk) is True
    Job.objects.filter(pk=job.pk).update(lease=claim.lease)  # as if nobody had taken over
    with claim.finishing():
        compile.write_draft(heard, "other notes", result)
    assert Event.objects.filter(verb="draft.compiled").count() == 2


def test_three_people_asking_at_once_are_one_run(calm, together):
    room = make_room()
    asked = {actions.ask_to_compile(room.workshop, by=SYSTEM).pk for _person in range(3)}
    assert len(asked) == 1
    assert work_off() == ["compile", *["compile_part"] * together, "compile"]
    job = Job.objects.get(kind="compile")
    assert (job.wanted, job.built, job.lease) == (3, 3, None)
    assert jobs.run(job.pk) is False
    assert Event.objects.filter(verb="draft.compiled").count() == 1


def test_somebody_asking_while_sections_are_compiled_does_not_begin_them_again(calm, one_by_one):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    jobs.run(Job.objects.filter(kind="compile_part").first().pk)
    actions.ask_to_compile(room.workshop, by=SYSTEM)
    assert sorted(work_off()) == ["compile", "compile_part"]
    assert Event.objects.filter(verb="draft.compiled").count() == 1


def test_progress_counts_sections_and_the_last_one_wakes_the_join(calm, one_by_one):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    assert jobs.run(job.pk)
    counts = {"step": "group", "notes": 7, "tables": 2, "sections": 2}
    seen = []
    for part in Job.objects.filter(kind="compile_part"):
        job.refresh_from_db()
        seen.append((job.progress, job.lease, job.not_before > timezone.now()))
        assert jobs.run(part.pk)
    assert seen == [({**counts, "done": done}, None, True) for done in (0, 1)]
    job.refresh_from_db()
    assert (job.progress, job.not_before <= timezone.now()) == ({**counts, "done": 2}, True)


def test_a_note_that_changes_meanwhile_has_its_section_compiled_again_and_no_other(calm):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    for part in Job.objects.filter(kind="compile_part"):
        jobs.run(part.pk)
    Note.objects.filter(pk=room.notes[0].pk).update(text="I take the bike to school every morning.")
    assert work_off() == ["compile", "compile_part", "compile"]
    assert said(room.draft)[0][2] == sorted(["I take the bike to school every morning.", *BIKES[1:]])


def test_a_section_that_breaks_the_compiler_is_named_and_the_rest_is_done(calm, monkeypatch):
    room = make_room()
    answer = compile.run_compiler

    def breaks(document, keep):
        if any("fridge" in note["text"] for note in document["notes"]):
            raise compile.CompilerFailed("the compiler was ended by SIGKILL")
        return answer(document, keep)

    monkeypatch.setattr(compile, "run_compiler", breaks)
    draft = compile_now(room.workshop)
    [problem] = draft.problems
    assert (problem["note"], problem["reason"]) == (None, "the compiler was ended by SIGKILL")
    assert problem["section"] == section_of(room.notes[3])
    assert said(draft) == [EVERYTHING[0], ("Food", "question", sorted([*FRIDGE, ALONE]))]


def test_sections_taken_at_once_have_so_many_notes_and_each_lot_wakes_one_worker(settings, monkeypatch):
    woken = []
    monkeypatch.setattr(jobs.wakeups, "job_asked", woken.append)
    settings.COMPILE_TOGETHER = 7
    room = make_room()
    for theme in (make_theme(room.workshop.programme, "Energy"), make_theme(room.workshop.programme, "Care")):
        room.themes.append(theme)
        room.note("The stairs are cold.", theme=len(room.themes) - 1)
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    woken.clear()
    jobs.run(job.pk)
    first, second, *others = Part.objects.largest_first()
    lots = [[part.notes for part in lot] for lot in parts.parcels([first, second, *others])]
    assert lots == [[4, 3], [1, 1]]
    heads = Job.objects.filter(subject_id__in=[str(first.pk), str(others[0].pk)])
    assert sorted(woken) == sorted(head.pk for head in heads)
    claim, _work = jobs._claim(Job.objects.get(subject_id=str(first.pk)).pk)
    assert [taken.part for taken in parts.take(claim)] == [first, second]
    assert set(Job.objects.filter(lease=claim.lease).values_list("subject_id", flat=True)) == {
        str(first.pk),
        str(second.pk),
    }


@pytest.mark.parametrize(("begun_before", "takes"), [((), 2), ((0,), 1), ((1,), 1)])
def test_a_section_that_was_begun_before_is_compiled_alone(calm, begun_before, takes):
    """What killed the worker may be one of those it had taken at once: it must not kill the next for all of them."""
    room = make_room()
    jobs.run(actions.ask_to_compile(room.workshop, by=SYSTEM).pk)
    largest_first = [str(part.pk) for part in Part.objects.largest_first()]
    for number in begun_before:
        Job.objects.filter(subject_id=largest_first[number]).update(attempts=1)
    claim, _work = jobs._claim(Job.objects.get(subject_id=largest_first[0]).pk)
    assert [str(taken.part.pk) for taken in parts.take(claim)] == largest_first[:takes]
    assert Job.objects.filter(lease=claim.lease).count() == takes


def test_of_sections_taken_at_once_one_that_went_to_another_worker_is_left_to_it(calm):
    room = make_room()
    jobs.run(actions.ask_to_compile(room.workshop, by=SYSTEM).pk)
    first, second = Part.objects.largest_first()
    claim, _work = jobs._claim(Job.objects.get(subject_id=str(first.pk)).pk)
    taken = parts.take(claim)
    made = [parts.Made(each, {"notes": []}, {"sections": [], "problems": []}) for each in taken]
    elsewhere = Job.objects.get(subject_id=str(second.pk))
    lapse(elsewhere)
    overtaking, _work = jobs._claim(elsewhere.pk)
    parts.done(made)
    assert list(Part.objects.largest_first().values_list("is_done", flat=True)) == [True, False]
    elsewhere.refresh_from_db()
    assert (elsewhere.lease, elsewhere.built) == (overtaking.lease, 0)
    with pytest.raises(jobs.LeaseLost):
        parts.done(made)


def test_a_failure_over_sections_taken_at_once_frees_the_others_to_be_tried_alone(calm, monkeypatch):
    def fails(*_taken):
        raise OSError("no space left on device")

    room = make_room()
    jobs.run(actions.ask_to_compile(room.workshop, by=SYSTEM).pk)
    first, second = (Job.objects.get(subject_id=str(part.pk)) for part in Part.objects.largest_first())
    with monkeypatch.context() as patch:
        patch.setattr(parts, "done", fails)
        assert jobs.run(first.pk) is False
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.error, first.lease, first.attempts) == ("OSError: no space left on device", None, 1)
    assert (second.error, second.lease, second.attempts) == ("", None, 1)
    assert [each.pk for each in Job.objects.due_at(timezone.now())] == [second.pk]


@pytest.mark.parametrize("sections", [1, 3])
def test_little_sections_cost_no_statements_of_their_own(calm, django_assert_num_queries, sections):
    room = make_room()
    Note.objects.all().delete()
    for number in range(sections):
        room.themes.append(make_theme(room.workshop.programme, f"Theme {number}"))
        room.note("The stairs are cold.", theme=len(room.themes) - 1)
    jobs.run(actions.ask_to_compile(room.workshop, by=SYSTEM).pk)
    head = Job.objects.get(subject_id=str(Part.objects.largest_first()[0].pk))
    taking_along = 2 if sections > 1 else 0
    with django_assert_num_queries(18 + taking_along + sections):  # here each gives one sign of life
        jobs.run(head.pk)
    assert list(Part.objects.values_list("is_done", flat=True)) == [True] * sections


def test_a_section_whose_job_fails_every_time_is_given_up_and_named(calm, monkeypatch):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    bad = Part.objects.order_by("-notes").first()
    Job.objects.filter(subject_id=str(bad.pk)).update(
        attempts=jobs.MOST_ATTEMPTS, error="OperationalError: disk", not_before=timezone.now() + timedelta(days=3650)
    )
    assert work_off() == ["compile_part"]
    lapse(job)
    assert work_off() == ["compile"]
    assert room.draft.problems == [{"section": bad.key, "note": None, "reason": "OperationalError: disk"}]


def test_a_worker_that_comes_back_to_a_section_nobody_wants_writes_nothing(calm, monkeypatch):
    room = make_room()
    job = actions.ask_to_compile(room.workshop, by=SYSTEM)
    jobs.run(job.pk)
    part = Job.objects.filter(kind="compile_part").first()
    claim, work = jobs._claim(part.pk)
    Part.objects.filter(pk=part.subject_id).delete()
    Job.objects.filter(pk=part.pk).delete()
    with pytest.raises(jobs.LeaseLost):
        work(claim)


def test_a_workshop_without_a_note_ends_in_an_empty_draft(calm):
    room = make_room()
    Note.objects.all().delete()
    actions.ask_to_compile(room.workshop, by=SYSTEM, force=True)
    assert work_off() == ["compile"]
    assert (room.draft.note_count, room.draft.findings.count()) == (0, 0)


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
