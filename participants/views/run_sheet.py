"""The run sheet, as a page to print and as a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from participants.run_sheet import run_sheet
from participants.views.printing import pdf_of, printed_page
from workshops.access import organises
from workshops.models import Workshop


@require_http_methods(["GET"])
@organises
def page(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    """When what happens, who does it, with what."""
    return printed_page(request, "org/run_sheet.html", run_sheet(workshop))


@require_http_methods(["GET"])
@organises
def pdf(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    return pdf_of("run-sheet", run_sheet(workshop))
