"""The front door as an app, so that its commands (`demo`, `test`, `serve`) are found before Django's own."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        from config import (
            celery,  # noqa: F401 (its application is the default from now on, in every thread)
            mailtracking,  # noqa: F401 (hears from the provider which mails came back)
        )

        # Each floor declares its jobs, mails, answers to events and what it keeps about people in files of these names.
        autodiscover_modules("tasks", "emails", "letters", "reactions", "personal")


class OperatorConfig(AdminConfig):
    default_site = "config.admin_site.OperatorSite"
