"""A list, signing up for an event, and a sign of life."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.floor import signup
from benchmarks.floor.models import Talk


def talks(request: HttpRequest) -> HttpResponse:
    return render(request, "talks.html", {"talks": Talk.objects.all()})


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive")


urlpatterns = [
    path("", talks),
    path("healthz", alive),
    path("open/<int:places>/", signup.open_event),
    path("<int:pk>/place/", signup.form),
    path("<int:pk>/count/", signup.count),
    path("place/<uuid:pk>/", signup.booking),
]
