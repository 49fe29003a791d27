"""The sample programme stands as its file tells, and its times stand around now."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone

from config.sample import live
from config.sample.load import SLUG, load, story
from config.sample.remove import remove
from feedback.models import Finding, Note, Op, Outcome, RatingTally, Redaction
from feedback.notes.confirmations import heard_in
from ledger.models import Event, Job, Mail
from participants.models import Device, Person, Registration, SeatingRule, User
from workshops.models import Group, Programme, Session, Workshop

NOW = dt.datetime(2026, 4, 11, 18, 7, 41, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def django_db_setup(django_db_setup, django_db_blocker):
    """The sample is loaded once for this file: reading it changes nothing."""
    with django_db_blocker.unblock():
        with time_machine.travel(NOW):
            load(NOW)
        yield
        remove(SLUG)
        User.objects.filter(email__endswith="@tavolo.example").delete()


pytestmark = pytest.mark.django_db


def workshop(number: int) -> Workshop:
    return Workshop.objects.get(number=number)


def states(number: int) -> list[str]:
    return list(workshop(number).sessions.values_list("state", flat=True))


def test_no_table_falls_silent_while_notes_of_the_sample_arrive():
    later = NOW + dt.timedelta(minutes=10)
    with time_machine.travel(later, tick=False):
        live.tablets_are_there(Session.objects.get(state="open"))
    seen = Device.objects.filter(group__workshop__state="live").values_list("seen_at", flat=True)
    assert set(seen) == {later}


def test_four_workshops_stand_at_four_points_of_their_lives():
    rows = Workshop.objects.order_by("number").values_list("slug", "state", "starts_at")
    assert list(rows) == [
        ("mappa-delle-abitudini", "published", dt.datetime(2026, 3, 7, 17, 0, tzinfo=dt.UTC)),
        ("abitudini-e-iniziative", "live", dt.datetime(2026, 4, 11, 16, 5, tzinfo=dt.UTC)),
        ("dalle-iniziative-ai-servizi", "announced", dt.datetime(2026, 5, 16, 16, 0, tzinfo=dt.UTC)),
        ("la-prova", "announced", dt.datetime(2026, 6, 20, 16, 0, tzinfo=dt.UTC)),
    ]


def test_sign_up_is_open_for_the_third_workshop_and_opens_in_three_weeks_for_the_fourth():
    assert [workshop(n).takes_registrations_at(NOW) for n in (1, 2, 3, 4)] == [False, False, True, False]
    assert workshop(4).opens_at - NOW > dt.timedelta(days=20)
    assert workshop(4).takes_registrations_at(NOW + dt.timedelta(days=21)) is True


def test_places_are_taken_and_people_wait():
    counts = [
        (w.places, *(getattr(w.registrations, standing)().count() for standing in ("confirmed", "waiting", "here")))
        for w in Workshop.objects.order_by("number")
    ]
    assert counts == [(18, 16, 0, 16), (18, 18, 2, 16), (18, 17, 2, 0), (18, 0, 0, 0)]
    assert [r.position() for r in workshop(3).registrations.waiting()] == [1, 2]
    assert [r.person.name for r in workshop(3).registrations.offered()] == ["Vera Shehu"]
    assert [(str(a), a.places, a.registrations.holding().count()) for a in workshop(3).audiences.all()] == [
        ("Residents", 12, 12),
        ("Workers", 4, 6),
    ]


def test_twenty_three_minutes_are_left_of_the_session_at_the_tables():
    [session] = Session.objects.open()
    assert (session.workshop.number, session.rates, session.ends_at - NOW) == (2, True, dt.timedelta(minutes=23))
    assert states(2) == ["closed", "closed", "closed", "closed", "open", "planned", "planned"]
    assert str(session.asked.text) in {str(prompt.text) for prompt in session.prompts.all()}


def test_a_past_evening_has_every_session_closed_and_a_coming_one_none_open():
    assert (set(states(1)), set(states(3))) == ({"closed"}, {"planned"})
    last = workshop(1).sessions.last()
    assert last.closed_at == workshop(1).ends_at


def test_tables_have_codes_that_hold_only_around_their_evening():
    assert Group.objects.filter(workshop__number=2, code_until__gt=NOW, code__isnull=False).count() == 4
    assert Group.objects.filter(workshop__number=1, code_until__gt=NOW).count() == 0
    assert Device.objects.working_at(NOW).count() == 8


def test_everybody_who_came_sits_where_the_file_says():
    sitting = {
        group.name: {seat.registration.person.name for seat in group.seats.with_people()}
        for group in Group.objects.filter(workshop__number=2)
    }
    names = {person["key"]: person["name"] for person in story()["people"]}
    seats = story()["seats"]["habits-ratings"]
    assert sitting == {table: {names[who] for who in keys} for table, keys in seats.items()}
    assert SeatingRule.objects.filter(one__workshop__number=2, kind="together").count() == 2


def test_people_have_what_the_file_knows_of_them():
    place = Registration.objects.get(person__name="Chukwudi Eze", workshop__number=2)
    person, told = place.person, next(person for person in story()["people"] if person["key"] == "chukwudi-eze")
    assert (person.email, person.language, person.age_band) == (told["email"], told["lang"], told["age_band"])
    assert (place.theme.icon, place.needs, place.first_time) == ("sun", told["needs"], told["first_time"])


def test_notes_read_as_in_the_file_and_none_was_written_in_the_future():
    told = story()["notes"]
    said = {(n["text"], n["kind"], n["dots"], n["by"]) for n in told["habits-map"]}
    assert set(Note.objects.filter(group__workshop__number=1).values_list("text", "kind", "dots", "by")) == said
    until_now = [n for n in told["habits-ratings"] if n["session"] == "habits" or n["minute"] <= 32]
    assert Note.objects.filter(group__workshop__number=2).count() == len(until_now) == 53
    assert Note.objects.filter(created_at__gt=NOW).count() == 0


def test_a_note_was_written_in_its_minute_of_its_session():
    told = story()["notes"]["habits-map"][0]
    note = Note.objects.get(text=told["text"])
    assert note.created_at == note.session.opened_at + dt.timedelta(minutes=told["minute"])
    assert note.created_at == dt.datetime(2026, 3, 7, 17, 34, tzinfo=dt.UTC)


def test_the_count_of_each_table_equals_its_stored_ops():
    for group in Group.objects.filter(workshop__number__in=(1, 2)):
        ops = Op.objects.filter(group=group)
        assert list(ops.order_by("seq").values_list("seq", flat=True)) == list(range(1, group.seq + 1))
        last = [rows.order_by("-seq").first().seq for rows in (group.notes, group.confirmations)]
        assert group.seq == max(last)


def test_the_last_op_of_each_note_shows_the_note_as_it_is():
    for note in Note.objects.all():
        after = Op.objects.get(note=note.pk, revision=note.revision).after
        assert (after["text"], after["dots"], after["variants"], after["written_at"]) == (
            note.text,
            note.dots,
            note.variants,
            note.written_at.isoformat(),
        )


def test_one_conflict_waits_for_a_decision():
    told = story()["conflict"]
    [note] = Note.objects.exclude(variants=[])
    assert note.group.name == "Olmo"
    assert [(v["text"], v["by"]) for v in note.variants] == [(told["theirs"], told["by"])]


def test_each_table_confirmed_the_notes_of_a_session_before_it_ended():
    told = story()["notes"]
    over = {(key, note["session"], note["group"]) for key, notes in told.items() for note in notes} - {
        ("habits-ratings", "ratings", group.name) for group in Group.objects.filter(workshop__number=2)
    }
    heard = [one for number in (1, 2) for one in heard_in(workshop(number)).values()]
    assert len(heard) == len(over)
    times = [(one.confirmation.session.closed_at - one.at).total_seconds() for one in heard]
    assert (set(times), all(one.confirmation.people for one in heard)) == ({120}, True)


def test_one_note_was_corrected_in_plenary_and_so_changed_since_its_table_confirmed():
    corrected = story()["corrected"]
    [note] = Note.objects.exclude(corrections=[])
    final = story()["notes"]["habits-map"][corrected["note_index"]]["text"]
    [told] = note.corrections
    assert (note.text, told["from"], told["to"], told["by"]) == (final, corrected["before"], final, corrected["by"])
    report = note.session.workshop.sessions.get(kind="report")
    assert report.opened_at < dt.datetime.fromisoformat(told["at"]) < report.closed_at
    partial = [one for number in (1, 2) for one in heard_in(workshop(number)).values() if not one.is_whole]
    assert [set(one.changed) for one in partial] == [{note.pk}]


def test_one_note_holds_a_name_that_is_not_hidden_yet():
    [note] = Note.objects.filter(group__workshop__number=2, text__contains="Ornella")
    assert Redaction.objects.filter(note=note).count() == 0


def test_answers_are_counted_for_the_initiatives_asked_about_so_far():
    counted = RatingTally.objects.values("initiative__order").annotate(n=Sum("people")).order_by("initiative__order")
    tallies = story()["tallies"]["habits-ratings"]
    assert [row["n"] for row in counted] == [
        sum(map(sum, tallies[name].values())) for name in ("solidarity-fridge", "library-of-things", "cargo-bikes")
    ]


def test_the_first_workshop_has_an_outcome_of_what_people_wrote():
    outcome = Outcome.objects.standing().get()
    told = story()["summary"]["habits-map"]
    assert (outcome.workshop.number, outcome.headline, outcome.lead) == (1, told["headline"], told["lead"])
    assert (outcome.people, outcome.tables, outcome.note_count) == (16, 4, 42)
    titles = [sorted(f["title"]["en"] for f in findings) for findings in (outcome.body["findings"], told["findings"])]
    assert titles[0] == titles[1]
    placed = sum(len(finding["notes"]) for finding in outcome.body["findings"])
    assert placed + len(outcome.body["remainder"]) == 42


def test_the_findings_are_confirmed_by_people_and_quote_one_of_their_notes():
    findings = Finding.objects.with_evidence()
    assert {(f.tier, f.origin) for f in findings} == {("confirmed", "human")}
    assert all(f.quote in [e.note for e in f.evidence.all()] for f in findings)


def test_the_sample_writes_to_nobody_and_leaves_no_work():
    assert Mail.objects.due_at(timezone.now()).count() == 0
    assert Job.objects.due_at(NOW + dt.timedelta(hours=48)).count() == 0
    [lapses] = Job.objects.due_at(NOW + dt.timedelta(hours=72))
    assert (lapses.kind, lapses.not_before) == ("lapse_offers", workshop(3).registrations.offered().get().offered_until)
    assert Mail.objects.filter(kind="waiting", sent_at__lte=NOW).count() == 5


def test_everybody_who_came_has_been_told_of_the_outcome():
    told = Mail.objects.filter(kind="published", scope_id=workshop(1).pk, sent_at__lt=NOW)
    came = workshop(1).registrations.here().values_list("person", flat=True)
    assert set(told.values_list("recipient_id", flat=True)) == {str(person) for person in came}


def test_history_tells_when_things_happened():
    renato = Registration.objects.get(person__name="Renato Galimberti", workshop__number=1)
    assert [(e.verb, e.at) for e in Event.objects.of(renato) if e.verb != "person.seated"] == [
        ("registration.asked", renato.asked_at),
        ("person.arrived", renato.arrived_at),
    ]
    assert renato.asked_at < renato.arrived_at < workshop(1).starts_at + dt.timedelta(minutes=10)


def test_two_moderators_of_table_olmo_can_sign_in():
    olmo = Group.objects.get(name="Olmo", workshop__number=2)
    assert set(olmo.moderators.values_list("name", "user__email")) == {
        ("Ilaria Fontana", "ilaria@tavolo.example"),
        ("Youssef Amrani", "youssef@tavolo.example"),
    }
    team = Programme.objects.get().team.values_list("user__name", "role")
    assert set(team) == {("Serena Riva", "owner"), ("Bruno Galbiati", "helper"), ("Livia Marchetti", "observer")}


def test_loading_twice_changes_nothing():
    before = (Note.objects.count(), Event.objects.count(), Mail.objects.count(), Person.objects.count())
    assert load(NOW + dt.timedelta(days=3)) == Programme.objects.get()
    assert (Note.objects.count(), Event.objects.count(), Mail.objects.count(), Person.objects.count()) == before


def test_a_fresh_seed_replaces_the_programme_and_keeps_the_users():
    before = Programme.objects.get()
    call_command("seed", "--fresh")
    assert Programme.objects.get().pk != before.pk
    assert (Note.objects.count(), Outcome.objects.count(), User.objects.count()) == (95, 1, 5)


def test_removing_the_sample_leaves_no_row_behind():
    remove(SLUG)
    left = [kind.objects.count() for kind in (Programme, Workshop, Note, Op, Person, Event, Mail, Job, Outcome)]
    assert left == [0] * 9
