"""The organisers' mail page: what was sent, what each mail looks like, the reminder, and letters of their own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ledger.models import Mail, MailState
from ledger.outbox import Message, name_of
from participants import mail_preview
from participants.actions import mailings
from participants.actions.mail_limits import TooManyToday, left_today
from participants.forms_mail import LetterForm, ReminderForm
from participants.models import Person, Reminder
from participants.queries.mail import letter_goes_to, mail_page
from participants.reminders import plan_of
from participants.views.invitations import too_many_today
from workshops.access import actor_of, organises
from workshops.models import Workshop

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
MOST_PAGES = 10_000


@require_http_methods(["GET"])
@organises
def mail(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Every mail about the workshop, newest first, narrowed by `?state=` and `?kind=`, fifty a page."""
    return _page(request, workshop)


def _page(request: HttpRequest, workshop: Workshop, form: ReminderForm | None = None) -> HttpResponse:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    page = mail_page(workshop, state=state, kind=kind, number=_number(request.GET.get("page", "")))
    plan = plan_of(workshop)
    context: dict[str, Any] = {
        "section": "mail",
        "page": page,
        "state": state,
        "kind": kind,
        "states": [(choice, choice.label, page.counts[choice]) for choice in MailState],
        "all_sum": sum(page.counts.values()),
        "reminder": plan,
        "form": form or _reminder_form(plan),
        "hears": len(mailings.who_hears_of(workshop)),
        "previews": [(name, name_of(name)) for name in mail_preview.KINDS],
        "tells_bounces": bool(settings.MAIL_WEBHOOK_SECRET),
    }
    return render(request, "org/mail.html", context)


def _number(asked: str) -> int:
    """The page asked for; 1 for anything that is none."""
    return min(int(asked), MOST_PAGES) if re.fullmatch(r"[1-9][0-9]{0,8}", asked) else 1


def _reminder_form(plan: Reminder, data: Any = None) -> ReminderForm:
    initial = ReminderForm.initial_of(plan.hours_before, plan.text)
    return ReminderForm(data, initial=initial, languages=plan.workshop.programme.languages, auto_id="reminder-%s")


@require_POST
@organises
def reminder(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """When people are reminded, and in which words."""
    form = _reminder_form(plan_of(workshop), request.POST)
    if not form.is_valid():
        return _page(request, workshop, form)
    mailings.set_reminder(
        workshop, hours_before=form.hours_before, text=form.cleaned_data["text"], by=actor_of(request)
    )
    messages.success(request, _("Saved."))
    return redirect("org_mail", workshop.pk)


@require_POST
@organises
def send_again(request: HttpRequest, workshop: Workshop, mail_id: UUID) -> HttpResponse:
    """Try a mail again that was given up."""
    found = get_object_or_404(Mail.objects.about(workshop.pk), pk=mail_id)
    if mailings.send_again(found, by=actor_of(request)):
        messages.success(request, _("The mail is tried again."))
    else:
        messages.warning(request, _("This mail is not given up."))
    return redirect("org_mail", workshop.pk)


@require_POST
@organises
def tell_of_workshop(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Tell whoever agreed to hear of later workshops of this one."""
    try:
        count = mailings.tell_of_workshop(workshop, by=actor_of(request))
    except TooManyToday as too_many:
        messages.error(request, too_many_today(too_many.left))
    else:
        sentence = ngettext("%(count)d person is told of it.", "%(count)d people are told of it.", count)
        messages.success(request, sentence % {"count": count})
    return redirect("org_mail", workshop.pk)


@require_http_methods(["GET"])
@organises
def preview(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """`?kind=` in `?language=` for `?person=` (a registration) or somebody invented; `?as=html` is that part alone."""
    asked = _asked(request.GET, workshop)
    message = mail_preview.preview(workshop, asked["kind"], language=asked["spoken"], person=asked["person"])
    if request.GET.get("as") == "html":
        if message is None:
            raise Http404
        return _html_alone(message)
    context = {
        "section": "mail",
        "message": message,
        "kinds": [(kind, name_of(kind)) for kind in mail_preview.KINDS],
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in workshop.programme.languages],
        "people": workshop.registrations.standing().with_people().order_by("person__name", "pk"),
        **asked,
    }
    return render(request, "org/mail_preview.html", context)


def _asked(query: Mapping[str, str], workshop: Workshop) -> dict[str, Any]:
    """What is looked at; unknown values are the first ones there are."""
    kind, language = query.get("kind", ""), query.get("language", "")
    languages = workshop.programme.languages or [settings.LANGUAGE_CODE]
    return {
        "kind": kind if kind in mail_preview.KINDS else mail_preview.KINDS[0],
        "spoken": language if language in languages else languages[0],
        "person": _person(workshop, query.get("person", "")),
    }


def _person(workshop: Workshop, registration_id: str) -> Person | None:
    try:
        wanted = UUID(registration_id)
    except ValueError:
        return None
    found = workshop.registrations.standing().select_related("person").filter(pk=wanted).first()
    return found.person if found else None


def _html_alone(message: Message) -> HttpResponse:
    """The HTML part as a page of its own: nothing in it runs, and of styles only its own one counts."""
    style = STYLE.search(message.html)
    allowed = base64.b64encode(hashlib.sha256((style.group(1) if style else "").encode()).digest()).decode()
    response = HttpResponse(message.html)
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; sandbox"
    )
    return response


@require_http_methods(["GET", "POST"])
@organises
def write(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A letter to some of the people: first who gets it and how it looks, then, with `send`, it goes."""
    form = LetterForm(request.POST or None, workshop=workshop, initial={"to": "confirmed"})
    context: dict[str, Any] = {"section": "mail", "form": form, "left": left_today(actor_of(request))}
    if not form.is_valid():
        return render(request, "org/letter.html", context)
    wanted = {name: form.cleaned_data[name] for name in ("to", "group", "theme", "subject", "text")}
    if "send" in request.POST and _send(request, workshop, wanted):
        return redirect("org_mail", workshop.pk)
    people = letter_goes_to(workshop, wanted["to"], group=wanted["group"], theme=wanted["theme"])
    context |= {
        "people": people,
        "previews": _looks(workshop, wanted, people),
        "kept": [(name, request.POST.get(name, "")) for name in form.fields if name != "seen"],
        "expected": ",".join(str(one.pk) for one in people),
        "letter_id": uuid4(),
    }
    return render(request, "org/letter.html", context)


def _looks(workshop: Workshop, wanted: dict[str, Any], people: list[Any]) -> list[Message]:
    """The letter in each language its readers have, as the first reader of that language gets it."""
    first_of = {one.language: one for one in reversed(people)}
    words = {name: wanted[name] for name in ("to", "subject", "text")}
    return [mail_preview.preview_letter(workshop, reader=first_of[code], **words) for code in sorted(first_of)]


def _send(request: HttpRequest, workshop: Workshop, wanted: dict[str, Any]) -> bool:
    """Send to the people of the preview; False, with a sentence, when it has to be looked at again."""
    try:
        letter_id = UUID(request.POST.get("letter", ""))
        expected = [UUID(one) for one in request.POST.get("expected", "").split(",") if one]
    except ValueError:
        expected = []
    if not expected:
        messages.error(request, _("There is nobody to write to."))
        return False
    try:
        letter = mailings.write_letter(workshop, letter_id, expected=expected, by=actor_of(request), **wanted)
    except mailings.OthersMeanwhile:
        messages.error(request, _("Meanwhile the list of people has changed. Look at it again; nobody was written to."))
        return False
    except TooManyToday as too_many:
        messages.error(request, too_many_today(too_many.left))
        return False
    sentence = ngettext("The letter goes to %(count)d person.", "The letter goes to %(count)d people.", letter.people)
    messages.success(request, sentence % {"count": letter.people})
    return True
