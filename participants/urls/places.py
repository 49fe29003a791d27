"""Addresses of workshops and of "my place"."""

from django.urls import path

from participants.views import answers, moderating, my_allow, my_data, my_place, offers, places, signing_up

urlpatterns = [
    path("w/<slug:slug>/", places.workshop, name="workshop"),
    path("w/<slug:slug>/place/", places.place_form, name="place_form"),
    path("w/<slug:slug>/place/sent/", places.link_sent_again, name="link_sent_again"),
    path("w/<slug:slug>/place/confirm/", signing_up.confirm_sent, name="confirm_sent"),
    path("w/<slug:slug>/place/by-link/<str:secret>/", places.place_form, name="place_by_link"),
    path("confirm/<uuid:pending_id>/<str:secret>/", signing_up.confirm_sign_up, name="confirm_sign_up"),
    path("w/<slug:slug>/calendar.ics", places.workshop_calendar_file, name="workshop_calendar"),
    path("p/<slug:slug>/calendar.ics", places.programme_calendar_feed, name="programme_calendar"),
    path("my/", my_place.find_place, name="find_place"),
    path("my/sent/", my_place.link_sent, name="link_sent"),
    path("my/invitation/<str:token>/", answers.invitation, name="invitation"),
    path("my/table/<str:token>/", moderating.moderate, name="moderate"),
    path("my/table/<str:token>/brief.pdf", moderating.moderate_brief, name="moderate_brief"),
    path("my/no-mail/<uuid:recipient_id>/<str:key>/", answers.no_mail, name="no_mail"),
    path("my/open/<uuid:registration_id>/", my_data.my_open, name="my_open"),
    path("my/deleted/<uuid:receipt_id>/", my_data.erasure_receipt, name="erasure_receipt"),
    path("my/<str:feed>/places.ics", my_data.my_feed, name="my_feed"),
    path("my/<str:token>/data/", my_data.my_data, name="my_data"),
    path("my/<str:token>/data/file/", my_data.my_data_file, name="my_data_file"),
    path("my/<str:token>/data/send/", my_data.my_data_send, name="my_data_send"),
    path("my/<str:token>/data/delete/", my_data.my_data_erase, name="my_data_erase"),
    path("my/<str:token>/account/", my_data.my_account, name="my_account"),
    path("my/<str:token>/", my_place.my_place, name="my_place"),
    path("my/<str:token>/calendar.ics", my_place.my_calendar, name="my_calendar"),
    path("my/<str:token>/offer/", offers.my_offer, name="my_offer"),
    path("my/<str:token>/give-up/", my_place.my_give_up, name="my_give_up"),
    path("my/<str:token>/take-back/", my_place.my_take_back, name="my_take_back"),
    path("my/<str:token>/series/", my_place.my_series, name="my_series"),
    path("my/<str:token>/more/", my_place.my_more, name="my_more"),
    path("my/<str:token>/answers/", my_allow.my_answers, name="my_answers"),
    path("my/<str:token>/allow/", my_allow.my_allow, name="my_allow"),
]
