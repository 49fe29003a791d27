"""Addresses of the door on a phone. They carry no language prefix: short to type, and the same in every language."""

from django.urls import path

from participants.views import desk_phone

urlpatterns = [
    path("desk/", desk_phone.desk_doors, name="desk_doors"),
    path("desk/shell/", desk_phone.desk_shell, name="desk_shell"),
    path("desk/<uuid:workshop_id>/", desk_phone.desk_phone, name="desk_phone"),
]
