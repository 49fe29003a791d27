"""Addresses of the front page and of programmes."""

from django.urls import path

from feedback.views import home

urlpatterns = [
    path("", home.home, name="home"),
    path("p/<slug:slug>/", home.programme, name="programme"),
]
