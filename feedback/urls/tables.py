"""Addresses of tablets and projector. They carry no language prefix: short to type, and the same in every language."""

from django.urls import path

from feedback.views import tables, wall

urlpatterns = [
    path("table/", tables.table_join, name="table_join"),
    path("table/shell/", tables.table_shell, name="table_shell"),
    path("table/leave/", tables.table_leave, name="table_leave"),
    path("table/<uuid:group_id>/", tables.table_pad, name="table_pad"),
    path("sw.js", tables.service_worker, name="service_worker"),
    path("wall/<str:secret>/", wall.wall, name="wall"),
    path("wall/<str:secret>/picture/", wall.wall_picture, name="wall_picture"),
]
