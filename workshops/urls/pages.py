"""Addresses of the pages about the service."""

from django.urls import path

from workshops.views import pages

urlpatterns = [
    path("how/", pages.how, name="how"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("your-data/", pages.your_data, name="your_data"),
]
