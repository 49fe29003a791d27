"""Addresses that exist in the demo only."""

from django.urls import path

from config.views import demo

urlpatterns = [
    path("", demo.home, name="demo"),
    path("enter/<str:role>/", demo.enter, name="demo_enter"),
    path("mail/", demo.mail, name="demo_mail"),
    path("mail/<str:name>/", demo.letter, name="demo_letter"),
]
