"""Asking the people who were there: who is asked, what they say, how it is answered, and what waits for it."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail as mailbox
from django.core.cache import cache
from django.utils import timezone, translation

from feedback.models import Feedback, Outcome, Reply
from feedback.review import actions as review
from feedback.review.queries import Asked, Asking, code_of, registration_of_code, replies_of
from feedback.review.turnout import Turnout, turnout
from feedback.summary import actions, publish
from feedback.summary.queries import outcome_page
from ledger import outbox
from ledger.history import SYSTEM
from ledger.models import Event, Mail
from participants.actions.forget import erase_person
from participants.models import PlaceLink
from tests.factories import make_organiser
from tests.feedback.review.rooms import ask, make_people
from workshops.actions.moving import MoveNotAllowed, NotReady
from workshops.models import Workshop
from workshops.states import WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


def missing(people, who=None, text="Children should use it without a code.", finding=0):
    who = who or people.teresa
    return review.reply(who, people.findings[finding].pk, verdict="missing", text=text, by=SYSTEM)


def test_everybody_who_came_and_has_an_address_gets_one_mail_however_often_they_are_asked(people):
    ask(people)
    ask(people, days=20)
    assert sorted(Mail.objects.filter(kind="review").values_list("recipient_id", flat=True)) == sorted(
        [str(people.teresa.person_id), str(people.paolo.person_id)]
    )
    assert people.workshop.state == WorkshopState.ASKING
    assert list(Event.objects.filter(verb__startswith="review.").order_by("pk").values_list("verb", flat=True)) == [
        "review.opened",
        "review.prolonged",
    ]


def test_the_mail_leads_to_the_persons_own_review_and_its_link_is_nowhere_stored(people, client):
    ask(people)
    outbox.send(Mail.objects.get(recipient_id=str(people.teresa.person_id), kind="review").pk)
    [letter] = mailbox.outbox
    link = re.search(r"http://\S+(/(?:en|it)/my/\S+/review/)", letter.body)[1]
    assert letter.subject.startswith("Is this what we said on ")
    assert client.get(link).status_code == 302
    secret = link.split("/")[3]
    assert not PlaceLink.objects.filter(digest__contains=secret).exists()


def test_nobody_is_written_to_once_the_review_is_over(people):
    ask(people)
    waiting = Mail.objects.get(recipient_id=str(people.teresa.person_id), kind="review")
    with time_machine.travel(timezone.now() + dt.timedelta(days=11), tick=False):
        assert not outbox.send(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, mailbox.outbox) == ("dropped", [])


def test_a_name_left_in_stops_the_asking(people):
    people.room.note("Signora Pina has the key.", theme=1)
    with translation.override("en"), pytest.raises(NotReady) as refusal:
        ask(people)
    assert refusal.value.reasons == ["1 note may have a name in it. Hide the name, or say that it is not one."]
    people.workshop.refresh_from_db()
    assert (people.workshop.state, Mail.objects.filter(kind="review").count()) == (WorkshopState.CURATING, 0)


def test_nobody_is_asked_before_the_notes_are_compiled(people):
    Workshop.objects.update(state=WorkshopState.LIVE)
    with pytest.raises(MoveNotAllowed):
        ask(people)


def test_opening_the_link_says_nothing_in_anybodys_name(people, client):
    ask(people)
    client.get(people.address(people.teresa), follow=True)
    client.get(people.address(people.teresa, "end/"))
    assert (Reply.objects.count(), turnout(people.workshop.pk)) == (0, Turnout(asked=3))


def test_one_finding_after_the_other_is_answered_and_kept_alone(people, client):
    ask(people)
    bikes, fridge = people.findings
    first = people.address(people.teresa, "1/")
    page = client.get(first)
    assert page.context["asked"].finding.id == str(bikes.pk)
    answer = client.post(first, {"finding": bikes.pk, "verdict": "agrees", "text": "ignored"})
    assert answer.url.endswith("/review/2/")
    answer = client.post(answer.url, {"finding": fridge.pk, "verdict": "missing", "text": " And ice. "})
    assert answer.url.endswith("/review/3/")
    assert client.get(answer.url).url.endswith("/review/end/")
    said = [(reply.finding, reply.verdict, reply.text) for reply in Reply.objects.order_by("at")]
    assert said == [(bikes, "agrees", ""), (fridge, "missing", "And ice.")]


def test_an_answer_without_a_choice_or_without_words_is_asked_for_again(people, client):
    ask(people)
    first = people.address(people.teresa, "1/")
    bikes = people.findings[0]
    with translation.override("en"):
        page = client.post(first, {"finding": bikes.pk, "text": "And ice."})
        assert page.context["form"].errors == {"verdict": ["Choose one of the two answers."]}
        assert "And ice." in page.content.decode()
        page = client.post(first, {"finding": bikes.pk, "verdict": "missing", "text": " "})
        assert page.context["form"].errors == {"text": ["Write what is missing."]}
    assert Reply.objects.count() == 0


def test_the_last_word_holds_until_an_organiser_has_answered(people):
    ask(people)
    said = missing(people)
    assert missing(people, text="Also at night.").pk == said.pk
    review.answer(said, answered="taken", why="", by=SYSTEM)
    with pytest.raises(review.HasAnAnswer):
        missing(people, text="No, never.")
    said.refresh_from_db()
    assert (said.text, said.answer) == ("Also at night.", "taken")


def test_a_finding_that_is_gone_takes_no_reply(people):
    ask(people)
    _bikes, fridge = people.findings
    actions.hide(fridge, why="Said in jest", by=SYSTEM)
    for gone in (fridge.pk, make_people().findings[0].pk):
        with pytest.raises(review.FindingGone):
            review.reply(people.teresa, gone, verdict="agrees", text="", by=SYSTEM)
    assert Reply.objects.count() == 0


def test_who_did_not_come_reads_nothing_and_says_nothing(people, client):
    ask(people)
    page = client.get(people.address(people.olga, "1/"))
    assert page.status_code == 403
    assert people.room.notes[0].text not in page.content.decode()
    bikes = people.findings[0]
    assert client.post(people.address(people.olga, "1/"), {"finding": bikes.pk, "verdict": "agrees"}).status_code == 403
    assert client.get("/en/my/not-a-link/review/").status_code == 404
    assert Reply.objects.count() == 0


def test_after_the_last_day_what_was_said_is_read_only(people, client):
    ask(people)
    missing(people)
    with time_machine.travel(timezone.now() + dt.timedelta(days=11), tick=False):
        page = client.post(people.address(people.teresa, "1/"), {"finding": people.findings[0].pk, "verdict": "agrees"})
        assert "The time to answer is over" in page.content.decode()
        assert "Children should use it without a code." in page.content.decode()
    assert Reply.objects.get().verdict == "missing"


def test_a_no_and_a_waiver_need_a_reason_and_the_person_can_read_it(people, client):
    ask(people)
    said = missing(people)
    for answered in ("left", "waived"):
        with translation.override("en"), pytest.raises(NotReady) as refusal:
            review.answer(said, answered=answered, why=" ", by=SYSTEM)
        assert refusal.value.reasons == ["Say why. The person can read it."]
    review.answer(said, answered="left", why="It is in finding 2 already.", by=SYSTEM)
    page = client.get(people.address(people.teresa, "end/")).content.decode()
    assert "It is in finding 2 already." in page
    assert "It is in finding 2 already." not in client.get(people.address(people.paolo, "end/")).content.decode()


def test_the_outcome_waits_until_every_correction_is_answered_or_put_aside(people):
    ask(people)
    actions.set_headline(people.room.draft, headline="We share a lot.", lead="", language="en", by=SYSTEM)
    first, second = missing(people), missing(people, people.paolo)
    with translation.override("en"):
        with pytest.raises(NotReady) as refusal:
            publish.publish(people.room.draft, by=SYSTEM)
        assert refusal.value.reasons == ["Answer the 2 replies that wait, or put them aside with a reason."]
        review.answer(first, answered="taken", why="", by=SYSTEM)
        with pytest.raises(NotReady) as refusal:
            publish.publish(people.room.draft, by=SYSTEM)
        assert refusal.value.reasons == ["Answer the one reply that waits, or put it aside with a reason."]
        review.answer(second, answered="waived", why="It was sent twice.", by=SYSTEM)
        publish.publish(people.room.draft, by=SYSTEM)
        page = outcome_page(people.workshop.slug)
        assert page.outcome.body["review"] == {"asked": 3, "answered": 2, "agreed": 0, "missing": 2, "taken": 1}
        assert page.checked == [
            "2 of 3 people answered.",
            "2 times we were told what was missing, and answered.",
            "One addition is in.",
        ]


def test_silence_is_counted_and_never_taken_for_a_yes(people):
    ask(people)
    review.reply(people.teresa, people.findings[0].pk, verdict="agrees", text="", by=SYSTEM)
    counts = turnout(people.workshop.pk)
    assert counts == Turnout(asked=3, answered=1, agreed=1)
    assert counts.silent == 2


def test_a_reply_stays_with_what_its_finding_was_joined_into_or_under_other(people):
    ask(people)
    bikes, fridge = people.findings
    missing(people, finding=1)
    missing(people, people.paolo, finding=0)
    missing(people, people.paolo, text="The fridge is too small.", finding=1)
    actions.merge(fridge, bikes, by=SYSTEM)
    read = replies_of(people.workshop, {str(bikes.pk): "Bikes"})
    assert [(part.title, [reply.text for reply in part.corrections]) for part in read.parts] == [
        ("Bikes", ["Children should use it without a code.", "Children should use it without a code."]),
        ("Other", ["The fridge is too small."]),
    ]


def test_who_agreed_before_a_change_is_told_apart(people):
    ask(people)
    bikes = people.findings[0]
    review.reply(people.teresa, bikes.pk, verdict="agrees", text="", by=SYSTEM)
    actions.retitle(bikes, title="Bikes", text="", revision=bikes.revision, language="en", by=SYSTEM)
    review.reply(people.paolo, bikes.pk, verdict="agrees", text="", by=SYSTEM)
    [part] = replies_of(people.workshop, {str(bikes.pk): "Bikes"}).parts
    assert (part.agreeing, part.since_changed) == (2, 1)


def test_what_belongs_to_no_finding_is_a_correction_too(people, client):
    ask(people)
    client.post(people.address(people.teresa, "other/"), {"text": "Nobody wrote down the lift."})
    said = Reply.objects.get()
    assert (said.finding, said.verdict, said.text) == (None, "missing", "Nobody wrote down the lift.")
    for _again in range(review.MOST_OTHER_REPLIES):
        client.post(people.address(people.teresa, "other/"), {"text": "And more."})
    assert Reply.objects.count() == review.MOST_OTHER_REPLIES


def test_the_evening_is_told_about_once_and_may_be_told_again(people, client):
    ask(people)
    where = people.address(people.teresa, "evening/")
    with translation.override("en"):
        page = client.post(where, {})
        assert page.context["feedback_form"].errors == {"__all__": ["Answer one line at least."]}
    client.post(where, {"evening-heard": "5", "evening-text": "More coffee."})
    client.post(where, {"evening-heard": "4", "evening-again": "5", "evening-text": ""})
    told = Feedback.objects.get()
    assert (told.registration, told.heard, told.useful, told.again, told.text) == (people.teresa, 4, None, 5, "")
    read = replies_of(people.workshop, {})
    assert [counts for _sentence, counts in read.told] == [[0, 0, 0, 1, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


def test_a_code_on_paper_lets_in_who_has_no_address_and_new_codes_end_the_old(people, client):
    asked = ask(people)
    code = code_of(people.gina, asked)
    page = client.post(f"/en/w/{people.workshop.slug}/review/", {"code": code.lower().replace("-", " ")})
    assert page.status_code == 302
    assert client.get(page.url).status_code == 302  # to the first finding
    assert registration_of_code(people.workshop, code_of(people.olga, asked)) is None
    review.renew_codes(asked, by=SYSTEM)
    assert registration_of_code(people.workshop, code) is None


def test_guessing_codes_ends_after_thirty_wrong_ones(people, client):
    asked = ask(people)
    cache.clear()
    where = f"/en/w/{people.workshop.slug}/review/"
    statuses = [client.post(where, {"code": f"9ZZZ-{n:03d}"}).status_code for n in range(31)]
    assert statuses == [200] * 30 + [429]
    assert client.post(where, {"code": code_of(people.gina, asked)}).status_code == 429
    cache.clear()


def test_a_workshop_that_asks_nobody_takes_no_code(people, client):
    assert client.get(f"/en/w/{people.workshop.slug}/review/").status_code == 404


def test_nobody_reads_who_said_what(people, client):
    ask(people)
    missing(people)
    client.force_login(make_organiser(people.workshop.programme))
    page = client.get(f"/en/org/w/{people.workshop.pk}/replies/").content.decode()
    assert "Children should use it without a code." in page
    for name in ("Teresa", "Donati", "Paolo", str(people.teresa.pk), str(people.teresa.person_id)):
        assert name not in page


def test_the_organiser_answers_on_the_page_and_without_a_reason_keeps_what_was_typed(people, client):
    ask(people)
    said = missing(people)
    client.force_login(make_organiser(people.workshop.programme))
    where = f"/en/org/w/{people.workshop.pk}/replies/{said.pk}/"
    page = client.post(where, {"answer": "left", "why": ""})
    assert page.context["answer_form"].errors == {"why": ["Say why. The person can read it."]}
    assert client.post(where, {"answer": "left", "why": "Nobody else heard it."}).status_code == 302
    said.refresh_from_db()
    assert (said.answer, said.why) == ("left", "Nobody else heard it.")


def test_findings_nobody_spoke_of_are_listed_apart_by_their_first_words(people, client):
    ask(people)
    missing(people, finding=0)
    client.force_login(make_organiser(people.workshop.programme))
    page = client.get(f"/en/org/w/{people.workshop.pk}/replies/")
    read = page.context["replies"]
    spoken_of, silent = people.findings
    assert [[part.key for part in parts] for parts in (read.heard, read.silent)] == [
        [str(spoken_of.pk)],
        [str(silent.pk)],
    ]
    first = silent.evidence.order_by("order").first().note
    assert f'lang="{first.lang}">{first.text}</p>' in page.content.decode()
    assert f"?finding={silent.pk}#finding-{silent.pk}" in page.content.decode()


@pytest.mark.parametrize("findings", [1, 3])
def test_more_findings_and_replies_need_no_more_queries(people, client, findings, django_assert_num_queries):
    ask(people)
    if findings == 1:
        actions.merge(people.findings[1], people.findings[0], by=SYSTEM)
    else:
        actions.split(people.findings[0], people.room.notes[:1], by=SYSTEM)
    for number in range(findings):
        missing(people, finding=number)
        missing(people, people.paolo, finding=number)
    client.force_login(make_organiser(people.workshop.programme))
    with django_assert_num_queries(QUERIES_OF_REPLIES):
        page = client.get(f"/en/org/w/{people.workshop.pk}/replies/")
    assert len(page.context["replies"].parts) == findings
    client.logout()
    address = people.address(people.teresa, "1/")
    with django_assert_num_queries(QUERIES_OF_FINDING):
        page = client.get(address)
    assert len(page.context["way"].asked) == findings


QUERIES_OF_REPLIES = 23
QUERIES_OF_FINDING = 26


def test_who_is_forgotten_takes_their_replies_along(people):
    ask(people)
    missing(people)
    missing(people, people.paolo, text="Teresa Donati said it better.")
    review.give_feedback(people.teresa, heard=5, useful=None, again=None, text="Good.", by=SYSTEM)
    erase_person(people.teresa.person, by=SYSTEM)
    assert [reply.text for reply in Reply.objects.all()] == ["[…] said it better."]
    assert (Feedback.objects.count(), Outcome.objects.count()) == (0, 0)


@pytest.mark.parametrize(("findings", "minutes"), [(2, 2), (8, 5), (14, 9)])
def test_the_time_it_takes_grows_with_the_findings(findings, minutes):
    asked = [Asked(number, None, None, None) for number in range(findings)]
    assert Asking(None, asked, [], None).minutes == minutes
