"""The least way to a place."""

import json

from django import forms
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from benchmarks.floor.models import Booking, Event


class PlaceForm(forms.Form):
    name = forms.CharField(max_length=80)
    email = forms.EmailField()


def form(request: HttpRequest, pk: int) -> HttpResponse:
    event, asked = get_object_or_404(Event, pk=pk), PlaceForm(request.POST or None)
    if not asked.is_valid():
        return render(request, "place.html", {"event": event, "form": asked})
    return redirect(booking, pk=book(event, **asked.cleaned_data).pk)


@transaction.atomic
def book(event: Event, *, name: str, email: str) -> Booking:
    """A place by a guarded UPDATE, or the next number."""
    number, events = 0, Event.objects.filter(pk=event.pk)
    if not events.filter(taken__lt=F("places")).update(taken=F("taken") + 1):
        events.update(queue=F("queue") + 1)
        number = events.values_list("queue", flat=True).get()
    return Booking.objects.create(event=event, name=name, email=email, number=number)


def booking(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(Booking.objects.select_related("event"), pk=pk)
    return render(request, "booking.html", {"booking": found})


def open_event(request: HttpRequest, places: int) -> HttpResponse:
    return HttpResponse(str(Event.objects.create(places=places).pk))


def count(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(json.dumps(dict(Booking.objects.filter(event=pk).values_list("email", "number"))))
