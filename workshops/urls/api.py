"""Workshops under `/api/v1/`."""

from django.urls import path

from workshops import api

urlpatterns = [
    path("workshops", api.WorkshopsView.as_view(), name="api_workshops"),
    path("workshops/<uuid:workshop_id>", api.WorkshopView.as_view(), name="api_workshop"),
]
