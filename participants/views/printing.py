"""Sheets to print for the day, each as a page and as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from ledger.typesetting import typeset
from participants import printed, seating
from workshops.access import organises
from workshops.models import Workshop


@require_http_methods(["GET"])
@organises
def sheets(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """What can be printed."""
    return render(
        request, "org/print.html", {"section": "tables", "without_codes": workshop.groups.filter(code=None).exists()}
    )


def printed_page(request: HttpRequest, template: str, data: dict[str, Any], **context: Any) -> HttpResponse:
    """A sheet as a page; `data` has the drawing of its QR code as `qr`."""
    qr = mark_safe(data["qr"])  # noqa: S308 - drawn by us from an address of ours
    return render(request, template, {"data": data, "qr": qr, **context})


def pdf_of(template: str, data: dict[str, Any]) -> HttpResponse:
    """A sheet as a PDF, to be read in the browser."""
    answer = HttpResponse(typeset(f"{template}.typ", data), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{template}.pdf"'
    return answer


def _badges(workshop: Workshop) -> dict[str, Any]:
    return printed.badges(seating.board_of(workshop))


def _attendance(workshop: Workshop) -> dict[str, Any]:
    return printed.attendance(seating.board_of(workshop), is_organisers_copy=True)


def _signatures(workshop: Workshop) -> dict[str, Any]:
    return printed.attendance(seating.board_of(workshop), is_organisers_copy=False)


def _table_sheets(workshop: Workshop) -> dict[str, Any]:
    sessions = workshop.sessions.at_the_tables().prefetch_related("prompts")
    return printed.table_sheets(seating.board_of(workshop), sessions)


@require_http_methods(["GET"])
@organises
def badges(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """Badges to cut out."""
    data = _badges(workshop)
    marks = {whose: mark_safe(mark) for whose, mark in data["marks"].items()}  # noqa: S308 - a drawing of ours
    return printed_page(request, "org/badges.html", data, marks=marks)


@require_http_methods(["GET"])
@organises
def badges_pdf(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return pdf_of("badges", _badges(workshop))


def _list(request: HttpRequest, data: dict[str, Any], pdf: str) -> HttpResponse:
    return printed_page(request, "org/attendance.html", data, pdf=pdf, blank=range(data["blank"]))


@require_http_methods(["GET"])
@organises
def attendance(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The organiser's copy, with needs."""
    return _list(request, _attendance(workshop), "org_attendance_pdf")


@require_http_methods(["GET"])
@organises
def attendance_pdf(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return pdf_of("attendance", _attendance(workshop))


@require_http_methods(["GET"])
@organises
def signatures(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """The copy that lies on the desk: no needs."""
    return _list(request, _signatures(workshop), "org_signatures_pdf")


@require_http_methods(["GET"])
@organises
def signatures_pdf(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return pdf_of("attendance", _signatures(workshop))


@require_http_methods(["GET"])
@organises
def table_sheets(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """A tent for each table with its name, questions, code and QR, and paper notes behind."""
    data = _table_sheets(workshop)
    for table in data["tables"]:
        table["join_qr"] = mark_safe(table["join_qr"])  # noqa: S308 - drawn by us from digits
    without_codes = not all(table["code"] for table in data["tables"])
    frames = range(data["frames"])
    return printed_page(request, "org/table_sheets.html", data, frames=frames, without_codes=without_codes)


@require_http_methods(["GET"])
@organises
def table_sheets_pdf(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return pdf_of("table-sheets", _table_sheets(workshop))
