"""The sentences of history: for each verb what it is about, and what was done. A test looks for verbs without one.

`%(who)s` is who did it, `%(what)s` the name of the thing, the rest what the row holds (states and fields in words).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Part(TextChoices):
    """What a sentence is about; the page can show one part alone."""

    PLAN = "plan", _("Plan")
    PEOPLE = "people", _("People")
    DAY = "day", _("The day")
    SUMMARY = "summary", _("Summary")
    TEAM = "team", _("Team")


PARTS = tuple(Part.values)
FALLBACK = _("%(who)s: %(verb)s")

_PLAN: dict[str, str | Promise] = {
    "programme.started": _("%(who)s started the programme."),
    "programme.changed": _("%(who)s changed the programme: %(fields)s."),
    "programme.terms_set": _("%(who)s set how long people are kept at new workshops."),
    "theme.added": _("%(who)s added the theme “%(what)s”."),
    "theme.changed": _("%(who)s changed the theme “%(what)s”: %(fields)s."),
    "theme.removed": _("%(who)s took out a theme."),
    "purpose.added": _("%(who)s added what people may allow: “%(what)s”."),
    "purpose.worded": _("%(who)s reworded what people may allow: “%(what)s”, version %(version)s."),
    "workshop.planned": _("%(who)s planned the workshop."),
    "workshop.copied": _("%(who)s copied the plan of workshop %(number)s."),
    "workshop.changed": _("%(who)s changed the details: %(fields)s."),
    "workshop.moved": _("%(who)s moved the workshop from “%(before)s” to “%(after)s”."),
    "workshop.link_renewed": _("%(who)s made a new link for signing up."),
    "workshop.link_ended": _("%(who)s ended the link for signing up."),
    "workshop.terms_set": _("%(who)s set how long people are kept."),
    "audience.added": _("%(who)s reserved %(places)s places: “%(what)s”."),
    "audience.changed": _("%(who)s changed the reserved places “%(what)s”: %(fields)s."),
    "audience.removed": _("%(who)s reserved places no longer for an audience."),
    "session.added": _("%(who)s added the session “%(what)s”."),
    "session.changed": _("%(who)s changed the session “%(what)s”: %(fields)s."),
    "session.reordered": _("%(who)s moved the session “%(what)s” in the agenda."),
    "session.removed": _("%(who)s took out a session."),
    "prompt.added": _("%(who)s added the question “%(what)s” for the tables."),
    "prompt.changed": _("%(who)s changed the question “%(what)s” for the tables."),
    "prompt.reordered": _("%(who)s moved the question “%(what)s”."),
    "prompt.removed": _("%(who)s took out a question for the tables."),
    "initiative.added": _("%(who)s added the initiative “%(what)s”."),
    "initiative.changed": _("%(who)s changed the initiative “%(what)s”."),
    "initiative.removed": _("%(who)s took out an initiative."),
    "group.added": _("%(who)s added table %(what)s."),
    "group.changed": _("%(who)s changed table %(what)s: %(fields)s."),
    "group.removed": _("%(who)s took out a table."),
    "group.moderators_named": _("%(who)s named the moderators of table %(what)s."),
    "question.added": _("%(who)s added the sign-up question “%(what)s”."),
    "question.changed": _("%(who)s changed the sign-up question “%(what)s”."),
    "question.reordered": _("%(who)s moved the sign-up question “%(what)s”."),
    "question.removed": _("%(who)s took out a sign-up question."),
    "reminder.set": _("%(who)s set the reminder."),
    "agenda.from_template": _("%(who)s started the agenda from a template."),
    "agenda.undone": _("%(who)s undid a change of the agenda."),
    "agendatemplate.added": _("%(who)s kept the agenda “%(what)s” as a template."),
    "agendatemplate.changed": _("%(who)s renamed the agenda template “%(what)s”."),
    "agendatemplate.removed": _("%(who)s took out an agenda template."),
    "prompt.retired": _("%(who)s replaced a question that tables had been asked."),
    "point.carried": _("A point was handed on to this workshop by %(who)s."),
}
_PEOPLE: dict[str, str | Promise] = {
    "registration.asked": _("%(who)s signed up %(what)s: %(state)s."),
    "registration.series": _("%(who)s took places in the series for %(what)s: %(places)s."),
    "registration.offered": _("%(who)s offered a place to %(what)s."),
    "registration.promoted": _("%(who)s gave %(what)s a place that became free."),
    "registration.given_up": _("%(who)s gave up the place of %(what)s."),
    "registration.corrected": _("%(who)s corrected what we know of %(what)s: %(fields)s."),
    "registration.told_more": _("%(who)s told more about %(what)s, to mix the tables."),
    "registration.answered": _("%(who)s answered the questions for %(what)s."),
    "registration.table_needs_told": _("%(who)s noted what %(what)s needs of a table."),
    "registration.overridden": _("%(who)s gave %(what)s a place past a limit, with a reason."),
    "registration.let_in_over_the_limit": _("%(who)s let in %(what)s though all places were taken."),
    "offer.accepted": _("%(who)s took the place offered to %(what)s."),
    "offer.declined": _("%(who)s declined the place offered to %(what)s."),
    "offer.lapsed": _("The offer to %(what)s ran out."),
    "consent.given": _("%(who)s gave a consent for %(what)s."),
    "consent.withdrawn": _("%(who)s took back a consent of %(what)s."),
    "people.invited": _("%(who)s invited people: %(people)s."),
    "people.chased": _("%(who)s asked again who had not answered: %(people)s."),
    "invitation.accepted": _("%(who)s accepted the invitation of %(what)s."),
    "invitation.declined": _("%(who)s declined the invitation of %(what)s."),
    "invitation.withdrawn": _("%(who)s withdrew the invitation of %(what)s."),
    "invitation.corrected": _("%(who)s corrected the address of an invitation."),
    "invitation.erased": _("%(who)s deleted all about somebody who was invited."),
    "letter.written": _("%(who)s wrote a letter to people of the workshop: %(people)s."),
    "workshop.told_of": _("%(who)s told people of this workshop: %(people)s."),
    "mail.sent_again": _("%(who)s had a mail sent again."),
    "mail.not_wanted": _("%(who)s asked for no more mail."),
    "people.mixed": _("%(who)s mixed the tables: %(people)s."),
    "people.mix_undone": _("%(who)s undid the mix of the tables."),
    "people.rebalanced": _("%(who)s evened out the tables."),
    "people.moves_undone": _("%(who)s undid the moves between tables."),
    "person.seated": _("%(who)s gave %(what)s another seat."),
    "person.seat_kept": _("%(who)s fixed or freed the seat of %(what)s."),
    "person.erased": _("%(who)s deleted all about somebody."),
    "account.erased": _("%(who)s deleted an account."),
    "rule.added": _("%(who)s added a rule for the tables."),
    "rule.removed": _("%(who)s took out a rule for the tables."),
    "people.exported": _("%(who)s took along the list of people as a file: %(people)s."),
    "people.regrouped": _("%(who)s mixed the tables for a session: %(people)s."),
    "session.moderators_moved": _("%(who)s changed which tables moderators lead in session %(what)s."),
    "people.at_first_tables": _("%(who)s put everybody at their first table for a session."),
    "people.removed_together": _("%(who)s took a burst of people off the list."),
    "people.put_back": _("%(who)s put a burst of people back on the list: %(people)s."),
    "moderator.accepted": _("A moderator said yes to leading a table."),
    "moderator.declined": _("A moderator said no to leading a table."),
    "registration.put_back": _("%(who)s put %(what)s back on the list: %(state)s."),
    "moderators.invited": _("%(who)s asked moderators whether they lead a table: %(people)s."),
    "moderators.asked_again": _("%(who)s asked moderators again: %(people)s."),
}
_DAY: dict[str, str | Promise] = {
    "session.moved": _("%(who)s moved the session “%(what)s” from “%(before)s” to “%(after)s”."),
    "session.extended": _("%(who)s changed the time of the session “%(what)s” by %(minutes)s minutes."),
    "session.asked": _("%(who)s put a question of the session “%(what)s” on the wall."),
    "wall.shown": _("%(who)s changed what the wall shows."),
    "codes.given": _("%(who)s gave the tables their codes."),
    "device.joined": _("%(who)s joined a table with a tablet."),
    "device.removed": _("%(who)s took a tablet off its table."),
    "message.sent": _("%(who)s sent a message to tables."),
    "person.arrived": _("%(who)s checked in %(what)s."),
    "person.not_arrived": _("%(who)s took back the check-in of %(what)s."),
    "arrival.held": _("What a phone at the door told waits for an organiser."),
    "arrival.accepted": _("%(who)s took over what a phone at the door told."),
    "arrival.left_out": _("%(who)s left out what a phone at the door told."),
    "op.held": _("A late note waits for an organiser."),
    "op.accepted": _("%(who)s took over a late note."),
    "op.refused": _("%(who)s left out a late note."),
    "notes.confirmed": _("A table confirmed what it heard read back: %(notes)s notes."),
    "note.corrected": _("%(who)s corrected a note before the room."),
    "copy.taken": _("%(who)s took over a copy from a tablet: %(notes)s notes."),
    "readiness.asked": _("%(who)s had mail, worker and storage checked."),
}
_SUMMARY: dict[str, str | Promise] = {
    "compile.asked": _("%(who)s asked for the summary."),
    "draft.compiled": _("The draft was compiled from %(notes)s notes."),
    "draft.headlined": _("%(who)s wrote the headline."),
    "note.placed": _("%(who)s placed a note."),
    "note.read": _("%(who)s, the operator, read a note. Reason: %(reason)s."),
    "note.redacted": _("%(who)s hid words of a note."),
    "finding.added": _("%(who)s added a finding."),
    "finding.written": _("%(who)s wrote a finding."),
    "finding.reordered": _("%(who)s moved a finding."),
    "finding.merged": _("%(who)s joined two findings."),
    "finding.split": _("%(who)s split a finding."),
    "finding.hidden": _("%(who)s hid a finding."),
    "finding.shown": _("%(who)s showed a finding again."),
    "finding.quoted": _("%(who)s chose a quote."),
    "finding.confirmed": _("%(who)s marked a finding as ready."),
    "outcome.published": _("%(who)s published the outcome, version %(version)s."),
    "outcome.withdrawn": _("%(who)s took back the outcome, version %(version)s."),
    "act.undone": _("%(who)s undid a change of the draft."),
    "draft.late_notes_seen": _("%(who)s looked at the notes that came late."),
    "finding.moved": _("%(who)s moved a finding to another theme."),
    "note.shown_again": _("%(who)s showed hidden words of a note again."),
    "quote.said_by": _("%(who)s noted whose words a quote is."),
    "quote.taken_back": _("A quote was left out because whoever said it does not allow it any more."),
    "review.opened": _("%(who)s asked the people who were there."),
    "review.prolonged": _("%(who)s gave the people who were there more time to answer."),
    "review.codes_renewed": _("%(who)s made new codes to answer on paper."),
    "review.replied": _("Somebody who was there answered about a finding."),
    "review.answered": _("%(who)s answered what somebody missed."),
    "feedback.given": _("Somebody who was there said how the evening was."),
}
_TEAM: dict[str, str | Promise] = {
    "team.invited": _("%(who)s asked somebody into the team. Role: %(role)s."),
    "team.uninvited": _("%(who)s withdrew what somebody was asked. Role: %(role)s."),
    "team.joined": _("%(what)s joined the team. Role: %(role)s."),
    "team.role_changed": _("%(who)s changed a role in the team from “%(before)s” to “%(after)s”."),
    "team.left": _("%(who)s ended a seat in the team. Role: %(role)s."),
    "team.changed": _("%(who)s made somebody an owner."),
}

SENTENCES: dict[str, tuple[str, str | Promise]] = {
    verb: (part, words)
    for part, some in (
        (Part.PLAN, _PLAN),
        (Part.PEOPLE, _PEOPLE),
        (Part.DAY, _DAY),
        (Part.SUMMARY, _SUMMARY),
        (Part.TEAM, _TEAM),
    )
    for verb, words in some.items()
}

CHANGED: dict[str, str | Promise] = {"emblem": _("emblem"), "email": _("e-mail"), "name": _("name")}
"""Names of changes that are no field of the thing itself."""
