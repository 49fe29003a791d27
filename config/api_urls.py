"""The REST interface, one floor after the other."""

from django.urls import include, path

urlpatterns = [
    path("", include("workshops.urls.api")),
    path("", include("participants.urls.api")),
    path("", include("feedback.urls.api")),
]
