"""Addresses of what we said."""

from django.urls import path

from feedback.views import said

urlpatterns = [
    path("said/", said.said_list, name="said_list"),
    path("w/<slug:slug>/said/", said.said, name="said"),
    path("w/<slug:slug>/said/<int:version>/", said.said_version, name="said_version"),
    path("w/<slug:slug>/said/findings/<uuid:finding_id>/", said.said_finding, name="said_finding"),
    path("w/<slug:slug>/said/themes/<str:theme_id>/", said.said_theme, name="said_theme"),
    path("w/<slug:slug>/said/notes.csv", said.said_notes_csv, name="said_notes_csv"),
    path("w/<slug:slug>/said/fields.csv", said.said_fields_csv, name="said_fields_csv"),
    path("w/<slug:slug>/said/summary.json", said.said_json, name="said_json"),
    path("w/<slug:slug>/said/summary.pdf", said.said_pdf, name="said_pdf"),
    path("w/<slug:slug>/said/summary.docx", said.said_docx, name="said_docx"),
    path("w/<slug:slug>/said/summary.md", said.said_markdown, name="said_markdown"),
]
