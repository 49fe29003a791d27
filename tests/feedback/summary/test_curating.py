"""People's acts on a draft, and the page where they do them."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from feedback.models import Act, Draft, Finding, Note, RatingTally, Redaction
from feedback.summary import actions, compile
from feedback.summary.curation import MOST_EVIDENCE, MOST_TARGETS, curation
from ledger.history import SYSTEM
from ledger.models import Event, Job
from tests.factories import (
    make_group,
    make_note,
    make_organiser,
    make_programme,
    make_registration,
    make_session,
    make_theme,
)
from tests.feedback.summary.rooms import BIKES, FRIDGE, make_curated_room, make_room
from workshops.actions import agenda as planning
from workshops.actions.moving import MoveNotAllowed, NotReady
from workshops.states import SessionState, TeamRole, WorkshopState

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return make_curated_room()


@pytest.fixture
def serena(client, room):
    """The room's organiser, signed in with `client`."""
    user = make_organiser(room.workshop.programme)
    client.force_login(user)
    return user


def texts(finding):
    """What stands under a finding, in order."""
    return [evidence.note.text for evidence in finding.evidence.order_by("order", "pk")]


def both(room):
    """The two findings as they are now."""
    return list(Finding.objects.filter(draft=room.draft).order_by("order"))


def url(room, rest=""):
    return f"/en/org/w/{room.workshop.pk}/summary/{rest}"


def test_a_note_moves_to_the_end_of_another_finding_and_the_draft_is_curated(room):
    bikes, fridge = both(room)
    assert room.draft.curated_at is None
    actions.place_note(room.draft, room.notes[0], fridge, by=SYSTEM)
    assert texts(bikes) == list(BIKES[1:])
    assert texts(fridge) == [*FRIDGE, BIKES[0]]
    assert room.draft.curated_at is not None
    event = Event.objects.get(verb="note.placed")
    assert (event.thing_id, event.data, event.scope_id) == (
        str(room.notes[0].pk),
        {"finding": str(fridge.pk)},
        room.workshop.pk,
    )


def test_a_quote_that_leaves_its_finding_is_no_longer_its_quote(room):
    actions.place_note(room.draft, room.notes[0], None, by=SYSTEM)
    bikes, fridge = both(room)
    assert (bikes.quote, fridge.quote) == (None, room.notes[3])


def test_a_note_of_another_workshop_is_refused(room):
    other = make_curated_room()
    with pytest.raises(actions.NotInThisDraft):
        actions.place_note(room.draft, other.notes[0], both(room)[0], by=SYSTEM)
    with pytest.raises(actions.NotInThisDraft):
        actions.place_note(room.draft, room.notes[6], both(other)[0], by=SYSTEM)
    assert texts(both(room)[0]) == list(BIKES)


def test_a_text_is_written_in_one_language_and_leaves_the_other(room):
    bikes, _fridge = both(room)
    now = actions.retitle(bikes, title="Bici a scuola", text="", revision=1, language="it", by=SYSTEM)
    now = actions.retitle(now, title=" Bikes to school ", text="By day.", revision=2, language="en", by=SYSTEM)
    assert (dict(now.title), dict(now.text), now.revision, now.origin) == (
        {"it": "Bici a scuola", "en": "Bikes to school"},
        {"it": "", "en": "By day."},
        3,
        "human",
    )


def test_who_writes_second_is_told_and_overwrites_nothing(room):
    bikes, _fridge = both(room)
    actions.retitle(bikes, title="First", text="", revision=1, language="en", by=SYSTEM)
    with pytest.raises(actions.ChangedMeanwhile) as clash:
        actions.retitle(bikes, title="Second", text="", revision=1, language="en", by=SYSTEM)
    assert dict(clash.value.finding.title) == {"en": "First"}
    assert dict(both(room)[0].title) == {"en": "First"}


def test_findings_change_places_only_within_their_theme(room):
    bikes, fridge = both(room)
    second = actions.add_finding(room.draft, bikes.theme, title="Buses", language="en", by=SYSTEM)
    assert actions.reorder(second, up=True, by=SYSTEM) is True
    assert list(room.draft.findings.filter(theme=bikes.theme).order_by("order")) == [second, bikes]
    assert actions.reorder(second, up=True, by=SYSTEM) is False
    assert actions.reorder(fridge, up=True, by=SYSTEM) is False


def test_joining_two_findings_keeps_every_note(room):
    bikes, fridge = both(room)
    assert actions.merge(fridge, bikes, by=SYSTEM) == bikes
    assert [texts(finding) for finding in both(room)] == [[*BIKES, *FRIDGE]]


def test_splitting_takes_the_chosen_notes_into_the_next_finding(room):
    bikes, fridge = both(room)
    new = actions.split(bikes, room.notes[:1], by=SYSTEM)
    assert [finding.pk for finding in both(room)] == [bikes.pk, new.pk, fridge.pk]
    assert [texts(finding) for finding in both(room)] == [list(BIKES[1:]), [BIKES[0]], list(FRIDGE)]
    assert (both(room)[0].quote, new.theme) == (None, bikes.theme)


def test_after_a_split_each_part_says_whether_views_differ_among_its_own_notes(room):
    bikes, _fridge = both(room)
    against = room.note("The bike to school is not safe.", theme=0, lang="en")
    also_against = room.note("No bike to school for me.", theme=0, lang="en")
    Note.objects.filter(pk__in=[note.pk for note in room.notes]).update(lang="en")
    for note in (against, also_against):
        actions.place_note(room.draft, note, bikes, by=SYSTEM)
    Finding.objects.filter(pk=bikes.pk).update(views_differ=True)
    no_longer = actions.split(bikes, [against, also_against], by=SYSTEM)
    assert (both(room)[0].views_differ, no_longer.views_differ) == (False, False)
    actions.undo(Act.objects.latest("pk"), by=SYSTEM)
    assert both(room)[0].views_differ is True
    new = actions.split(bikes, [room.notes[1], against], by=SYSTEM)
    assert (both(room)[0].views_differ, new.views_differ) == (True, True)


def test_a_note_that_is_moved_takes_along_that_views_differ(room):
    bikes, fridge = both(room)
    against = room.note("The bike to school is not safe.", theme=0, lang="en")
    Note.objects.filter(pk__in=[note.pk for note in room.notes]).update(lang="en")
    told = []
    for home in (bikes, fridge, None):
        actions.place_note(room.draft, against, home, by=SYSTEM)
        told.append([finding.views_differ for finding in both(room)])
    assert told == [[True, False], [False, True], [False, False]]
    actions.undo(Act.objects.latest("pk"), by=SYSTEM)
    assert [finding.views_differ for finding in both(room)] == [False, True]


def test_findings_that_are_merged_say_whether_views_differ_among_all_their_notes(room):
    bikes, fridge = both(room)
    against = room.note("The bike to school is not safe.", theme=1, lang="en")
    Note.objects.filter(pk__in=[note.pk for note in room.notes]).update(lang="en")
    alone = actions.place_in_new_finding(room.draft, against, by=SYSTEM)
    assert [finding.views_differ for finding in (bikes, fridge, alone)] == [False] * 3
    assert actions.merge(alone, bikes, by=SYSTEM).views_differ is True


def test_after_a_split_views_differ_where_people_were_counted_who_disagreed(room):
    Note.objects.filter(pk=room.notes[0].pk).update(disagreed=2)
    new = actions.split(both(room)[0], room.notes[:1], by=SYSTEM)
    assert (both(room)[0].views_differ, new.views_differ) == (False, True)


def test_answers_to_one_question_are_no_views_that_differ_after_a_split(room):
    bikes, _fridge = both(room)
    Finding.objects.filter(pk=bikes.pk).update(tier="question")
    Note.objects.filter(pk=room.notes[2].pk).update(text="No bike is fast.", lang="en")
    new = actions.split(bikes, room.notes[:1], by=SYSTEM)
    assert (both(room)[0].views_differ, new.views_differ) == (False, False)


@pytest.mark.parametrize("count", [0, 3])
def test_splitting_nothing_or_everything_is_refused(room, count):
    with pytest.raises(NotReady):
        actions.split(both(room)[0], room.notes[:count], by=SYSTEM)
    assert len(both(room)) == 2


def test_only_a_note_of_the_finding_can_be_its_quote(room):
    bikes, _fridge = both(room)
    actions.choose_quote(bikes, room.notes[2], by=SYSTEM)
    with pytest.raises(actions.NotInThisDraft):
        actions.choose_quote(bikes, room.notes[4], by=SYSTEM)
    assert both(room)[0].quote == room.notes[2]


def test_a_kept_finding_is_ready_and_a_hidden_one_is_left_out(room):
    bikes, fridge = both(room)
    actions.confirm(bikes, by=SYSTEM)
    with translation.override("en"), pytest.raises(NotReady) as refusal:
        actions.hide(fridge, why=" ", by=SYSTEM)
    assert refusal.value.reasons == ["Say why it is left out."]
    actions.hide(fridge, why="Said in jest", by=SYSTEM)
    assert [(finding.tier, finding.hidden, finding.hidden_why) for finding in both(room)] == [
        ("confirmed", False, ""),
        ("related", True, "Said in jest"),
    ]
    actions.show(fridge, by=SYSTEM)
    assert list(room.draft.findings.shown()) == both(room)


def test_a_theme_of_another_programme_is_refused(room):
    with pytest.raises(actions.NotInThisDraft):
        actions.add_finding(room.draft, make_theme(make_programme()), by=SYSTEM)
    assert len(both(room)) == 2


@pytest.mark.parametrize("state", [WorkshopState.LIVE, WorkshopState.COMPILING, WorkshopState.CANCELLED])
def test_outside_curation_nothing_in_a_draft_changes(room, state):
    type(room.workshop).objects.update(state=state)
    with pytest.raises(MoveNotAllowed):
        actions.place_note(room.draft, room.notes[6], both(room)[0], by=SYSTEM)
    with pytest.raises(MoveNotAllowed):
        actions.set_headline(room.draft, headline="X", lead="", by=SYSTEM)
    assert (room.draft.placements.count(), room.draft.curated_at) == (6, None)


def test_words_that_are_not_in_a_note_cannot_be_hidden_in_it(room):
    with pytest.raises(actions.NotInThisDraft):
        actions.hide_words(room.notes[0], "Signora Pina", "", by=SYSTEM)
    assert Redaction.objects.count() == 0


@pytest.mark.parametrize("data", [{"words": "bike", "replacement": "x" * 81}, {"words": "x" * 201, "replacement": "y"}])
def test_words_that_are_too_long_to_hide_or_to_show_are_refused_with_a_sentence(client, room, data):
    client.force_login(make_organiser(room.workshop.programme))
    note = room.notes[0]
    Note.objects.filter(pk=note.pk).update(text=f"bike {'x' * 201}")
    page = client.post(reverse("org_hide_words", args=[room.workshop.pk, note.pk]), data, follow=True)
    assert "Nothing is hidden: 200 letters at once at most, and at most 80 in their place." in page.content.decode()
    assert Redaction.objects.count() == 0


def test_words_too_long_to_be_hidden_are_not_cut_when_they_are_sought_to_be_shown_again(client, room):
    client.force_login(make_organiser(room.workshop.programme))
    note = room.notes[0]
    Note.objects.filter(pk=note.pk).update(text=f"bike {'x' * 201}")
    note.refresh_from_db()
    actions.hide_words(note, "x" * 200, "…", by=SYSTEM)
    url = reverse("org_show_words", args=[room.workshop.pk, note.pk])
    page = client.post(url, {"words": "x" * 201}, follow=True)
    told = [str(message) for message in page.context["messages"]]
    assert told == ["Nothing is shown again: no more than 200 letters are ever hidden at once."]
    assert Redaction.objects.count() == 1
    client.post(url, {"words": "x" * 200})
    assert Redaction.objects.count() == 0


def test_a_history_of_curation_holds_no_text(room):
    bikes, _fridge = both(room)
    actions.retitle(bikes, title="Canary title", text="Canary text", revision=1, by=SYSTEM)
    actions.set_headline(room.draft, headline="Canary headline", lead="Canary lead", by=SYSTEM)
    actions.hide_words(room.notes[0], "bike", "Canary instead", by=SYSTEM)
    assert Event.objects.in_scope(room.workshop.pk).count() >= 3
    assert not [event for event in Event.objects.all() if "Canary" in str(event.data)]


# The page


@pytest.mark.parametrize("findings", [1, 3])
def test_the_page_needs_no_more_queries_for_more_findings(client, room, serena, findings, django_assert_num_queries):
    if findings == 1:
        both(room)[1].delete()
    else:
        actions.split(both(room)[0], room.notes[:1], by=SYSTEM)
    for finding in room.draft.findings.all():
        actions.choose_quote(finding, finding.evidence.first().note, by=SYSTEM)
    with django_assert_num_queries(21):
        page = client.get(url(room))
    assert len(page.context["read"].findings) == findings


@pytest.mark.parametrize("initiatives", [1, 3])
def test_the_page_needs_no_more_queries_for_more_rated_initiatives(
    client, room, serena, initiatives, django_assert_num_queries
):
    for number in range(initiatives):
        rate(room, f"Library {number}", [0, 1, 0, 2, number + 1])
    with django_assert_num_queries(21):
        page = client.get(url(room))
    [part] = page.context["rated"]
    assert [each.counts for each in part.initiatives] == [[0, 1, 0, 2, number] for number in range(initiatives, 0, -1)]


def rate(room, name, counts):
    """An initiative about which people at the first table gave these answers."""
    made = planning.add_initiative(room.workshop, by=SYSTEM, name={"en": name}, short={"en": name})
    tally = {"session": room.session, "initiative": made, "group": room.tables[0]}
    RatingTally.objects.bulk_create(
        RatingTally(**tally, answer=answer, people=people) for answer, people in enumerate(counts, start=1) if people
    )


def test_the_page_shows_what_the_outcome_will_say_about_initiatives_and_marks_small_counts(client, room, serena):
    rate(room, "Library", [0, 0, 1, 0, 3])
    rate(room, "Fridge", [4, 0, 0, 1, 5])
    content = client.get(url(room)).content.decode()
    table = content[content.index('<section class="card curation-ratings"') :]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", table, re.DOTALL)
    cells = [re.findall(r'<td data-label="([^"]+)">(\d+)</td>', row) for row in rows]
    steps = ["never", "rarely", "sometimes", "often", "every week"]
    assert cells == [list(zip(steps, "40015", strict=True)), list(zip(steps, "00103", strict=True))]
    assert [row.count('class="rate ') for row in rows] == [10, 4]
    facts = [re.findall(r'<p class="small[^"]*">(?:<svg.*?</svg>)?\s*([^<]+)</p>', row, re.DOTALL) for row in rows]
    assert facts == [
        [
            "6 of 10 people would use it often or every week",
            "Answers part: 4 “never” or “rarely”, 6 “often” or “every week”.",
        ],
        ["3 of 4 people would use it often or every week", "4 people answered about “Library”."],
    ]


def test_without_ratings_the_page_says_nothing_about_them(client, room, serena):
    assert "curation-ratings" not in client.get(url(room)).content.decode()


def test_the_page_says_what_is_placed_what_is_not_and_whose_name_is_left(room):
    room.note("Signora Pina has the key.", theme=1)
    make_registration_of(room, "Teresa Donati")
    room.note("Ask Teresa about the bike.", theme=0)
    read = curation(room.workshop, theme=str(room.themes[1].pk))
    assert [note.text for note in read.unplaced] == [room.notes[6].text, "Signora Pina has the key."]
    table_by_table = [FRIDGE[0], FRIDGE[2], FRIDGE[1]]
    assert [(note.text, home.number) for note, home in read.placed] == [(text, 1) for text in table_by_table]
    assert [(left.words, left.before, left.after) for left in read.names] == [
        ("Signora Pina", "", " has the key."),
        ("Teresa", "Ask ", " about the bike."),
    ]
    with translation.override("en"):
        assert [finding.title for finding in read.findings] == [
            "2 of 2 tables wrote about: bike, school",
            "2 of 2 tables wrote about: fridge",
        ]


def make_registration_of(room, name):
    type(room.workshop).objects.update(state=WorkshopState.LIVE)
    made = make_registration(room.workshop, name=name)
    type(room.workshop).objects.update(state=WorkshopState.CURATING)
    return made


def test_a_search_finds_notes_of_the_theme_only(room):
    read = curation(room.workshop, theme=str(room.themes[1].pk), search="FRIDGE at")
    assert [note.text for note, _home in read.placed] == [FRIDGE[0], FRIDGE[2]]
    assert read.unplaced == []


def test_of_many_findings_the_menus_offer_those_around_the_chosen_one(room):
    bikes, _fridge = both(room)
    for number in range(20):
        actions.add_finding(room.draft, bikes.theme, title=f"More {number}", by=SYSTEM)
    read = curation(room.workshop, theme=str(bikes.theme_id))
    assert [finding.number for finding in read.targets] == list(range(1, 13))
    read = curation(room.workshop, theme=str(bikes.theme_id), finding=str(read.here[15].pk))
    assert [finding.number for finding in read.targets] == list(range(10, 22))


def test_findings_are_shown_page_by_page_and_the_chosen_one_turns_the_page(client, room, serena):
    bikes, _fridge = both(room)
    for number in range(MOST_TARGETS):
        actions.add_finding(room.draft, bikes.theme, title=f"More {number}", by=SYSTEM)
    read = curation(room.workshop, theme=str(bikes.theme_id))
    assert [finding.number for finding in read.shown_findings] == list(range(1, MOST_TARGETS + 1))
    assert (read.findings_before, read.findings_after.number) == (None, MOST_TARGETS + 1)
    page = client.get(f"{url(room)}?theme={bikes.theme_id}&finding={read.findings_after.pk}")
    last = page.context["read"]
    assert [finding.title for finding in last.shown_findings] == [f"More {MOST_TARGETS - 1}"]
    assert (last.findings_before.number, last.findings_after) == (1, None)
    assert f"&amp;finding={bikes.pk}#findings-title" in page.content.decode()


def test_the_first_notes_of_a_finding_are_shown_and_all_page_by_page(client, room, serena):
    bikes, _fridge = both(room)
    for number in range(MOST_EVIDENCE):
        actions.place_note(room.draft, room.note(f"Bike {number}.", theme=0), bikes, by=SYSTEM)
    pages = [client.get(f"{url(room)}?finding={bikes.pk}&behind={number}") for number in (1, 2, 9)]
    shown = [[note.text for note in page.context["read"].shown_evidence] for page in pages]
    few = client.get(f"{url(room)}?finding={bikes.pk}")
    assert [note.text for note in few.context["read"].shown_evidence] == list(BIKES)
    assert f"finding={bikes.pk}&amp;behind=1#evidence" in few.content.decode()
    actions.choose_quote(bikes, room.notes[-1], by=SYSTEM)
    quoted = client.get(f"{url(room)}?finding={bikes.pk}")
    shown_now = [note.pk for note in quoted.context["read"].shown_evidence]
    assert shown_now == [*(note.pk for note in room.notes[:3]), room.notes[-1].pk]
    assert [len(texts) for texts in shown] == [MOST_EVIDENCE, 3, 3]
    assert shown[0] + shown[1] == [*BIKES, *(f"Bike {number}." for number in range(MOST_EVIDENCE))]
    assert "Page 2 of 2" in pages[2].content.decode()


def test_plain_numbers_say_how_far_a_finding_reaches_and_who_agreed(client, room, serena):
    bikes, fridge = both(room)
    make_note(make_group(room.workshop, "Tiglio"), room.session, "We have no bikes.", theme=room.themes[0])
    Note.objects.filter(pk=room.notes[0].pk).update(backers=4, disagreed=1)
    Note.objects.filter(pk=room.notes[2].pk).update(backers=3)
    Note.objects.filter(pk=room.notes[1].pk).update(backers=2)
    with translation.override("en"):
        read = curation(room.workshop)
        told = [(each.reach, each.people, each.views_differ) for each in read.findings]
    assert told == [
        ("at 2 of 3 tables", ["at least 6 people stood behind it", "at least 1 person disagreed"], True),
        ("at 2 of 3 tables", [], False),
    ]
    page = client.get(url(room)).content.decode()
    assert "at 2 of 3 tables" in page
    assert "at least 1 person disagreed" in page
    actions.merge(bikes, fridge, by=SYSTEM)
    assert curation(room.workshop).findings[0].views_differ


def test_only_tables_that_were_asked_the_same_count_among_all(room):
    """Tiglio wrote in another session: it could not have said anything here."""
    elsewhere = make_session(room.workshop)
    make_note(make_group(room.workshop, "Tiglio"), elsewhere, "We have no bikes.", theme=room.themes[0])
    with translation.override("en"):
        assert curation(room.workshop).findings[0].title == "2 of 2 tables wrote about: bike, school"


def test_a_name_written_after_somebody_looked_is_found_too(room):
    room.note("Signora Pina has the key.", theme=1)
    assert [left.words for left in curation(room.workshop).names] == ["Signora Pina"]
    room.note("Ask Teresa about the bike.", theme=0)
    assert [left.words for left in curation(room.workshop).names] == ["Signora Pina"]
    make_registration_of(room, "Teresa Donati")
    assert {left.words for left in curation(room.workshop).names} == {"Signora Pina", "Teresa"}
    actions.hide_words(room.notes[7], "Signora Pina", "a neighbour", by=SYSTEM)
    assert [left.words for left in curation(room.workshop).names] == ["Teresa"]


def test_everything_can_be_done_without_script(client, room, serena):
    bikes, fridge = both(room)
    here = f"?theme={room.themes[1].pk}"
    answer = client.post(url(room, f"notes/{room.notes[6].pk}/place/{here}"), {"finding": str(fridge.pk)})
    assert (answer.status_code, answer.url) == (302, f"{url(room)}{here}")
    client.post(url(room, f"findings/{bikes.pk}/"), {"title": "Bikes", "text": "Daily.", "revision": 1})
    client.post(url(room, f"findings/{bikes.pk}/act/"), {"act": "keep"})
    client.post(url(room, f"findings/{bikes.pk}/quote/"), {"note": str(room.notes[1].pk)})
    client.post(url(room, f"findings/{bikes.pk}/split/"), {"note": [str(room.notes[0].pk)]})
    client.post(url(room, "findings/"), {"title": "A new one", "theme": str(room.themes[1].pk)})
    client.post(url(room, "headline/"), {"headline": "We share.", "lead": ""})
    client.post(url(room, f"notes/{room.notes[0].pk}/hide/"), {"words": "bike"})
    rows = [(dict(f.title), f.tier, f.quote, texts(f)) for f in room.draft.findings.order_by("order", "pk")]
    assert rows == [
        ({"en": "Bikes"}, "confirmed", room.notes[1], list(BIKES[1:])),
        ({}, "related", None, [BIKES[0]]),
        ({}, "related", room.notes[3], [*FRIDGE, room.notes[6].text]),
        ({"en": "A new one"}, "related", None, []),
    ]
    assert dict(room.draft.headline) == {"en": "We share."}
    assert Redaction.objects.get().replacement == "a neighbour"


def test_the_slower_of_two_people_sees_both_texts(client, room, serena):
    bikes, _fridge = both(room)
    actions.retitle(bikes, title="Theirs stands", text="", revision=1, language="en", by=SYSTEM)
    answer = client.post(url(room, f"findings/{bikes.pk}/"), {"title": "Mine waits", "text": "", "revision": 1})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs stands" in page
    assert "Mine waits</textarea>" in page
    client.post(url(room, f"findings/{bikes.pk}/"), {"title": "Mine waits", "text": "", "revision": 2})
    assert dict(both(room)[0].title) == {"en": "Mine waits"}


FOREIGN = [
    ("notes/{note}/place/", {"finding": ""}),
    ("notes/{note}/hide/", {"words": "bike"}),
    ("findings/{finding}/", {"title": "x", "revision": 1}),
    ("findings/{finding}/act/", {"act": "hide"}),
    ("findings/{finding}/split/", {"note": []}),
    ("findings/{finding}/quote/", {"note": ""}),
    ("findings/{finding}/merge/", {"into": "{own}"}),
]


@pytest.mark.parametrize(("path", "data"), FOREIGN)
def test_things_of_another_workshop_are_missing_ones(client, room, serena, path, data):
    other = make_curated_room()
    path = path.format(note=other.notes[0].pk, finding=both(other)[0].pk)
    data = {name: str(both(room)[0].pk) if value == "{own}" else value for name, value in data.items()}
    assert client.post(url(room, path), data).status_code == 404
    assert (other.draft.curated_at, other.draft.placements.count(), Redaction.objects.count()) == (None, 6, 0)


BROKEN = [
    ("notes/{note}/place/", {}),
    ("notes/{note}/place/", {"finding": "42"}),
    ("notes/{note}/hide/", {"words": "not in it"}),
    ("findings/{finding}/", {"title": "x"}),
    ("findings/{finding}/act/", {"act": "explode"}),
    ("findings/{finding}/split/", {"note": ["42"]}),
    ("findings/{finding}/merge/", {"into": "{own}"}),
    ("findings/", {"title": "x", "theme": "42"}),
]


@pytest.mark.parametrize(("path", "data"), BROKEN)
def test_a_malformed_act_is_a_400_and_changes_nothing(client, room, serena, path, data):
    finding = both(room)[0].pk
    data = {name: str(finding) if value == "{own}" else value for name, value in data.items()}
    answer = client.post(url(room, path.format(note=room.notes[0].pk, finding=finding)), data)
    assert answer.status_code == 400
    assert (len(both(room)), room.draft.placements.count(), room.draft.curated_at) == (2, 6, None)


@pytest.mark.parametrize("role", [TeamRole.HELPER, TeamRole.OBSERVER])
def test_only_organisers_read_a_draft(client, room, role):
    client.force_login(make_organiser(room.workshop.programme, role=role))
    assert [client.get(url(room, rest)).status_code for rest in ("", "preview/", "publish/", "progress/")] == [404] * 4
    assert client.post(url(room, "publish/")).status_code == 404


def test_an_organiser_of_another_programme_finds_nothing(client, room):
    client.force_login(make_organiser(make_programme()))
    assert client.get(url(room)).status_code == 404
    assert client.post(url(room, "compile/")).status_code == 404


def test_compile_is_asked_for_by_post_and_the_page_shows_how_far_it_is(client):
    room = make_room()
    client.force_login(make_organiser(room.workshop.programme))
    assert "Compile the notes" in client.get(url(room)).content.decode()
    assert client.get(url(room, "compile/")).status_code == 405
    client.post(url(room, "compile/"))
    page = client.get(url(room)).content.decode()
    assert "Compiling the notes" in page
    assert 'data-compile="waiting"' in client.get(url(room, "progress/")).content.decode()
    Job.objects.update(progress={"step": "group", "notes": 7, "tables": 2}, error="CompilerFailed: no", attempts=1)
    card = client.get(url(room, "progress/")).content.decode()
    assert "Notes gathered from 2 tables" in card
    assert "One try did not work." in card
    Job.objects.update(attempts=5)
    card = client.get(url(room, "progress/")).content.decode()
    assert 'data-compile="rests"' in card
    assert "Try again" in card
    client.post(url(room, "compile/"), {"force": "yes"})
    job = Job.objects.get(kind="compile")
    assert (job.error, job.attempts, job.wanted) == ("", 0, 2)


def test_an_open_session_is_named_and_can_be_passed_over(client):
    room = make_room(session_state=SessionState.OPEN)
    client.force_login(make_organiser(room.workshop.programme))
    assert "Close the session “Habits”." in client.get(url(room)).content.decode()
    client.post(url(room, "compile/"))
    assert Job.objects.filter(kind="compile").count() == 0
    client.post(url(room, "compile/"), {"force": "yes"})
    assert Job.objects.filter(kind="compile").count() == 1


def test_publishing_is_asked_first_and_says_what_stops_it(client, room, serena):
    room.note("Signora Pina has the key.", theme=1)
    asked = client.get(url(room, "publish/")).content.decode()
    assert "Write a headline." in asked
    assert "Signora Pina" in asked
    refused = client.post(url(room, "publish/"), {"names_are_fine": "on"})
    assert "Write a headline." in refused.content.decode()
    actions.set_headline(room.draft, headline="We share.", lead="", by=SYSTEM)
    assert client.post(url(room, "publish/")).status_code == 200
    assert room.workshop.outcomes.count() == 0
    assert client.post(url(room, "publish/"), {"names_are_fine": "on"}).url == url(room)
    room.workshop.refresh_from_db()
    assert (room.workshop.state, room.workshop.outcomes.count()) == (WorkshopState.PUBLISHED, 1)


def test_the_preview_shows_the_draft_and_stores_nothing(client, room, serena):
    actions.set_headline(room.draft, headline="We share a lot.", lead="", by=SYSTEM)
    page = client.get(url(room, "preview/")).content.decode()
    assert "We share a lot." in page
    assert BIKES[0] in page
    assert room.workshop.outcomes.count() == 0


def test_looking_changes_nothing(client, room, serena):
    before = (compile.content_hash(room.draft), Event.objects.count(), Job.objects.count())
    for rest in ("", "progress/", "preview/", "publish/"):
        assert client.get(url(room, rest)).status_code == 200
    assert (compile.content_hash(room.draft), Event.objects.count(), Job.objects.count()) == before
    assert Draft.objects.count() == 1


def test_a_headline_written_by_two_is_asked_about(client, room, serena):
    page = client.get(url(room)).content.decode()
    seen = html.unescape(re.search(r'name="seen" value="([^"]+)"', page)[1])
    client.post(url(room, "headline/"), {"headline": "We share", "lead": "", "seen": seen})
    asked = client.post(url(room, "headline/"), {"headline": "We lend", "lead": "", "seen": seen}).content.decode()
    assert "Meanwhile somebody else wrote: “We share”. Save again to keep yours." in asked
    room.draft.refresh_from_db()
    assert dict(room.draft.headline) == {"en": "We share"}
