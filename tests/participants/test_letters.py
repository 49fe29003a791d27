"""What organisers write themselves, see beforehand, and follow up: letters, previews, the mail page."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.core import mail as sent
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import jobs, outbox
from ledger.history import SYSTEM, Actor
from ledger.models import ActorKind, Event, Mail, MailState
from ledger.outbox import NobodyToWriteTo
from participants import mail_preview
from participants.actions import invitations, mailings
from participants.actions.consents import decide
from participants.actions.door import check_in
from participants.actions.invitations import Wanted, invite
from participants.actions.mail_limits import TooManyToday
from participants.actions.mailings import OthersMeanwhile, write_letter
from participants.actions.no_mail import stop_mail
from participants.actions.places import give_up
from participants.actions.seats import seat
from participants.consents import has_consent
from participants.models import Invitation, InvitationLink, Letter, OfferLink, Person, PlaceLink, Registration
from participants.purposes import CONTACT
from participants.queries.mail import letter_goes_to
from participants.states import Channel
from tests.factories import make_group, make_organiser, make_programme, make_registration, make_theme, make_workshop
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db

WORDS = {"subject": {"en": "Bring a cup", "it": "Porta una tazza"}, "text": {"en": "See you.", "it": "A presto."}}


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(places=3)


@pytest.fixture
def organiser(client: Client, workshop: Workshop):
    user = make_organiser(workshop.programme)
    client.force_login(user)
    return user


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def goes_to(workshop: Workshop, to: str, **narrowed) -> list[str]:
    return [one.name for one in letter_goes_to(workshop, to, **narrowed)]


def write(workshop: Workshop, to: str = "confirmed", by: Actor = SYSTEM, **more) -> Letter:
    people = letter_goes_to(workshop, to)
    values = WORDS | {"to": to, "expected": [one.pk for one in people]} | more
    return write_letter(workshop, uuid.uuid4(), by=by, **values)


# Whom a letter goes to


def test_a_letter_goes_to_exactly_those_it_names(workshop):
    theme, group = make_theme(workshop.programme), make_group(workshop)
    ada = make_registration(workshop, "Ada", theme=theme)
    bea = make_registration(workshop, "Bea")
    gone = make_registration(workshop, "Gone")
    make_registration(workshop, "Waits")
    Workshop.objects.update(places=2)
    give_up(gone, by=SYSTEM)
    Person.objects.filter(name="Bea").update(email="bea@posta.example")
    check_in(ada, by=SYSTEM)
    seat(bea, group, by=SYSTEM)
    invite(
        workshop, [Wanted("Silent", "silent@posta.example", "it"), Wanted("No", "no@posta.example", "it")], by=SYSTEM
    )
    invitations.decline(invitations.new_invitation_link(Invitation.objects.get(name="No")))
    assert {to: goes_to(workshop, to) for to in ("confirmed", "waiting", "here", "silent")} == {
        "confirmed": ["Ada", "Bea"],
        "waiting": ["Waits"],
        "here": ["Ada"],
        "silent": ["Silent"],
    }
    assert goes_to(workshop, "confirmed", group=group) == ["Bea"]
    assert goes_to(workshop, "confirmed", theme=theme) == ["Ada"]
    Person.objects.filter(name="Ada").update(email=None)
    assert goes_to(workshop, "confirmed") == ["Bea"]


def test_everybody_gets_one_mail_in_their_own_language(workshop):
    make_registration(workshop, "Ada", "ada@posta.example")
    make_registration(workshop, "Bea", "bea@posta.example")
    Person.objects.filter(name="Bea").update(language="it")
    write(workshop)
    for mail in Mail.objects.filter(kind="letter"):
        assert outbox.send(mail.pk)
    assert sorted((letter.to[0], letter.subject, letter.recipients()) for letter in sent.outbox) == [
        ("ada@posta.example", "Bring a cup", ["ada@posta.example"]),
        ("bea@posta.example", "Porta una tazza", ["bea@posta.example"]),
    ]
    prefixes = {
        re.search(r"localhost:8000/(\w\w)/my/", letter.body)[1] for letter in sent.outbox if "bea" in letter.to[0]
    }
    assert prefixes == {"it"}


def test_a_letter_says_date_place_and_the_way_out_and_its_own_text_is_no_html_and_no_link(workshop):
    make_registration(workshop)
    text = {"en": "Read <a href='https://evil.example'>this</a>\nor https://evil.example/page"}
    write(workshop, text=text)
    letter = outbox.compose(Mail.objects.get(kind="letter"))
    assert text["en"] in letter.text
    assert "&lt;a href=&#x27;https://evil.example&#x27;&gt;this&lt;/a&gt;" in letter.html
    assert "evil.example" not in " ".join(re.findall(r"<a [^>]*>", letter.html))
    for part in (letter.text, letter.html):
        assert "Via San Dionigi 36" in part
        assert "/give-up/" in part
    assert letter.headers == {}


def test_a_letter_to_the_silent_can_be_answered_and_ended(workshop):
    invite(workshop, [Wanted("Silent", "silent@posta.example", "en")], by=SYSTEM)
    write(workshop, to="silent")
    letter = outbox.compose(Mail.objects.get(kind="letter"))
    assert "/my/invitation/" in letter.text
    assert "/give-up/" not in letter.text
    assert "List-Unsubscribe" in letter.headers


def test_a_letter_waiting_in_the_outbox_is_not_sent_to_whoever_gave_up_meanwhile(workshop):
    registration = make_registration(workshop)
    write(workshop)
    give_up(registration, by=SYSTEM)
    with pytest.raises(NobodyToWriteTo):
        outbox.compose(Mail.objects.get(kind="letter"))


def test_others_than_those_of_the_preview_are_not_written_to(workshop):
    make_registration(workshop, "Ada")
    seen = [one.pk for one in letter_goes_to(workshop, "confirmed")]
    make_registration(workshop, "Bea")
    with pytest.raises(OthersMeanwhile):
        write(workshop, expected=seen)
    assert (Letter.objects.count(), Mail.objects.filter(kind="letter").count()) == (0, 0)


def test_the_limit_of_a_day_counts_letters_and_invitations_together(workshop, settings):
    settings.MAILS_A_DAY = 3
    serena = Actor(ActorKind.USER, str(make_organiser(workshop.programme).pk))
    for _n in range(2):
        make_registration(workshop)
    write(workshop, by=serena)
    with pytest.raises(TooManyToday) as refusal:
        write(workshop, by=serena)
    assert refusal.value.left == 1
    invite(workshop, [Wanted("", "one@posta.example", "it")], by=serena)
    with pytest.raises(TooManyToday):
        invite(workshop, [Wanted("", "two@posta.example", "it")], by=serena)
    assert (Letter.objects.count(), Invitation.objects.count()) == (1, 1)


# On the page

FORM = {
    "to": "confirmed",
    "subject_en": "Bring a cup",
    "subject_it": "Tazza",
    "text_en": "See you.",
    "text_it": "Ciao.",
}


def preview_and_send(client: Client, workshop: Workshop):
    page = client.post(url("org_letter", workshop.pk), FORM)
    kept = dict(page.context["kept"]) | {
        "expected": page.context["expected"],
        "letter": str(page.context["letter_id"]),
        "send": "yes",
    }
    return page, kept


def test_nothing_is_sent_before_who_and_what_was_shown(client, workshop, organiser):
    make_registration(workshop, "Ada Conti", "ada@posta.example")
    page, kept = preview_and_send(client, workshop)
    assert Mail.objects.filter(kind="letter").count() == 0
    assert [one.name for one in page.context["people"]] == ["Ada Conti"]
    assert [message.subject for message in page.context["previews"]] == ["Bring a cup"]
    answer = client.post(url("org_letter", workshop.pk), kept, follow=True)
    assert "The letter goes to 1 person." in answer.content.decode()
    assert (Mail.objects.filter(kind="letter").count(), Letter.objects.get().written_by) == (1, organiser)


def test_pressing_twice_sends_one_letter(client, workshop, organiser):
    make_registration(workshop)
    _page, kept = preview_and_send(client, workshop)
    for _press in range(2):
        client.post(url("org_letter", workshop.pk), kept)
    assert (Letter.objects.count(), Mail.objects.filter(kind="letter").count()) == (1, 1)


def test_a_list_that_changed_is_shown_again(client, workshop, organiser):
    make_registration(workshop)
    _page, kept = preview_and_send(client, workshop)
    make_registration(workshop)
    answer = client.post(url("org_letter", workshop.pk), kept)
    assert "Meanwhile the list of people has changed." in answer.content.decode()
    assert (len(answer.context["people"]), Letter.objects.count()) == (2, 0)


@pytest.mark.parametrize("broken", [{"expected": "x"}, {"expected": ""}, {"letter": "x"}, {"expected": None}])
def test_a_forged_send_writes_to_nobody(client, workshop, organiser, broken):
    make_registration(workshop)
    _page, kept = preview_and_send(client, workshop)
    wanted = {name: value for name, value in (kept | broken).items() if value is not None}
    assert client.post(url("org_letter", workshop.pk), wanted).status_code == 200
    assert Letter.objects.count() == 0


def test_a_letter_of_another_workshop_is_not_taken_for_this_one(workshop):
    other = make_workshop()
    make_registration(other)
    make_registration(workshop)
    foreign = write(other)
    people = [one.pk for one in letter_goes_to(workshop, "confirmed")]
    with pytest.raises(OthersMeanwhile):
        write_letter(workshop, foreign.pk, to="confirmed", expected=people, by=SYSTEM, **WORDS)


def test_each_mistake_of_a_letter_has_its_sentence(client, workshop, organiser):
    page = client.post(url("org_letter", workshop.pk), {"to": "", "subject_it": "", "text_it": ""})
    assert page.context["form"].errors == {
        "to": ["Choose whom to write to."],
        "subject_it": ["Write a subject."],
        "text_it": ["Write the text."],
    }


# Previews


@pytest.mark.parametrize("kind", [kind for kind in mail_preview.KINDS if kind != "published"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_a_preview_is_the_mail_itself_and_leaves_nothing(client, workshop, organiser, kind, language):
    def rows():
        models = (Person, Registration, PlaceLink, OfferLink, Invitation, InvitationLink, Mail, Event, Workshop)
        return [sorted(map(str, model.objects.values_list())) for model in models]

    before = rows()
    page = client.get(url("org_mail_preview", workshop.pk), {"kind": kind, "language": language})
    message = page.context["message"]
    assert (message.language, message.subject in page.content.decode(), rows() == before) == (language, True, True)
    for link in re.findall(rf"http://localhost:8000(/{language}/my/[\w/-]+/)", message.text):
        assert client.get(link).status_code == 404


def test_a_preview_for_a_chosen_person_is_theirs_in_every_state(client, workshop, organiser):
    registration = make_registration(workshop, "Ada Conti", "ada@posta.example")
    for kind in ("place_taken", "waiting", "place_given_up", "reminder", "invitation"):
        page = client.get(
            url("org_mail_preview", workshop.pk), {"kind": kind, "person": registration.pk, "language": "en"}
        )
        assert "Ada" in page.context["message"].text
    registration.refresh_from_db()
    assert registration.is_confirmed


def test_somebody_who_holds_an_offer_can_be_looked_at_in_every_mail(workshop):
    registration = make_registration(workshop, "Ada Conti", "ada@posta.example")
    until = timezone.now() + dt.timedelta(hours=3)
    Registration.objects.update(state="offered", offered_until=until)
    for kind in mail_preview.OF_PLACES:
        message = mail_preview.preview(workshop, kind, language="en", person=registration.person)
        assert message.to == "ada@posta.example"
    assert Registration.objects.values_list("state", "offered_until").get() == ("offered", until)


@pytest.mark.parametrize("language", ["en", "it"])
def test_what_is_shown_is_what_is_chosen(client, workshop, organiser, language):
    text = client.get(url("org_mail_preview", workshop.pk), {"kind": "waiting", "language": language}).content.decode()
    assert re.findall(r'<option value="([^"]*)" selected>', text) == ["waiting", language]
    assert f"?as=html&amp;kind=waiting&amp;language={language}" in text


def test_a_person_of_another_workshop_is_not_shown(client, workshop, organiser):
    foreign = make_registration(make_workshop(), "Foreign Person")
    page = client.get(url("org_mail_preview", workshop.pk), {"kind": "place_taken", "person": foreign.pk})
    assert "Foreign" not in page.content.decode()


def test_a_mail_with_nothing_to_tell_yet_says_so(client, workshop, organiser):
    page = client.get(url("org_mail_preview", workshop.pk), {"kind": "published"})
    assert "This mail has nothing to tell now" in page.content.decode()
    assert client.get(url("org_mail_preview", workshop.pk), {"kind": "published", "as": "html"}).status_code == 404


def test_the_html_part_alone_runs_nothing_and_wears_only_its_own_style(client, workshop, organiser):
    answer = client.get(url("org_mail_preview", workshop.pk), {"kind": "place_taken", "as": "html"})
    policy = answer["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'none'; base-uri 'none'; "
        r"frame-ancestors 'none'; sandbox",
        policy,
    )
    assert answer.content.decode().startswith("<!doctype html>")


def test_what_people_and_organisers_wrote_is_text_on_the_page_of_a_preview(client, workshop, organiser):
    hostile = "<b onclick=x>Ada</b>"
    registration = make_registration(workshop, hostile, "ada@posta.example")
    asked = {"kind": "place_taken", "person": registration.pk, "language": "en"}
    pages = [
        client.get(url("org_mail_preview", workshop.pk), asked),
        client.post(url("org_letter", workshop.pk), FORM | {"text_en": hostile, "subject_en": hostile}),
    ]
    for page in pages:
        assert "<b onclick" not in page.content.decode()
        assert "&lt;b onclick" in page.content.decode()


# The list of mails


def mail_in(state: str, number: int = 0, **fields) -> Mail:
    now = timezone.now()
    told = {
        "waiting": {},
        "sent": {"sent_at": now},
        "bounced": {"sent_at": now, "bounced_at": now, "bounce": "bounced"},
        "given-up": {"given_up_at": now, "error": "ConnectionError", "attempts": 8},
        "dropped": {"given_up_at": now},
    }[state]
    return Mail.objects.create(
        kind="place_taken", key=f"{state}{number}", recipient_id=str(uuid.uuid4()), subject_id="", **told, **fields
    )


def test_every_mail_is_in_one_state_and_counted_there(client, workshop, organiser):
    for state in MailState:
        mail_in(state, scope_id=workshop.pk)
        mail_in(state, 1, scope_id=make_workshop().pk)
    page = client.get(url("org_mail", workshop.pk))
    assert page.context["page"].counts == dict.fromkeys(MailState.values, 1)
    for state in MailState:
        shown = client.get(url("org_mail", workshop.pk), {"state": state}).context["page"].mails
        assert [each.state for each in shown] == [state]
    assert "tried 8 times: ConnectionError" in page.content.decode()


def test_a_mail_that_was_given_up_is_sent_again_and_others_are_not(client, workshop, organiser):
    registration = make_registration(workshop)
    mail = Mail.objects.get(kind="place_taken")
    Mail.objects.update(given_up_at=timezone.now(), error="ConnectionError", attempts=8)
    client.post(url("org_send_again", workshop.pk, mail.pk))
    assert outbox.send(mail.pk) is True
    client.post(url("org_send_again", workshop.pk, mail.pk))
    assert outbox.send(mail.pk) is False
    assert [letter.to for letter in sent.outbox] == [[registration.person.email]]
    foreign = mail_in("given-up", scope_id=make_workshop().pk)
    assert client.post(url("org_send_again", workshop.pk, foreign.pk)).status_code == 404


def test_long_lists_come_in_pages(client, workshop, organiser):
    for number in range(51):
        mail_in("sent", number, scope_id=workshop.pk)
    first, second = (client.get(url("org_mail", workshop.pk), {"page": n}).context["page"] for n in (1, 2))
    assert (len(first.mails), first.has_more, len(second.mails), second.has_more) == (50, True, 1, False)
    for nonsense in ("0", "-1", "x", "9" * 40, "٣"):
        assert client.get(url("org_mail", workshop.pk), {"page": nonsense}).status_code == 200


@pytest.mark.parametrize("people", [1, 3, 200])
def test_more_mails_need_no_more_queries(client, workshop, organiser, people, django_assert_num_queries):
    for _person in range(people):
        make_registration(workshop)
    invite(workshop, [Wanted("", f"person{number}@posta.example", "it") for number in range(people)], by=SYSTEM)
    jobs.run(jobs.waiting("write_invitations").get().pk)
    make_registration(workshop)  # the newest mails are to people and to invited ones
    with django_assert_num_queries(13):
        client.get(url("org_mail", workshop.pk))


def test_without_a_provider_the_page_says_that_it_is_not_told_of_bounces(client, workshop, organiser):
    assert "Whether a mail came back is not told here" in client.get(url("org_mail", workshop.pk)).content.decode()


# News of the next workshop


def test_nobody_is_told_of_a_workshop_who_did_not_agree(workshop):
    make_registration(make_workshop(workshop.programme), "Ada", "ada@posta.example")
    assert (mailings.tell_of_workshop(workshop, by=SYSTEM), Mail.objects.filter(kind="next_workshop").count()) == (0, 0)


def agree(registration, given=True):
    """What somebody says about hearing of later workshops."""
    decide(registration, CONTACT, given=given, channel=Channel.PHONE, by=SYSTEM)
    return registration


def test_whoever_agreed_is_told_once_unless_they_ended_it_or_signed_up(workshop):
    earlier = make_workshop(workshop.programme)
    for name in ("ada", "bea", "cleo", "dora"):
        agree(make_registration(earlier, name, f"{name}@posta.example"))
    agree(make_registration(make_workshop(make_programme()), "Foreign"))
    make_registration(workshop, "cleo", "cleo@posta.example")
    agree(Registration.objects.get(person__name="dora"), given=False)
    stop_mail(Person.objects.get(name="bea"), by=SYSTEM)
    counts = [mailings.tell_of_workshop(workshop, by=SYSTEM) for _press in range(2)]
    [mail] = Mail.objects.filter(kind="next_workshop")
    letter = outbox.compose(mail)
    assert (counts, letter.to) == ([1, 0], "ada@posta.example")
    assert "List-Unsubscribe" in letter.headers
    assert f"http://localhost:8000{workshop.get_absolute_url()}".replace("/it/", "/en/") in letter.text


def test_whoever_wants_no_more_mail_takes_back_that_they_agreed(workshop):
    ada = agree(make_registration(make_workshop(workshop.programme), "Ada", "ada@posta.example"))
    for _press in range(2):
        stop_mail(ada.person, by=SYSTEM)
    assert (has_consent(ada.person, CONTACT), ada.consents.about(CONTACT).count()) == (False, 2)


def test_news_of_a_workshop_that_takes_nobody_any_more_is_not_sent(workshop):
    agree(make_registration(make_workshop(workshop.programme), "Ada"))
    mailings.tell_of_workshop(workshop, by=SYSTEM)
    Workshop.objects.filter(pk=workshop.pk).update(closes_at=timezone.now() - dt.timedelta(hours=1))
    with pytest.raises(NobodyToWriteTo):
        outbox.compose(Mail.objects.get(kind="next_workshop"))


def test_channel_says_how_somebody_was_signed_up(client, workshop, organiser):
    client.post(url("org_add_person", workshop.pk), {"name": "Phoned"})
    client.post(url("org_add_person", workshop.pk), {"name": "Wrote", "channel": "paper"})
    page = client.post(url("org_add_person", workshop.pk), {"name": "Flew", "channel": "pigeon"})
    assert page.context["form"].errors == {"channel": ["By phone, on paper or at the door?"]}
    rows = Registration.objects.order_by("asked_at").values_list("person__name", "channel")
    assert list(rows) == [("Phoned", "phone"), ("Wrote", "paper")]


def test_a_cancelled_workshop_is_previewed_as_cancelled_and_stays_announced(client, workshop, organiser):
    message = mail_preview.preview(workshop, "workshop_cancelled", language="en")
    assert message.subject.startswith("Cancelled: the workshop on ")
    workshop.refresh_from_db()
    assert workshop.state == WorkshopState.ANNOUNCED
