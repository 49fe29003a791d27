"""The Celery application. Its messages are wake-ups: what must happen stands in the ledger's rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("tavolo")
app.set_default()  # for every thread: those that answer requests send wake-ups too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ledger"])
