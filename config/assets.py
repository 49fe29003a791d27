"""Static files under the names the front-end build gave them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Logical name to built name: `{"css/site.css": "css/site-3FQX2A.css", …}`."""
    path = Path(settings.BUILT_STATIC) / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


class BuiltStaticFilesStorage(StaticFilesStorage):
    """`{% static "css/site.css" %}` gives the content-hashed file, so that it may be cached for ever."""

    @lru_cache(maxsize=256)  # noqa: B019 - there is one storage in a process, and names are never reused for other content
    def url(self, name: str | None) -> str:
        return super().url(manifest().get(name or "", name))
