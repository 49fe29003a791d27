"""Forms of the agenda: its sessions, questions and initiatives; keeping it as a template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from workshops.forms import Text, WordsForm, offer
from workshops.models import Initiative, Programme, Prompt, Session, Theme
from workshops.states import NoteKind, Scale, SessionKind


class SessionForm(WordsForm):
    """One block of the agenda."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=600,
        error_messages={
            "required": _("Say how many minutes it takes."),
            "min_value": _("A session takes at least 1 minute."),
            "max_value": _("A session takes at most 600 minutes."),
        },
    )
    kind = forms.ChoiceField(label=_("What happens"), choices=SessionKind, widget=forms.Select)
    dots_per_person = forms.IntegerField(
        label=_("Dots for each person"),
        min_value=0,
        max_value=10,
        help_text=_("0 for a session without dots."),
        error_messages={"required": _("Write 0 for a session without dots.")},
    )
    rates = forms.BooleanField(
        label=_("Rate initiatives"), required=False, help_text=_("Each person at the table answers once.")
    )
    scale = forms.ChoiceField(
        label=_("With which scale"),
        choices=Scale,
        required=False,
        help_text=_("It stays once the session has been opened."),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )
    regroups = forms.BooleanField(
        label=_("People change tables"),
        required=False,
        help_text=_("For this session they sit with others: see Tables."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of note moderators can take"),
        choices=NoteKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the kinds of the workshop."),
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all themes."),
    )
    texts: ClassVar = {
        "title": Text(_("Title"), needed=_("Write a title."), longest=120),
        "roles": Text(_("Who does what"), lines=2, longest=1000, hint=_("For the run sheet. One on each line.")),
        "materials": Text(_("Materials"), lines=2, longest=1000, hint=_("For the run sheet. One on each line.")),
    }
    at_the_tables: ClassVar = {
        "dots_per_person": 0,
        "rates": False,
        "regroups": False,
        "kinds": [],
        "themes": [],
    }
    """What belongs to sessions at the tables, and what it is elsewhere."""

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["themes"]
        field.choices = [(str(theme.pk), str(theme.name)) for theme in themes]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        names = ("minutes", "kind", "scale", *SessionForm.at_the_tables, *SessionForm.texts)
        return {name: getattr(session, name) for name in names}

    def clean_kinds(self) -> list[str]:
        return [kind for kind in NoteKind.values if kind in self.cleaned_data["kinds"]]

    def clean_scale(self) -> str:
        """A form without the field leaves the scale as it is."""
        return self.cleaned_data["scale"] or self.get_initial_for_field(self.fields["scale"], "scale")

    def clean(self) -> dict[str, Any]:
        """Dots, ratings and what tablets offer belong to the tables; elsewhere they are put back to none."""
        cleaned = super().clean()
        return cleaned if cleaned.get("kind") == SessionKind.TABLES else cleaned | self.at_the_tables


class PromptForm(WordsForm):
    """A question for the tables."""

    texts: ClassVar = {"text": Text(_("Question"), needed=_("Write the question."), lines=2, longest=300)}

    @staticmethod
    def initial_of(prompt: Prompt) -> dict[str, Any]:
        return {"text": prompt.text}


class InitiativeForm(WordsForm):
    """Something the tables rate: would you use it?"""

    theme = forms.ModelChoiceField(Theme.objects.none(), label=_("Theme"), required=False, empty_label=_("None"))
    texts: ClassVar = {
        "name": Text(_("Initiative"), needed=_("Write its name."), longest=120),
        "short": Text(_("Short name"), longest=30, hint=_("For charts. Leave it empty to use the name.")),
        "question": Text(_("Question"), lines=2, longest=300),
    }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "theme", programme.themes.all())

    @staticmethod
    def initial_of(initiative: Initiative) -> dict[str, Any]:
        return {"theme": initiative.theme_id} | {n: getattr(initiative, n) for n in ("name", "short", "question")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["short"] = cleaned["short"] or cleaned["name"]
        return cleaned


class TemplateNameForm(forms.Form):
    """What a kept agenda is called."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name of the template"),
        max_length=60,
        error_messages={"required": _("Give the template a name.")},
    )

    def refuse_name(self) -> None:
        """Say that another template has this name; the action has found it."""
        self.add_error("name", _("There is a template %(name)s already.") % {"name": self.cleaned_data["name"]})
