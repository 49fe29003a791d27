"""The front door: settings, urls, server, Celery. It knows every floor and no floor knows it."""
