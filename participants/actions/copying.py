"""What this floor adds to a workshop that is planned or copied: no people, but what they will be asked and told."""

from __future__ import annotations

from participants.models import ProgrammeTerms, Question, Reminder, ShorterTerms
from workshops.models import Workshop


def copy_asking(source: Workshop, copy: Workshop) -> None:
    """The own questions, the reminder and the terms of the workshop before. The caller holds the transaction."""
    Question.objects.bulk_create(
        Question(
            workshop=copy,
            kind=question.kind,
            text=question.text,
            hint=question.hint,
            options=question.options,
            required=question.required,
            order=question.order,
        )
        for question in source.questions.all()
    )
    for reminder in Reminder.objects.filter(workshop=source):
        Reminder.objects.create(workshop=copy, hours_before=reminder.hours_before, text=reminder.text)
    for terms in ShorterTerms.objects.filter(workshop=source):
        values = {"contact_days": terms.contact_days, "waiting_days": terms.waiting_days}
        ShorterTerms.objects.update_or_create(workshop=copy, defaults=values)


def give_terms(workshop: Workshop) -> None:
    """A new workshop starts with the terms of its programme, where it has some."""
    for terms in ProgrammeTerms.objects.filter(programme=workshop.programme_id):
        ShorterTerms.objects.create(workshop=workshop, contact_days=terms.contact_days, waiting_days=terms.waiting_days)
