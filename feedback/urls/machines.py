"""Addresses only machines ask for. They carry no language prefix."""

from django.urls import path

from feedback.views import feeds

urlpatterns = [
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
]
