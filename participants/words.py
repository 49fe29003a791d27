"""The words of the check-in page: the page carries them in its shell, so that it speaks without a connection."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.plurals import counted


def desk_words() -> dict[str, str | dict[str, str]]:
    """All sentences of the check-in page in the active language; `{name}` and the like are filled in on the phone."""
    return _bar() | _line() | _results() | _list() | _choices() | _doors()


def _bar() -> dict[str, str | dict[str, str]]:
    """The top: how many are here, what waits on this phone."""
    return {
        "check_in": _("Check-in"),
        "other_workshop": _("Choose another workshop"),
        "of_all": _("of {count}"),
        "all_saved": _("All saved"),
        "sending": counted(lambda n: ngettext("Sending {count}", "Sending {count}", n)),
        "on_phone": counted(lambda n: ngettext("{count} on this phone", "{count} on this phone", n)),
        "needs_you": counted(lambda n: ngettext("{count} needs you", "{count} need you", n)),
        "sign_out": _("Sign out"),
        "leaving_unsent": counted(
            lambda n: ngettext(
                "{count} change is still only on this phone. Keep this page open until it says “All saved”.",
                "{count} changes are still only on this phone. Keep this page open until it says “All saved”.",
                n,
            )
        ),
        "stay": _("Stay here"),
        "leave_anyway": _("Sign out anyway"),
    }


def _line() -> dict[str, str | dict[str, str]]:
    """The sentence under the bar, when something is not as it should be."""
    return {
        "apart": counted(
            lambda n: ngettext(
                "No connection since {time}. Keep going: {count} change is safe here and will send itself.",
                "No connection since {time}. Keep going: {count} changes are safe here and will send themselves.",
                n,
            )
        ),
        "try_now": _("Try now"),
        "sign_in": counted(
            lambda n: ngettext(
                "You are signed out. Sign in again to send {count} change; it stays on this phone.",
                "You are signed out. Sign in again to send {count} changes; they stay on this phone.",
                n,
            )
        ),
        "sign_in_again": _("Sign in"),
        "somebody_else": _("Somebody else is signed in on this phone now. What you did stays until you are back."),
        "not_your_door": counted(
            lambda n: ngettext(
                "You are no longer at this door. Show the organiser {count} change that is only here.",
                "You are no longer at this door. Show the organiser {count} changes that are only here.",
                n,
            )
        ),
        "other_tab": _("This page is open in another tab in a newer version. Go on there."),
        "storage_full": _("This phone is full: what you do now is not kept. Make room, then go on."),
        "storage_broken": _("This phone keeps nothing more. Use the plain list, or another phone."),
        "load_again": _("Load the page again"),
        "new_release": _("A new version of this page is here."),
        "use_release": _("Use the new version"),
        "op_not_understood": _("The server did not understand this change."),
        "op_too_large": _("The server says this change is too large."),
        "op_failed": _("The server could not take this change."),
    }


def _results() -> dict[str, str]:
    """What became of a tick, a code or a scan."""
    return {
        "camera": _("Camera"),
        "scan": _("Scan tickets"),
        "stop_scanning": _("Stop"),
        "no_camera": _("No camera here. The list is enough."),
        "checked_in": _("Checked in at {time}"),
        "already": _("Already here since {time}"),
        "undo": _("Undo"),
        "sits_at": _("Sits at"),
        "table_name": _("Table {name}"),
        "seat_of": _("seat {number} of {total}"),
        "no_table": _("Has no table yet."),
        "is_waiting": _("Is on the waiting list and has no place yet."),
        "other_day": _("This QR is for {day}"),
        "unknown_code": _("Nobody has this code."),
        "no_ticket": _("This is not the QR of a ticket."),
        "look_by_name": _("Look for the name in the list."),
    }


def _list() -> dict[str, str | dict[str, str]]:
    """Who is still to come and who is here."""
    return {
        "search": _("Type a name or code"),
        "to_come": _("Still to come, {count}"),
        "here_count": _("Here, {count}"),
        "here": _("Here"),
        "not_here": _("Not here"),
        "since": _("since {time}"),
        "no_table_yet": _("no table yet"),
        "on_this_phone": _("only on this phone"),
        "nobody_expected": _("Nobody expected today."),
        "everybody_here": _("Everybody is here."),
        "nobody_called": _("Nobody on the list is called {name}."),
        "walk_in": _("Somebody without a place"),
        "name": _("Name"),
        "audience": _("Takes part as"),
        "no_audience": _("None of these"),
        "name_missing": _("Write a name."),
        "add_walk_in": _("Add and let in"),
    }


def _choices() -> dict[str, str]:
    """What a person decides when desks were apart or all places are taken."""
    return {
        "choice_same": _("It is the same person"),
        "choice_other": _("It is somebody else"),
        "choice_take": _("Give a place again"),
        "choice_over": _("Let in over the limit"),
        "choice_wait": _("Onto the waiting list"),
        "choice_leave": _("Leave it"),
        "choice_again": _("Send again"),
        "reason": _("Why one more?"),
        "ask_an_organiser": _("Only an organiser lets people in over the limit. Ask one of them."),
    }


def _doors() -> dict[str, str]:
    """Why the page does not open, and the way on."""
    return {
        "choose_workshop": _("Choose a workshop"),
        "desk_signed_out": _("You are not signed in"),
        "desk_signed_out_do": _("Sign in, then choose the workshop again."),
        "desk_missing": _("This is not one of your doors"),
        "desk_missing_do": _("Ask the organiser to add you to the team, or choose another workshop."),
        "desk_never_opened": _("This phone has no list yet"),
        "desk_never_opened_do": _("Open this page once with a connection. From then on it works without one."),
        "desk_left": _("You have signed out here"),
        "desk_left_do": _("What was not sent is kept until you sign in again on this phone."),
        "desk_over": _("This workshop is over"),
        "desk_over_do": _("Everything is sent, and the list is gone from this phone."),
        "desk_other_tab": _("This page is open in another tab"),
        "desk_other_tab_do": _("Close the other one and load this page again."),
        "desk_newer": _("A newer version of this page was here"),
        "desk_newer_do": _("Load the page again to use it. What is on this phone is safe."),
        "desk_storage_broken": _("This phone keeps nothing"),
        "desk_storage_broken_do": _("Private windows and full phones cannot keep the list. Use another phone."),
        "desk_not_opened": _("The page did not open"),
        "desk_not_opened_do": _("Load it again. What is on this phone is safe."),
    }
