"""The addresses of an installation whose provider tells of bounces."""

from django.urls import include, path

from config.urls import urlpatterns as usual

urlpatterns = [path("mail/", include("anymail.urls")), *usual]
