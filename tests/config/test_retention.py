"""G26: after the daily run nothing is kept longer than it should be, and nothing goes earlier."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.models import Note, Op
from ledger import jobs, journal, retention, tasks
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event, Job, Mail
from participants.actions import forget
from participants.actions.consents import decide
from participants.actions.forget import NOTHING_TOLD
from participants.actions.links import new_link
from participants.actions.no_mail import stop_mail
from participants.actions.questions import Said, write_answers
from participants.actions.seats import seat
from participants.models import (
    Arrival,
    Consent,
    Device,
    Invitation,
    Letter,
    Override,
    Person,
    PlaceLink,
    Registration,
    Seat,
    SeatingRule,
    User,
)
from participants.queries.mail import people_who_want_news
from participants.retention import NEWS_READERS, contact_until, set_terms, waiting_until
from participants.states import Channel
from participants.users import let_in
from tests.factories import (
    make_device,
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_question,
    make_registration,
    make_session,
    make_theme,
    make_workshop,
)
from workshops.actions.audiences import add_audience
from workshops.actions.moving import move_workshop
from workshops.models import ModeratorSeat, Workshop
from workshops.states import SessionState, WorkshopState

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def published(days_ago: int, **fields: Any) -> Workshop:
    """A workshop that was held and published so many days ago, with two people who had a place and one who waited."""
    workshop = make_workshop(places=2, **fields)
    for name in ("Ada", "Bea", "Cleo"):
        place = make_registration(workshop, name, f"{name}{workshop.pk}@posta.example".lower())
        new_link(place)
    group = make_group(workshop)
    make_device(group)
    seat(workshop.registrations.confirmed().first(), group, by=SYSTEM)
    make_note(group, make_session(workshop, state=SessionState.OPEN))
    moment = NOW - days_ago * DAY
    with time_machine.travel(moment, tick=False):
        for state in (WorkshopState.LIVE, WorkshopState.COMPILING, WorkshopState.CURATING, WorkshopState.PUBLISHED):
            Workshop.objects.filter(pk=workshop.pk).update(state=workshop.state)
            move_workshop(workshop, state, by=SYSTEM)
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=moment - dt.timedelta(minutes=180))
    workshop.refresh_from_db()
    return workshop


def overdue() -> dict[str, int]:
    return {name: count for name, count in retention.overdue(NOW).items() if count}


def names(workshop: Workshop) -> set[str]:
    return set(workshop.registrations.values_list("person__name", flat=True))


def gone(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def test_each_term_ends_on_its_day_and_a_second_run_finds_nothing():
    before, after = published(89), published(90)
    expected = {"names on notes": 1, "places": 4, "moderators": 3}  # one who waited at the former, all of the latter
    assert overdue() == expected
    assert [names(before), names(after)] == [{"Ada", "Bea", "Cleo"}] * 2
    assert gone(retention.run(NOW)) == expected
    assert [names(before), names(after)] == [{"Ada", "Bea"}, set()]
    assert overdue() == gone(retention.run(NOW)) == {}


def test_nothing_is_left_of_people_and_moderators_but_what_was_said():
    workshop = published(90)
    ids = {str(pk) for pk in Registration.objects.values_list("pk", flat=True)}
    note = Note.objects.get()
    assert (note.by, bool(note.author_key), Op.objects.get().after["by"]) == ("Ilaria", True, "Ilaria")
    retention.run(NOW)
    note.refresh_from_db()
    assert (note.text, note.by, note.text_by, note.author_key) == ("I park on Sunday.", "", "", "")
    op = Op.objects.get()
    assert (op.after["by"], op.after["text_by"], op.actor_id) == ("", "", "")
    for model in (Person, Registration, PlaceLink, Device, ModeratorSeat, Mail):
        assert model.objects.count() == 0
    assert {event.thing_id for event in Event.objects.in_scope(workshop.pk)} & ids == set()


def say(place: Registration, purpose: str, *, given: bool = True) -> None:
    assert decide(place, purpose, given=given, channel=Channel.MY_PLACE, by=Actor(ActorKind.PERSON))


def everything_told(place: Registration) -> None:
    """Whatever somebody can have told us around a place is there."""
    workshop = place.workshop
    theme, question = make_theme(workshop.programme), make_question(workshop)
    write_answers(place, [Said(question, text="At the market")])
    audience = add_audience(workshop, name={"en": "Residents", "it": "Residenti"}, places=1, by=SYSTEM)
    told = {"theme": theme, "audience": audience, "needs": "A ramp", "first_time": True, "table_needs": ["quiet"]}
    Registration.objects.filter(pk=place.pk).update(
        **told, arrived_at=NOW - 100 * DAY, arrival=uuid.uuid4(), channel=Channel.PHONE
    )
    Person.objects.filter(pk=place.person_id).update(age_band="25-34", area="Chiaravalle")
    other = workshop.registrations.exclude(pk=place.pk).first()
    Seat.objects.filter(group__workshop=workshop).update(registration=place)
    SeatingRule.objects.create(one=place, kind="apart", other=other)
    Override.objects.create(registration=place, reason="Interpreter")
    say(place, "photos")


def left_of(place: Registration) -> dict[str, Any]:
    """What is stored of a place besides its ids."""
    place = Registration.objects.select_related("person").get(pk=place.pk)
    names = (*NOTHING_TOLD, "state")
    person = {name: getattr(place.person, name) for name in ("name", "email", "age_band", "area", "user")}
    rows = {
        f"{relation.related_model.__name__}.{relation.field.name}": relation.related_model._base_manager.filter(
            **{relation.field.name: place}
        ).count()
        for relation in Registration._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    return {name: getattr(place, name) for name in names} | person | {n: count for n, count in rows.items() if count}


class TestWhoAllowsMailAboutLaterWorkshops:
    """Their name, address and yes have a term of their own; all else goes with the workshop's."""

    @pytest.fixture
    def workshop(self) -> Workshop:
        return published(90)

    def test_keeps_name_address_and_that_yes_and_nothing_else(self, workshop: Workshop) -> None:
        ada = workshop.registrations.get(person__name="Ada")
        everything_told(ada)
        say(ada, "contact")
        before = left_of(ada)
        assert {name for name, value in before.items() if value in (None, "", [])} == {
            "queue_no",
            "offered_until",
            "user",
        }
        assert {name: value for name, value in before.items() if "." in name} == {
            "PlaceLink.registration": 1, "Override.registration": 1, "Answer.registration": 1, "Seat.registration": 1,
            "SeatingRule.one": 1, "Consent.registration": 2,
        }  # fmt: skip
        counts = retention.run(NOW)
        assert (counts["places"], names(workshop), Person.objects.count()) == (3, {"Ada"}, 1)
        assert left_of(ada) == {
            "state": "emptied", "queue_no": None, "offered_until": None, "audience": None, "arrived_at": None,
            "arrival": None, "theme": None, "needs": "", "table_needs": [], "first_time": None, "channel": "web",
            "name": "Ada", "email": ada.person.email, "age_band": "", "area": "", "user": None,
            "Consent.registration": 1,
        }  # fmt: skip
        assert Consent.objects.values_list("purpose", "given").get() == ("contact", True)
        assert (Mail.objects.count(), PlaceLink.objects.count()) == (0, 0)
        assert {event.thing_id for event in Event.objects.in_scope(workshop.pk)} & {str(ada.pk)} == set()
        assert overdue() == gone(retention.run(NOW)) == {}

    def test_may_be_told_of_the_next_one_and_nobody_else_is(self, workshop: Workshop) -> None:
        say(workshop.registrations.get(person__name="Ada"), "contact")
        retention.run(NOW)
        later = make_workshop(workshop.programme)
        assert list(people_who_want_news(later).values_list("name", flat=True)) == ["Ada"]

    @pytest.mark.parametrize("who_waited", [True, False])
    def test_goes_with_the_next_run_once_they_take_it_back(self, workshop: Workshop, who_waited: bool) -> None:
        place = workshop.registrations.get(person__name="Cleo" if who_waited else "Ada")
        say(place, "contact")
        retention.run(NOW)
        place.refresh_from_db()
        with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
            say(place, "contact", given=False)
            assert retention.overdue(timezone.now())["places"] == 1
            retention.run(timezone.now())
        assert [model.objects.count() for model in (Person, Registration, Consent)] == [0, 0, 0]

    def test_goes_with_the_button_of_a_mail(self, workshop: Workshop) -> None:
        ada = workshop.registrations.get(person__name="Ada")
        say(ada, "contact")
        retention.run(NOW)
        with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
            stop_mail(ada.person, by=SYSTEM)
            retention.run(timezone.now())
        assert Person.objects.count() == 0

    def test_goes_two_years_after_they_said_it(self, workshop: Workshop) -> None:
        say(workshop.registrations.get(person__name="Ada"), "contact")
        retention.run(NOW)
        for days, left in ((729, 1), (730, 0)):
            with time_machine.travel(NOW + days * DAY, tick=False):
                retention.run(timezone.now())
                assert Person.objects.count() == left

    def test_is_not_kept_for_a_yes_that_was_taken_back_before_or_at_another_workshop(self, workshop: Workshop) -> None:
        ada, bea = (workshop.registrations.get(person__name=name) for name in ("Ada", "Bea"))
        say(ada, "contact")
        say(bea, "contact")
        with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
            say(ada, "contact", given=False)
            later = make_registration(make_workshop(workshop.programme), "Bea", bea.person.email)
            say(later, "contact")
        with time_machine.travel(NOW + dt.timedelta(minutes=2), tick=False):
            retention.run(timezone.now())
        assert list(Registration.objects.values_list("pk", flat=True)) == [later.pk]

    def test_a_yes_without_an_address_keeps_nothing(self, workshop: Workshop) -> None:
        ada = workshop.registrations.get(person__name="Ada")
        say(ada, "contact")
        Person.objects.filter(pk=ada.person_id).update(email=None)
        retention.run(NOW)
        assert Person.objects.count() == 0

    def test_a_place_they_also_had_leaves_nothing_of_what_was_told_there(self, workshop: Workshop) -> None:
        ada = workshop.registrations.get(person__name="Ada")
        say(ada, "contact")
        second = published(90, programme=workshop.programme)
        Registration.objects.filter(workshop=second, person__name="Ada").update(person=ada.person)
        Person.objects.filter(pk=ada.person_id).update(age_band="25-34", area="Chiaravalle")
        retention.run(NOW)
        person = Person.objects.get()
        assert (person.age_band, person.area, person.registrations.get().workshop) == ("", "", workshop)

    def test_reads_takes_back_and_deletes_what_is_left_through_a_mailed_link(
        self, client: Client, workshop: Workshop
    ) -> None:
        ada = workshop.registrations.get(person__name="Ada")
        say(ada, "contact")
        retention.run(NOW)
        client.post(reverse("find_place"), {"email": ada.person.email})
        assert jobs.run(Job.objects.get(kind="send_links").pk)
        assert Mail.objects.values_list("kind", "subject_id").get() == ("data_link", str(ada.pk))
        token = new_link(ada, proves=True)
        page = client.get(reverse("my_place", args=[token])).content.decode()
        assert ("Later workshops" in page, "Photos" in page) == (True, False)
        photos = client.post(reverse("my_allow", args=[token]), {"purpose": "photos", "given": "1"})
        assert (photos.status_code, Consent.objects.count()) == (400, 1)
        assert ada.person.email in client.get(reverse("my_data", args=[token])).content.decode()
        client.post(reverse("my_allow", args=[token]), {"purpose": "contact", "given": "0"})
        client.post(reverse("my_data_erase", args=[token]))
        assert Person.objects.count() == 0

    def test_is_on_the_page_of_the_workshop_with_a_day_of_its_own(self, client: Client, workshop: Workshop) -> None:
        say(workshop.registrations.get(person__name="Ada"), "contact")
        client.force_login(make_organiser(workshop.programme))
        for _before_and_after in range(2):
            rows = client.get(reverse("org_data", args=[workshop.pk])).context["rows"]
            [news] = [row for row in rows if row.what == NEWS_READERS]
            assert (news.count, news.until) == (1, NOW + 730 * DAY)
            retention.run(NOW)
        assert "Ada" in client.get(reverse("org_data", args=[workshop.pk])).content.decode()
        assert "Ada" not in client.get(reverse("org_people", args=[workshop.pk])).content.decode()


def test_who_also_takes_part_later_is_kept_for_that():
    workshop = published(90)
    later = make_workshop(workshop.programme)
    ada = Person.objects.get(name="Ada")
    make_registration(later, "Ada", ada.email)
    retention.run(NOW)
    assert list(Person.objects.values_list("name", flat=True)) == ["Ada"]
    assert list(Registration.objects.values_list("workshop", flat=True)) == [later.pk]
    assert set(Mail.objects.values_list("scope_id", flat=True)) == {later.pk}


def test_a_run_that_was_missed_for_months_catches_up():
    published(300)
    with time_machine.travel(NOW + 200 * DAY, tick=False):
        retention.run(timezone.now())
        assert sum(retention.overdue(timezone.now()).values()) == 0
    assert Person.objects.count() == 0


def test_what_is_never_published_goes_a_year_after_the_day():
    workshop = make_workshop(starts_at=NOW + DAY)
    make_registration(workshop)
    days = {}
    for after in (364, 367):
        with time_machine.travel(NOW + after * DAY, tick=False):
            days[after] = retention.overdue(timezone.now())["places"]
    assert days == {364: 0, 367: 1}


def test_a_cancelled_workshop_ends_the_term_from_its_day():
    workshop = make_workshop(starts_at=NOW + DAY)
    move_workshop(workshop, WorkshopState.CANCELLED, by=SYSTEM)
    assert contact_until(workshop) == workshop.ends_at + 90 * DAY


@pytest.mark.parametrize(("contact", "waiting"), [(10, 5), (10, None), (5, 20)])
def test_the_organiser_may_keep_less_long(contact, waiting):
    workshop = published(12)
    set_terms(workshop, contact_days=contact, waiting_days=waiting, by=SYSTEM)
    assert contact_until(workshop) == NOW - (12 - contact) * DAY
    assert waiting_until(workshop) <= contact_until(workshop)
    retention.run(NOW)
    assert names(workshop) == set()


def test_history_mails_and_receipts_end_after_two_years():
    workshop = make_workshop()
    place = make_registration(workshop)
    receipt = forget.erase_person(place.person, by=SYSTEM)
    journal.write(receipt)
    Mail.objects.create(kind="place_taken", key="old", recipient_id="1", subject_id="1", created_at=NOW - 731 * DAY)
    type(receipt).objects.update(at=NOW - 731 * DAY)
    Event.objects.filter(thing_id=str(receipt.pk)).update(at=NOW - 731 * DAY)
    assert gone(retention.run(NOW)) == {"history": 3, "mails": 1, "receipts of erasures": 1}
    assert [entry for entry in journal.read() if entry[1] == receipt.pk] == []


def test_links_sessions_letters_and_accounts_without_a_use_go():
    place = make_registration(make_workshop())
    new_link(place)
    PlaceLink.objects.update(expires_at=NOW - DAY)
    session = SessionStore()
    session["theme"] = "dark"
    session.set_expiry(-DAY)
    session.save()
    used = let_in("used@posta.example")[0]
    let_in("idle@posta.example")
    organiser = make_organiser(make_programme())
    User.objects.update(joined_at=NOW - 31 * DAY)
    User.objects.filter(pk=used.pk).update(last_login=NOW - 29 * DAY)
    folder = Path(settings.MAIL_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for days in (29, 31):
        moment = int((NOW - days * DAY).timestamp() * 1e9)
        (folder / f"{moment}-retention@posta.example.eml").write_text(f"{days} days old")
    counts = gone(retention.run(NOW))
    assert counts == {"links": 1, "sessions": 1, "accounts": 1, "letters in the mail folder": 1}
    assert set(User.objects.values_list("pk", flat=True)) == {used.pk, organiser.pk}
    [kept] = folder.glob("*-retention@posta.example.eml")
    assert kept.read_text() == "29 days old"
    kept.unlink()


def test_invitations_letters_and_what_desks_told_end_with_their_workshop():
    workshop = published(90)
    by = make_organiser(workshop.programme)
    invitation = Invitation.objects.create(workshop=workshop, name="Dora", email="dora@posta.example")
    Mail.objects.create(kind="invitation", key="1", recipient_id=str(invitation.pk), subject_id=str(invitation.pk))
    Letter.objects.create(workshop=workshop, written_by=by, to="all", subject={"en": "Hello"}, text={"en": "Dora"})
    Arrival.objects.create(id=invitation.pk, workshop=workshop, do="here", state="stored", actor_kind="user")
    assert {name: overdue()[name] for name in ("invitations", "letters", "arrivals")} == {
        "invitations": 1, "letters": 1, "arrivals": 1,
    }  # fmt: skip
    retention.run(NOW)
    assert overdue() == {}
    assert [model.objects.count() for model in (Invitation, Letter, Arrival, Mail)] == [0, 0, 0, 0]


def test_people_who_never_took_a_place_go_with_the_last_workshop_of_their_programme():
    workshop = published(90)
    Person.objects.create(programme=workshop.programme, name="Invited", language="en")
    later = make_workshop(workshop.programme)
    assert overdue().get("people without a place") is None
    Workshop.objects.filter(pk=later.pk).delete()
    assert overdue()["people without a place"] == 1
    retention.run(NOW)
    assert Person.objects.count() == 0


def test_the_command_says_how_much_went_and_that_nothing_is_overdue(transactional_db):
    published(90)
    out = io.StringIO()
    call_command("retention-run", "--dry-run", stdout=out)
    assert "     3  places" in out.getvalue().splitlines()
    call_command("retention-run", stdout=out)
    assert out.getvalue().splitlines()[-1] == "0 overdue"
    assert Registration.objects.count() == 0


def test_the_sweep_asks_for_the_run_once_a_day(monkeypatch):
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda *args, **options: None)
    asked = []
    for hours in (0, 1, 23, 25, 26):
        with time_machine.travel(NOW + dt.timedelta(hours=hours), tick=False):
            tasks.sweep()
            asked.append(Job.objects.get(kind="retention").wanted)
    assert asked == [1, 1, 1, 2, 2]


def test_an_erasure_that_could_not_be_finished_is_tried_again_each_day(monkeypatch):
    for kind in (*retention.FINISHING, "compile"):
        Job.objects.create(kind=kind, subject_id=kind, wanted=1, attempts=5, not_before=NOW + 3650 * DAY)
    retention.run(NOW)
    assert set(Job.objects.due_at(NOW).values_list("kind", flat=True)) == set(retention.FINISHING)


class TestThePageOfAWorkshop:
    @pytest.fixture
    def workshop(self) -> Workshop:
        return published(10)

    @pytest.fixture
    def organiser(self, client: Client, workshop: Workshop) -> Client:
        client.force_login(make_organiser(workshop.programme))
        return client

    def test_says_what_remains_and_until_when(self, organiser: Client, workshop: Workshop) -> None:
        page = organiser.get(reverse("org_data", args=[workshop.pk]))
        rows = {str(row.what): (row.count, row.until and row.until.date().isoformat()) for row in page.context["rows"]}
        history = rows.pop("Lines of history, with ids only")
        assert history[1] == "2029-02-28"
        assert rows == {
            "First names of moderators on notes": (1, "2027-05-20"),
            "Notes, without a link to who said them": (1, None),
            "Names, addresses, needs, answers, attendance and seats": (2, "2027-05-20"),
            "Names and addresses of people who had no place": (1, "2027-03-21"),
            "Links to “my place”, as digests": (3, "2027-05-10"),
            "Names of moderators at tables and on tablets": (3, "2027-05-20"),
        }
        assert "20 May 2027" in page.content.decode()

    def test_takes_shorter_terms_and_no_longer_ones(self, organiser: Client, workshop: Workshop) -> None:
        address = reverse("org_data", args=[workshop.pk])
        refused = organiser.post(address, {"contact_days": "91", "waiting_days": "0"})
        assert set(refused.context["form"].errors) == {"contact_days", "waiting_days"}
        organiser.post(address, {"contact_days": "30", "waiting_days": ""})
        workshop.refresh_from_db()
        assert contact_until(workshop) == NOW + 20 * DAY
        event = Event.objects.filter(verb="workshop.terms_set").get()
        assert event.data == {"contact_days": 30, "waiting_days": None}
        organiser.post(address, {"contact_days": "", "waiting_days": ""})
        assert contact_until(Workshop.objects.get(pk=workshop.pk)) == NOW + 80 * DAY

    def test_whoever_gave_up_a_place_can_still_be_found_there(self, organiser: Client, workshop: Workshop) -> None:
        place = workshop.registrations.confirmed().first()
        Registration.objects.filter(pk=place.pk).update(state="cancelled")
        page = organiser.get(reverse("org_data", args=[workshop.pk])).content.decode()
        assert (place.person.name in page, reverse("org_erase", args=[workshop.pk, place.pk]) in page) == (True, True)

    def test_takes_no_more_queries_for_more_people(
        self, organiser: Client, workshop: Workshop, django_assert_num_queries: Any
    ) -> None:
        for _more in range(2):
            with django_assert_num_queries(32):
                organiser.get(reverse("org_data", args=[workshop.pk]))
            for place in workshop.registrations.all():
                Registration.objects.filter(pk=place.pk).update(state="cancelled", queue_no=None)

    def test_is_empty_once_all_is_gone(self, organiser: Client, workshop: Workshop) -> None:
        Note.objects.all().delete()
        with time_machine.travel(NOW + 1000 * DAY, tick=False):
            retention.run(timezone.now())
            organiser.force_login(User.objects.get())
            page = organiser.get(reverse("org_data", args=[workshop.pk]))
        assert "Nothing is left" in page.content.decode()
