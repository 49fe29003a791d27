"""Addresses of the front page and of programmes."""

from django.urls import path

from feedback.views import feeds, home

urlpatterns = [
    path("", home.home, name="home"),
    path("feed.atom", feeds.workshops, name="workshops_feed"),
    path("said/feed.atom", feeds.outcomes, name="outcomes_feed"),
    path("p/<slug:slug>/feed.atom", feeds.programme, name="programme_feed"),
    path("p/<slug:slug>/", home.programme, name="programme"),
]
