"""Addresses of what we said."""

from django.urls import path

from feedback.views import said

urlpatterns = [
    path("said/", said.said_list, name="said_list"),
    path("w/<slug:slug>/said/", said.said, name="said"),
    path("w/<slug:slug>/said/notes.csv", said.said_notes_csv, name="said_notes_csv"),
    path("w/<slug:slug>/said/summary.pdf", said.said_pdf, name="said_pdf"),
]
