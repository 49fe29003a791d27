"""The addresses of the demo: all others, and those that only the demo has."""

from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, path("demo/", include("config.urls_demo"))]
