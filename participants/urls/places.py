"""Addresses of workshops and of "my place"."""

from django.urls import path

from participants.views import my_place, places

urlpatterns = [
    path("w/<slug:slug>/", places.workshop, name="workshop"),
    path("w/<slug:slug>/place/", places.place_form, name="place_form"),
    path("w/<slug:slug>/place/sent/", places.link_sent_again, name="link_sent_again"),
    path("w/<slug:slug>/calendar.ics", places.workshop_calendar_file, name="workshop_calendar"),
    path("my/", my_place.find_place, name="find_place"),
    path("my/sent/", my_place.link_sent, name="link_sent"),
    path("my/<str:token>/", my_place.my_place, name="my_place"),
    path("my/<str:token>/calendar.ics", my_place.my_calendar, name="my_calendar"),
    path("my/<str:token>/give-up/", my_place.my_give_up, name="my_give_up"),
    path("my/<str:token>/take-back/", my_place.my_take_back, name="my_take_back"),
    path("my/<str:token>/more/", my_place.my_more, name="my_more"),
]
