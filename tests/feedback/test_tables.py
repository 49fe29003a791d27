"""Joining a table with six digits, and who may open its note-pad."""

import uuid

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ledger.history import SYSTEM
from participants.models import Device
from tests.factories import make_device, make_group, make_organiser, make_programme, make_user, make_workshop
from workshops.actions.groups import give_table_codes

pytestmark = pytest.mark.django_db
WRONG = "Look for six digits at the bottom of the table sheet."


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def group():
    workshop = make_workshop()
    group = make_group(workshop, "Olmo")
    give_table_codes(workshop, by=SYSTEM)
    group.refresh_from_db()
    return group


@pytest.fixture
def tablet(client):
    client.cookies["language"] = "en"
    return client


def join(tablet, code, name="Ilaria"):
    return tablet.post("/table/", {"code": code, "name": name})


def another_code(group):
    return f"{(int(group.code) + 1) % 10**6:06d}"


def test_six_digits_and_a_name_open_the_pad_of_that_table(tablet, group):
    answer = join(tablet, f"{group.code[:3]} {group.code[3:]}")
    assert (answer.status_code, answer["Location"]) == (302, f"/table/{group.pk}/")
    device = Device.objects.get()
    assert (device.name, device.group, tablet.session["device"]) == ("Ilaria", group, str(device.pk))
    assert tablet.get(answer["Location"]).status_code == 200


def test_joining_gives_the_session_another_key(tablet, group):
    join(tablet, another_code(group))
    before = tablet.session.session_key
    join(tablet, group.code)
    assert before
    assert tablet.session.session_key != before


def test_the_code_of_a_scanned_sheet_is_filled_in(tablet):
    assert tablet.get("/table/?code=408210").context["form"]["code"].value() == "408210"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "x" * 90])
def test_anything_but_six_digits_says_where_to_look_and_joins_nothing(tablet, group, code):
    answer = join(tablet, code)
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"] == [WRONG]
    assert Device.objects.count() == 0


def test_a_code_of_no_table_is_answered_like_a_malformed_one(tablet, group):
    answer = join(tablet, another_code(group))
    assert (answer.status_code, answer.context["form"].errors["code"]) == (422, [WRONG])


def test_after_ten_wrong_codes_even_the_right_one_waits(tablet, group):
    for _guess in range(10):
        assert join(tablet, another_code(group)).status_code == 422
    assert join(tablet, group.code).status_code == 429
    assert Device.objects.count() == 0


def test_a_hall_behind_one_address_keeps_joining_while_one_tablet_guesses(tablet, group):
    for _guess in range(10):
        join(tablet, another_code(group))
    assert join(Client(), group.code).status_code == 302


def test_whoever_throws_sessions_away_is_stopped_by_the_address(group):
    for _guess in range(300):
        cache.add("wrong-codes:address:127.0.0.1", 0, 600)
        cache.incr("wrong-codes:address:127.0.0.1")
    assert join(Client(), group.code).status_code == 429


def test_the_pad_of_another_table_sends_back_to_the_code(tablet, group):
    join(tablet, group.code)
    elsewhere = make_group(group.workshop, "Gelso")
    answer = tablet.get(f"/table/{elsewhere.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/table/")


def test_a_table_that_does_not_exist_looks_like_a_foreign_one(tablet):
    answer = tablet.get(f"/table/{uuid.uuid4()}/")
    assert (answer.status_code, answer["Location"]) == (302, "/table/")


def test_a_removed_tablet_is_sent_back_to_the_code(tablet, group):
    join(tablet, group.code)
    Device.objects.update(revoked_at=group.code_until)
    assert tablet.get(f"/table/{group.pk}/")["Location"] == "/table/"


def test_an_assigned_moderator_and_an_organiser_need_no_code(client, group):
    moderator = make_user()
    group.moderators.filter(role="writes").update(user=moderator)
    for user, status in (
        (moderator, 200),
        (make_organiser(group.workshop.programme), 200),
        (make_organiser(group.workshop.programme, role="observer"), 302),
        (make_organiser(make_programme()), 302),
    ):
        client.force_login(user)
        assert client.get(f"/table/{group.pk}/").status_code == status


def test_pad_and_shell_forbid_making_html_out_of_strings(tablet, group):
    join(tablet, group.code)
    for url in (f"/table/{group.pk}/", "/table/shell/"):
        policy = tablet.get(url)["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in policy
        assert "trusted-types app" in policy


def test_the_pad_brings_the_token_the_tablet_sends_with_its_notes(tablet, group):
    join(tablet, group.code)
    tablet.cookies.pop("csrftoken", None)
    tablet.get(f"/table/{group.pk}/")
    assert tablet.cookies["csrftoken"].value


def test_the_shell_is_the_same_for_a_stranger_and_for_a_tablet(tablet, group):
    stranger = Client(headers={"accept-language": "en"})
    before = stranger.get("/table/shell/").content
    join(tablet, group.code)
    assert tablet.get("/table/shell/").content == before


def test_leaving_takes_the_table_away_from_this_browser_only(tablet, group):
    make_device(group, "Youssef")
    join(tablet, group.code)
    assert tablet.get("/table/leave/").status_code == 405
    assert tablet.post("/table/leave/")["Location"] == "/table/"
    assert tablet.get(f"/table/{group.pk}/")["Location"] == "/table/"
    assert Device.objects.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize(("has_team_seat", "status"), [(False, 302), (True, 200)])
def test_leaving_signs_a_moderator_out_of_a_shared_tablet_and_no_organiser(client, group, has_team_seat, status):
    person = make_organiser(group.workshop.programme) if has_team_seat else make_user()
    group.moderators.filter(role="writes").update(user=person)
    client.force_login(person)
    assert client.get(f"/table/{group.pk}/").status_code == 200
    client.post("/table/leave/")
    assert client.get(f"/table/{group.pk}/").status_code == status


def test_the_service_worker_may_cover_the_whole_site_and_is_never_kept(client, monkeypatch, tmp_path):
    script = tmp_path / "sw.js"
    script.write_text("self.addEventListener('fetch', () => {})")
    monkeypatch.setattr("feedback.views.tables.finders.find", lambda name: str(script) if name == "sw.js" else None)
    answer = client.get(reverse("service_worker"))
    headers = [answer[name] for name in ("Content-Type", "Cache-Control", "Service-Worker-Allowed")]
    assert headers == ["text/javascript; charset=utf-8", "no-cache", "/"]
    assert b"".join(answer.streaming_content) == script.read_bytes()


def test_the_kill_switch_serves_the_worker_that_goes_away(client, settings, monkeypatch, tmp_path):
    for name in ("sw.js", "sw-off.js"):
        (tmp_path / name).write_text(f"// {name}")
    monkeypatch.setattr("feedback.views.tables.finders.find", lambda name: str(tmp_path / name))
    served = []
    for settings.SERVICE_WORKER in (True, False):
        served.append(b"".join(client.get(reverse("service_worker")).streaming_content))
    assert served == [b"// sw.js", b"// sw-off.js"]


def test_the_pad_page_is_the_empty_shell_so_a_tablet_may_keep_it(tablet, group):
    join(tablet, group.code)
    assert tablet.get(f"/table/{group.pk}/").content == tablet.get("/table/shell/").content


def test_without_a_built_front_end_there_is_no_service_worker(client, monkeypatch):
    monkeypatch.setattr("feedback.views.tables.finders.find", lambda name: None)
    assert client.get("/sw.js").status_code == 404
