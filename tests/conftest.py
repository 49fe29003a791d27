"""Shared fixtures: nothing leaves the test, in-memory wake-ups are swallowed, caches start empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

Path(settings.DATA).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits live in the cache; no test inherits another's."""
    cache.clear()


@pytest.fixture(autouse=True)
def _english(settings) -> None:  # type: ignore[no-untyped-def]
    """Sentences in tests are English unless the test says otherwise."""
    settings.LANGUAGE_CODE = "en"
