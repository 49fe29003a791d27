"""The tablet's doors: joining a table with the six digits of its sheet, and the page of its note-pad."""

from __future__ import annotations

import re
import uuid
from contextlib import suppress

from allauth.account.adapter import get_adapter
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from feedback.notes.words import pad_words
from feedback.permissions import moderates_only
from participants.actions.tablets import NoSuchCode, join_table
from participants.middleware import DEVICE_IN_SESSION, device_of
from workshops.access import public
from workshops.models import Group

WINDOW_SECONDS = 600
WRONG_CODES_FOR_SESSION = 10
WRONG_CODES_FOR_ADDRESS = 300  # a whole hall may stand behind one address
NO_SUCH_CODE = _("Look for six digits at the bottom of the table sheet.")
TOO_MANY_CODES = _("That was many codes. Wait ten minutes, or ask the organiser to open the table for you.")
SCRIPTS_MAKE_NO_HTML = {"require-trusted-types-for": ["'script'"], "trusted-types": ["app"]}


class JoinForm(forms.Form):
    """The code of the sheet and the name the notes will carry."""

    code = forms.CharField(
        label=_("Six-digit code"),
        error_messages={"required": NO_SUCH_CODE, "max_length": NO_SUCH_CODE},
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Your first name"),
        error_messages={"required": _("Write the name the table knows you by.")},
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )

    def clean_code(self) -> str:
        """Six digits, however they were spaced."""
        digits = re.sub(r"[\s.-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise forms.ValidationError(NO_SUCH_CODE)
        return digits


@require_http_methods(["GET", "HEAD", "POST"])
@public("the six digits on the table sheet are the key")
@never_cache
def table_join(request: HttpRequest) -> HttpResponse:
    """Pair a tablet with a table, without a password."""
    if request.method != "POST":
        form = JoinForm(initial={"code": request.GET.get("code", "")[:20]})
        return render(request, "table/join.html", {"form": form})
    form = JoinForm(request.POST)
    if form.is_valid():
        if _has_guessed_too_often(request):
            form.add_error("code", TOO_MANY_CODES)
            return render(request, "table/join.html", {"form": form}, status=429)
        try:
            device = join_table(form.cleaned_data["code"], name=form.cleaned_data["name"])
        except NoSuchCode:
            _count_a_wrong_code(request)
            form.add_error("code", NO_SUCH_CODE)
        else:
            request.session.cycle_key()
            request.session[DEVICE_IN_SESSION] = str(device.pk)
            return redirect("table_pad", device.group_id)
    return render(request, "table/join.html", {"form": form}, status=422)


def _counters(request: HttpRequest) -> dict[str, int]:
    """The counters of wrong codes a request raises, each with the most it may hold."""
    if request.session.session_key is None:
        request.session.create()
    return {
        f"wrong-codes:session:{request.session.session_key}": WRONG_CODES_FOR_SESSION,
        f"wrong-codes:address:{get_adapter(request).get_client_ip(request)}": WRONG_CODES_FOR_ADDRESS,
    }


def _has_guessed_too_often(request: HttpRequest) -> bool:
    return any(cache.get(key, 0) >= most for key, most in _counters(request).items())


def _count_a_wrong_code(request: HttpRequest) -> None:
    for key in _counters(request):
        cache.add(key, 0, WINDOW_SECONDS)
        with suppress(ValueError):  # its ten minutes ended in between
            cache.incr(key)


@require_GET
@public("the tablet is asked for its table's code; only the code's device, a moderator or an organiser goes on")
@never_cache
@ensure_csrf_cookie
@csp_update(SCRIPTS_MAKE_NO_HTML)  # type: ignore[arg-type]  # django-csp types views without arguments
def table_pad(request: HttpRequest, group_id: uuid.UUID) -> HttpResponse:
    """The note-pad of one table. The page itself holds no notes: the tablet fetches them."""
    if not _may_write(request, group_id):
        return redirect("table_join")
    return render(request, "table/pad.html", {"words": pad_words()})


def _may_write(request: HttpRequest, group_id: uuid.UUID) -> bool:
    device = device_of(request)
    if device and device.group_id == group_id:
        return True
    return Group.objects.visible_to(request.user).filter(pk=group_id).exists()


@require_GET
@public("the same page for everybody, kept by tablets to open without a connection")
@csp_update(SCRIPTS_MAKE_NO_HTML)
def table_shell(request: HttpRequest) -> HttpResponse:
    """The note-pad without a table: what the service worker keeps."""
    return render(request, "table/pad.html", {"words": pad_words()})


@require_POST
@public("only takes the asking browser's own table away")
def table_leave(request: HttpRequest) -> HttpResponse:
    """This browser is no tablet of a table any more; a moderator is signed out, because the next one may take it."""
    request.session.pop(DEVICE_IN_SESSION, None)
    request.session.cycle_key()
    if moderates_only(request.user):
        logout(request)
    return redirect("table_join")


@require_GET
@public("a script without data")
def service_worker(request: HttpRequest) -> FileResponse:
    """The worker that opens the note-pad without a connection, or the one that takes it off every tablet.

    It lives at the top to cover `/table/` and `/desk/`.
    """
    path = finders.find("sw.js" if settings.SERVICE_WORKER else "sw-off.js")
    if path is None:
        raise Http404("the front end was not built")
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return FileResponse(open(path, "rb"), content_type="text/javascript; charset=utf-8", headers=headers)
