"""Groups and notes under `/api/v1/`."""

from django.urls import path

from feedback.api import views

urlpatterns = [
    path("groups/<uuid:group_id>", views.KitView.as_view(), name="api_group"),
    path("groups/<uuid:group_id>/ops", views.OpsView.as_view(), name="api_ops"),
    path("groups/<uuid:group_id>/changes", views.ChangesView.as_view(), name="api_changes"),
    path("groups/<uuid:group_id>/presence", views.PresenceView.as_view(), name="api_presence"),
    path("groups/<uuid:group_id>/status", views.StatusView.as_view(), name="api_status"),
    path("workshops/<uuid:workshop_id>/notes", views.WorkshopNotesView.as_view(), name="api_notes"),
]
