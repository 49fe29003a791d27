"""The large sample is as large as asked for, the same for the same seed, and consistent like written by tablets."""

import datetime as dt

import pytest
from django.db.models import F, Max

from config.sample.large import SLUG, TABLES, load_large
from config.sample.remove import remove
from feedback.models import Note, Op, RatingTally
from feedback.notes.rows import row
from participants.models import Registration, Seat
from workshops.models import Group, Workshop

NOW = dt.datetime(2026, 4, 11, 18, 7, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def texts() -> list[tuple[str, str, int]]:
    return list(Note.objects.order_by("group__order", "seq").values_list("group__name", "text", "dots"))


def test_it_holds_as_many_notes_people_and_tables_as_it_says():
    load_large(NOW, notes=130)
    workshop = Workshop.objects.get()
    assert (workshop.state, workshop.groups.count(), workshop.places) == ("live", TABLES, 500)
    assert (workshop.registrations.confirmed().count(), Note.objects.count()) == (500, 130)
    assert Seat.objects.count() == workshop.registrations.here().count()
    assert 450 < Registration.objects.here().count() < 500
    assert Seat.objects.exclude(group__workshop=F("registration__workshop")).count() == 0


def test_each_table_counts_its_ops_without_a_gap_and_the_last_one_shows_the_note():
    load_large(NOW, notes=130)
    for group in Group.objects.annotate(last=Max("notes__seq")):
        assert list(group.ops.order_by("seq").values_list("seq", flat=True)) == list(range(1, group.seq + 1))
        assert group.last == group.seq
    for note in Note.objects.all():
        ops = Op.objects.filter(note=note.pk).order_by("revision")
        assert [op.revision for op in ops] == list(range(1, note.revision + 1))
        assert ops.last().after == row(note)
        assert sum(op.body.get("add", 0) for op in ops) == note.dots


def test_the_same_seed_says_the_same_and_another_says_something_else():
    said = []
    for seed in (7, 7, 8):
        load_large(NOW, seed=seed, notes=60)
        said.append(texts())
        remove(SLUG)
    assert said[0] == said[1]
    assert said[0] != said[2]


def test_nothing_was_said_before_its_session_opened_or_after_now():
    load_large(NOW, notes=130)
    assert Note.objects.filter(created_at__lt=F("session__opened_at")).count() == 0
    assert Note.objects.filter(created_at__gt=NOW).count() == 0


def test_no_table_has_more_answers_than_people_could_give():
    load_large(NOW, notes=60)
    tallies = RatingTally.objects.values_list("group", "initiative", "people")
    totals: dict[tuple, int] = {}
    for group, initiative, people in tallies:
        totals[group, initiative] = totals.get((group, initiative), 0) + people
    assert (len(totals), set(totals.values())) == (TABLES * 3, {8})
