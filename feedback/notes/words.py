"""The words of the note-pad: the page carries them in its shell, so that it speaks without a connection."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.plurals import counted
from workshops.scales import WORDS, steps


def pad_words() -> dict[str, str | dict[str, str]]:
    """All sentences of the pad in the active language.

    `{name}` and the like are filled in on the tablet; a counted sentence is a dict of plural forms,
    chosen there with `Intl.PluralRules`.
    """
    return _bar() | _board() | _writing() | _reading_back() | _decisions() | _connection() | _ready() | _menu()


def _scales() -> dict[str, str | dict[str, str]]:
    """`asked_<scale>` and, for each of its steps from 1 to 5, `rating_<scale>_<step>`."""
    told: dict[str, str | dict[str, str]] = {f"asked_{scale}": str(words.asks) for scale, words in WORDS.items()}
    for scale in WORDS:
        told |= {f"rating_{scale}_{step}": capfirst(word) for step, word in enumerate(steps(scale), start=1)}
    return told


def _bar() -> dict[str, str | dict[str, str]]:
    """The top: which table, how long still, who writes."""
    return {
        "table_name": _("Table {name}"),
        "session_line": _("Session {number} of {total}. {title}"),
        "no_session": _("No session yet"),
        "session_closed": _("Session closed"),
        "starts_at": _("starts at {time}"),
        "left_until": _("left, ends {time}"),
        "time_is_up": _("Time is up"),
        "time_for_dots": _("left. Time for the dots."),
        "minutes_left": counted(lambda n: ngettext("{count} minute left", "{count} minutes left", n)),
        "who_writes": _("Who writes at this table"),
        "person_you": _("{name}, you"),
        "person_away": _("{name}, not connected to this tablet now"),
        "is_writing": _("{name} is writing"),
        "all_saved": _("All saved"),
        "sending": counted(lambda n: ngettext("Sending {count}", "Sending {count}", n)),
        "on_this_tablet": counted(lambda n: ngettext("{count} on this tablet", "{count} on this tablet", n)),
        "notes_need_you": counted(lambda n: ngettext("{count} note needs you", "{count} notes need you", n)),
        "needs_you_now": _("Needs you"),
        "sign_in_again": _("Join again"),
    }


def _board() -> dict[str, str | dict[str, str]]:
    """The question, the filters and the notes."""
    return {
        "board": _("Notes of the table"),
        "notes": _("Notes, newest first"),
        "board_empty": _("Nothing on the table yet. Write the first thing you hear."),
        "ask_of": _("Ask {number} of {total}"),
        "next_question": _("Next question"),
        "mode": _("What a tap does"),
        "mode_write": _("Write"),
        "mode_dots": _("Dots"),
        "filters": _("Show notes about"),
        "all": _("All"),
        "waiting": _("waiting"),
        "change_note": _("Change note: {text}"),
        "give_dot": _("Add a dot: {text}"),
        "take_dot": _("Take a dot back: {text}"),
        "dots": counted(lambda n: ngettext("{count} dot", "{count} dots", n)),
        "dots_left": counted(lambda n: ngettext("{count} dot left to give", "{count} dots left to give", n)),
        "no_dots_left": _("All dots are given. Take one back first."),
        "new_notes": counted(lambda n: ngettext("{count} new note", "{count} new notes", n)),
        "new_notes_from": counted(
            lambda n: ngettext(
                "{count} new note from {name}",
                "{count} new notes from {name}",
                n,
            )
        ),
        "not_sent": _("Not sent: {sentence}"),
        "tally_answered": _("{count} of {people} answered"),
        "tally_left": counted(lambda n: ngettext("{count} still to answer", "{count} still to answer", n)),
        "tally_more": _("One more: {answer}"),
        "tally_fewer": _("One fewer: {answer}"),
        "tally_full": counted(
            lambda n: ngettext(
                "The one person at the table has answered. Take an answer back first.",
                "All {count} people have answered. Take an answer back first.",
                n,
            )
        ),
        "tally_none": _("Nobody has given this answer."),
        "tally_refused": _("An answer about “{name}” was not counted."),
        "tally_waiting": counted(
            lambda n: ngettext("{name}: {count} answer counted", "{name}: {count} answers counted", n)
        ),
    }


def _writing() -> dict[str, str | dict[str, str]]:
    """Composer and editor."""
    return {
        "new_note": _("New note"),
        "composer_placeholder": _("What did someone just say? Write it in their words."),
        "draft_kept": _("Draft kept on this tablet"),
        "add_note": _("Add note"),
        "added": _("Added"),
        "nothing_written": _("Write what was said first."),
        "too_long": counted(
            lambda n: ngettext(
                "The note is {count} character too long.",
                "The note is {count} characters too long.",
                n,
            )
        ),
        "kind": _("Kind"),
        "kind_habit": _("Habit"),
        "kind_experience": _("Experience"),
        "kind_idea": _("Idea"),
        "kind_concern": _("Concern"),
        "kind_question": _("Question"),
        "kind_quote": _("Quote"),
        "theme": _("Theme"),
        "no_theme": _("No theme"),
        "rating_optional": _("{question} (optional)"),
        "not_rated": _("Not rated"),
        **_scales(),
        "more": _("More"),
        "backers": _("Stood behind it"),
        "disagreed": _("Disagreed"),
        "no_number": _("no number"),
        "backers_count": counted(lambda n: ngettext("{count} behind it", "{count} behind it", n)),
        "disagreed_count": counted(lambda n: ngettext("{count} disagreed", "{count} disagreed", n)),
        "same_as": _("Same as…"),
        "same_as_text": _("Same as: {text}"),
        "change_title": _("Change this note"),
        "text": _("Text"),
        "delete_note": _("Delete"),
        "deleted": _("The note is deleted."),
        "undo": _("Undo"),
        "done": _("Done"),
        "close": _("Close"),
        "copy_text": _("Copy the text"),
    }


def _reading_back() -> dict[str, str | dict[str, str]]:
    """The table hears its notes and confirms; the room corrects them."""
    return {
        "read_back": _("Read back"),
        "readback_due": _("The session ends soon. Read the notes back, so that the table can confirm them."),
        "readback_title": _("Read the notes back"),
        "readback_how": _("Read each note aloud and put right what was said differently. Then ask the table."),
        "readback_people": _("How many are here (optional)"),
        "readback_confirm": _("The table confirms"),
        "readback_again": _("The table confirms again"),
        "readback_done": counted(
            lambda n: ngettext(
                "Confirmed at {time} with {name}: {count} note.", "Confirmed at {time} with {name}: {count} notes.", n
            )
        ),
        "readback_changed": counted(lambda n: ngettext("{count} has changed since.", "{count} have changed since.", n)),
        "readback_added": counted(lambda n: ngettext("{count} is new since.", "{count} are new since.", n)),
        "readback_held": _("It came late: the organiser has it and decides."),
        "readback_here": _("It is safe on this tablet and will send itself."),
        "readback_empty": _("There is nothing to read back yet."),
        "readback_needs": counted(
            lambda n: ngettext(
                "{count} note needs you first. Close this page and look at the board.",
                "{count} notes need you first. Close this page and look at the board.",
                n,
            )
        ),
        "since_changed": _("changed since"),
        "since_added": _("new since"),
        "confirmation_waiting": counted(
            lambda n: ngettext("The table confirmed {count} note", "The table confirmed {count} notes", n)
        ),
        "report_back_now": _("The tables report back. If somebody says “that is not what we said”, tap the note."),
        "correct_note": _("Correct note: {text}"),
        "correct_title": _("Correct this note for the room"),
        "correct_how": _("Write what the room agreed on. The note keeps what it said before."),
        "correct_save": _("Correct the note"),
        "corrected": _("Corrected in plenary"),
    }


def _decisions() -> dict[str, str | dict[str, str]]:
    """What only a person can settle."""
    return {
        "both_changed": _("You and {name} both changed this note"),
        "both_changed_unknown": _("You and somebody else both changed this note"),
        "other_text": _("The other text"),
        "while_apart": _("while the tablets were apart"),
        "yours": _("Yours"),
        "of_name": _("{name}’s"),
        "mine": _("Mine"),
        "keep_both": _("Keep both, as two notes"),
        "join_them": _("Join them"),
        "written_twice": _("Two people changed it. Choose on the board."),
        "change_it": _("Change it"),
        "leave_it": _("Leave it"),
    }


def _connection() -> dict[str, str | dict[str, str]]:
    """Where the notes are. We never say “error” when nothing was lost."""
    return {
        "offline_since": _("No connection since {time}. Keep writing."),
        "offline": _("No connection. Keep writing."),
        "offline_notes": counted(
            lambda n: ngettext(
                "Your {count} note is safe on this tablet and will send itself.",
                "Your {count} notes are safe on this tablet and will send themselves.",
                n,
            )
        ),
        "offline_no_notes": _("What you write is safe on this tablet and will send itself."),
        "see_waiting": _("See what’s waiting"),
        "back": _("Back online at {time}."),
        "back_with_notes": counted(
            lambda n: ngettext(
                "Back online at {time}. Your {count} note is sent.",
                "Back online at {time}. Your {count} notes are sent.",
                n,
            )
        ),
        "held": counted(
            lambda n: ngettext(
                "{count} note was kept for the organiser.",
                "{count} notes were kept for the organiser.",
                n,
            )
        ),
        "legacy": counted(
            lambda n: ngettext(
                "{count} note of an earlier moderator waits on this tablet.",
                "{count} notes of an earlier moderator wait on this tablet.",
                n,
            )
        ),
        "legacy_take": _("Send them"),
        "signed_out": _("This tablet is not signed in any more."),
        "table_gone": _("This table is not open to you any more."),
        "not_understood": _("The server did not take our notes. {sentence}"),
        "op_not_understood": _("The server did not understand this change."),
        "op_too_large": _("This change is too large to be sent."),
        "with_organiser": _("With the organiser"),
        "op_failed": _("The server could not take this change."),
        "notes_stay": _("Your notes stay on this tablet."),
        "join_again": _("Join again"),
        "storage_full": _("This tablet is full."),
        "storage_full_do": _("Nothing more can be kept here. Save a copy, then make room on the tablet."),
        "storage_broken": _("This tablet’s storage does not answer."),
        "storage_broken_do": _("What is on the screen is not kept. Save a copy, then load the page again."),
        "other_author": _("Somebody else is signed in on this tablet now."),
        "not_opened": _("The table could not be opened."),
        "not_opened_do": _("Load the page again. What was written on this tablet is still here."),
        "sheet_title": _("On this tablet, not sent yet"),
        "deleted_note": _("Deleted: {text}"),
        "last_contact": _("Last contact {time}."),
        "no_contact": _("No contact yet."),
        "we_try_again": _("We try again every few seconds."),
        "others_appear": _("What others write will appear when we are back."),
        "polling": _("News comes every 5 seconds."),
        "try_now": _("Try now"),
        "save_copy": _("Save a copy"),
        "open_copy": _("Open a copy"),
        "copy_unreadable": _("This file is no saved copy of notes."),
        "copy_newer": _("A newer Tavolo saved this copy. Load the page again, then open it once more."),
        "copy_elsewhere": _("This copy is of another table."),
        "copy_opened": counted(
            lambda n: ngettext("{count} note of the copy goes out.", "{count} notes of the copy go out.", n)
        ),
        "never_opened": _("This tablet has not opened this table yet."),
        "never_opened_do": _("Connect once, then it opens without a connection too."),
        "not_signed_in": _("Join the table first."),
        "not_signed_in_do": _("Look for six digits at the bottom of the table sheet."),
        "no_such_table": _("This table is not open to you."),
        "no_such_table_do": _("Look for six digits at the bottom of the table sheet."),
        "table_left": _("You left this table."),
        "table_left_do": _("To write here again, join with the six digits of the table sheet."),
        "workshop_over": _("This workshop is over."),
        "workshop_over_do": _("Everything was sent. This tablet keeps nothing of it."),
        "join_a_table": _("Join a table"),
        "messages": _("Messages of the organiser"),
        "message_told": _("The organiser, {time}"),
        "newer_notes": _("These notes were kept by a newer version of the note-pad."),
        "newer_notes_do": _("Nothing is lost. Connect and load the page again, then the newer version opens them."),
        "other_tabs": _("Another tab of this table is asleep."),
        "other_tabs_do": _("Close the other tabs of this table. Your notes are safe on this tablet."),
        "taken": _("Another tab took over the notes of this table."),
        "taken_do": _("What you wrote is kept. Load the page again to go on."),
        "load_again": _("Load again"),
    }


def _ready() -> dict[str, str | dict[str, str]]:
    """Whether the tablet would do without a connection, line by line."""
    return {
        "ready": _("Ready, also without a connection"),
        "ready_not": _("Not ready to be without a connection."),
        "ready_checking": _("Checking what is on this tablet"),
        "ready_page": _("The page is kept on this tablet."),
        "ready_page_not": _("The page is not kept on this tablet: do not close it without a connection."),
        "ready_page_never": _("This browser cannot keep the page: do not close it without a connection."),
        "ready_page_missing": counted(
            lambda n: ngettext(
                "{count} file of the page is missing. Stay connected for a moment.",
                "{count} files of the page are missing. Stay connected for a moment.",
                n,
            )
        ),
        "ready_kit": _("Questions, themes and initiatives are on it."),
        "ready_kit_not": _("The questions are not on this tablet. Stay connected for a moment."),
        "ready_writing": _("Notes can be written to it."),
        "ready_writing_not": _("This browser keeps no notes. Use another one, and no private window."),
        "ready_room": _("{size} free for notes."),
        "ready_room_not": _("Only {size} free. Delete what the tablet does not need."),
        "ready_lasting": _("The browser promises to keep it all."),
        "ready_lasting_not": _("When room gets short the browser may forget it all. On the Home Screen it stays."),
        "ready_home_screen": _(
            "Share, then Add to Home Screen: Safari forgets pages that are not there after 7 days without use."
        ),
    }


def _menu() -> dict[str, str | dict[str, str]]:
    """Behind the three dots."""
    return {
        "menu": _("Menu"),
        "session": _("Session"),
        "hand": _("Writing hand"),
        "hand_left": _("Left hand"),
        "hand_right": _("Right hand"),
        "size": _("Text size"),
        "size_normal": _("Normal"),
        "size_large": _("Large"),
        "size_largest": _("Largest"),
        "dark": _("Light or dark"),
        "dark_system": _("Like the tablet"),
        "dark_light": _("Light"),
        "dark_dark": _("Dark"),
        "language": _("Notes are said in"),
        "new_release": _("Use the new version"),
        "leave": _("Leave the table"),
        "leave_question": _("Leave with notes unsent?"),
        "leaving_unsent": counted(
            lambda n: ngettext(
                "{count} note is still only on this tablet. Keep this page open until it says “All saved”.",
                "{count} notes are still only on this tablet. Keep this page open until it says “All saved”.",
                n,
            )
        ),
        "leaving_draft": _("What you are writing is added as a note."),
        "leaving_kept": _(
            "What is not sent stays hidden on this tablet until you or the next moderator here sends it."
        ),
        "stay": _("Stay here"),
        "leave_anyway": _("Leave anyway"),
    }
