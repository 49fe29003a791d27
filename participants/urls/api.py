"""Arrivals under `/api/v1/`."""

from django.urls import path

from participants.api import sessions, views

urlpatterns = [
    path("workshops/<uuid:workshop_id>/sessions", sessions.SessionsView.as_view(), name="api_sessions"),
    path("workshops/<uuid:workshop_id>/arrivals", views.ArrivalsView.as_view(), name="api_arrivals"),
]
