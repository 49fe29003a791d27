"""One page, and a sign of life."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.floor.models import Talk


def talks(request: HttpRequest) -> HttpResponse:
    return render(request, "talks.html", {"talks": Talk.objects.all()})


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive")


urlpatterns = [path("", talks), path("healthz", alive)]
