"""A newcomer's way from the closed tables to the PDF: compile, move, hide, ask, answer, publish, download."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import evening, outcome


def test_the_sample_goes_from_notes_to_the_published_pdf(own_device, say):
    word = say("en")
    organiser = own_device(1440, 900, "en").new_page()
    plan = outcome.enter_sample(organiser, "en")
    evening.close_all_sessions(organiser, plan)
    evening.compile_notes(organiser, plan)
    outcome.move_a_note(organiser, plan)
    assert outcome.hide_names(organiser, plan) > 0
    outcome.write_headline(organiser, plan)
    outcome.ask_people(organiser, plan)
    phone = own_device(390, 844, "en").new_page()
    outcome.open_my_review(phone, word("Is this what we said on %(date)s?").split(" %")[0])
    outcome.say_what_is_missing(phone)
    organiser.goto(plan.org("summary/publish/"))
    expect(organiser.locator("main")).to_contain_text("Answer the one reply that waits")
    outcome.answer_correction(organiser, plan)
    phone.reload()
    expect(phone.locator("main")).to_contain_text(outcome.TAKEN_OVER)
    outcome.publish(organiser, plan)
    reader = own_device(390, 844, "en").new_page()
    reader.goto(plan.public("said/"))
    expect(reader.locator("h1")).to_have_text(outcome.HEADLINE)
    expect(reader.locator(".said-checked")).to_contain_text("1 of ")
    with reader.expect_download() as downloading:
        reader.evaluate(
            "() => { const link = document.querySelector('.said-files a'); link.download = ''; link.click() }"
        )
    assert downloading.value.path().read_bytes()[:4] == b"%PDF"
