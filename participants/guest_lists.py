"""From the rows of a list to people who can be invited: which column is which, and in words what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledger.storable import has_unstorable_characters
from participants.actions.invitations import Wanted, addresses_with_a_place
from participants.actions.no_mail import who_wants_none
from participants.forms_invite import InviteForm
from participants.sheets import NotAList, Row
from workshops.models import Workshop

TITLES = {
    "email": ("e-mail", "email", "mail", "e mail", "e-mail address", "email address", "indirizzo e-mail", "posta"),
    "name": ("name", "full name", "nome", "nome e cognome", "nominativo"),
    "first": ("first name", "given name"),
    "family": ("family name", "last name", "surname", "cognome"),
    "language": ("language", "lang", "lingua"),
}
"""What a column is called above the list, in small letters."""

LANGUAGES = {"it": "it", "italiano": "it", "italian": "it", "en": "en", "inglese": "en", "english": "en"}

SALT, LASTS_SECONDS, LONGEST = "guest-list", 12 * 3600, 150_000


@dataclass(frozen=True)
class BadRow:
    """A row nobody is invited from: its number in the file, what stands there, and why not."""

    number: int
    said: str
    why: str


@dataclass
class GuestList:
    """A list as it was read: who would be invited, and which rows would be left out."""

    people: list[Wanted] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read_guests(workshop: Workshop, rows: Sequence[Row]) -> GuestList:
    """Check each row as the form by hand would. Raises `NotAList` when no column holds addresses."""
    columns, has_titles = _columns(rows)
    guests, seen = GuestList(), dict[str, int]()
    for number, cells in rows[1:] if has_titles else rows:
        said = {what: cells[place] if place < len(cells) else "" for what, place in columns.items()}
        try:
            one = _checked(workshop, said)
            if one.email in seen:
                raise ValidationError(_("The same address stands in row %(number)s.") % {"number": seen[one.email]})
        except ValidationError as wrong:
            guests.bad.append(BadRow(number, ", ".join(filter(None, cells))[:120], " ".join(wrong.messages)))
        else:
            seen[one.email] = number
            guests.people.append(one)
    _leave_out_known(workshop, guests, seen)
    return guests


def _columns(rows: Sequence[Row]) -> tuple[dict[str, int], bool]:
    """Where each thing stands, and whether the first row holds titles."""
    first = [cell.casefold() for cell in rows[0][1]]
    columns = {what: first.index(title) for what, titles in TITLES.items() for title in titles if title in first}
    if "email" in columns:
        return columns, True
    holds_at = [place for place, cell in enumerate(first) if "@" in cell]
    if not holds_at:
        raise NotAList(_("We found no column with addresses. Write “E-mail” above it."))
    others = [place for place, cell in enumerate(first) if cell and place != holds_at[0]]
    return {"email": holds_at[0]} | ({"name": others[0]} if others else {}), False


def _checked(workshop: Workshop, said: dict[str, str]) -> Wanted:
    """Raises `ValidationError` with every reason."""
    given = said.get("name", "") or said.get("first", "")
    name = " ".join(filter(None, [given, said.get("family", "")]))
    if any(has_unstorable_characters(text) for text in said.values()):
        raise ValidationError(_("There are characters in it that cannot be stored."))
    if name.startswith("="):
        raise ValidationError(_("The name is a formula. Write what it shows."))
    fields, problems, values = InviteForm.base_fields, list[str](), dict[str, str]()
    for field_name, text in (("name", name), ("email", said.get("email", ""))):
        try:
            values[field_name] = fields[field_name].clean(text)
        except ValidationError as wrong:
            problems += wrong.messages
    language = _language(workshop, said.get("language", ""))
    if language is None:
        problems.append(_("Write the language as it or en, or leave it empty."))
    if problems:
        raise ValidationError(problems)
    return Wanted(values["name"], values["email"].lower(), language or "")


def _language(workshop: Workshop, said: str) -> str | None:
    """The language of a row, the programme's first one where it is empty; None when we do not speak it."""
    if not said:
        return first_language(workshop)
    return LANGUAGES.get(said.casefold())


def first_language(workshop: Workshop) -> str:
    return (workshop.programme.languages or [settings.LANGUAGE_CODE])[0]


def _leave_out_known(workshop: Workshop, guests: GuestList, rows: dict[str, int]) -> None:
    """Move those to the bad rows whom inviting would pass over anyway, so that the preview says it."""
    emails = [one.email for one in guests.people]
    places, unwilling = addresses_with_a_place(workshop, emails), who_wants_none(workshop.programme, emails)
    invited = {email.lower() for email in workshop.invitations.asked().values_list("email", flat=True)}
    reasons = (
        (places, _("This address has signed up already.")),
        (invited, _("This address is invited already.")),
        (unwilling, _("Whoever reads this address asked us not to write.")),
    )
    for one in list(guests.people):
        why = next((reason for known, reason in reasons if one.email in known), None)
        if why:
            guests.people.remove(one)
            guests.bad.append(BadRow(rows[one.email], one.email, why))
    guests.bad.sort(key=lambda row: row.number)


def sealed(workshop: Workshop, people: Sequence[Wanted]) -> str:
    """The people of a preview as one signed text, for the button that invites them. Nothing is stored meanwhile.

    Raises `NotAList` when they are too many for one form.
    """
    text = signing.dumps(
        [str(workshop.pk), [[one.name, one.email, one.language] for one in people]], salt=SALT, compress=True
    )
    if len(text) > LONGEST:
        raise NotAList(_("The list is too long for one go. Split it and take in one part after the other."))
    return text


def unsealed(workshop: Workshop, text: str) -> list[Wanted] | None:
    """The people of a preview; None when the text is not ours, of another workshop, or of yesterday."""
    try:
        workshop_id, people = signing.loads(text, salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        return None
    if workshop_id != str(workshop.pk):
        return None
    return [Wanted(*one) for one in people]
