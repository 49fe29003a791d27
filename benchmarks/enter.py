"""`python -m benchmarks.enter ADDRESS`: a session for the user with this address, as a signed-in browser holds it."""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.test import Client

    from participants.models import User

    browser = Client()
    browser.force_login(User.objects.get(email=sys.argv[1]))
    print(browser.cookies[settings.SESSION_COOKIE_NAME].value)
