"""Addresses of the pages about the service."""

from django.urls import path

from workshops.views import calendar, emblems, pages

urlpatterns = [
    path("p/<slug:slug>/emblem/<str:emblem_name>/", emblems.emblem, name="programme_emblem"),
    path("calendar/", calendar.coming, name="calendar"),
    path("calendar/<int:year>-<int:month>/", calendar.month, name="calendar_month"),
    path("how/", pages.how, name="how"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("your-data/", pages.your_data, name="your_data"),
]
