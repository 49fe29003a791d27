"""The note-pad comes over a hall's wifi: its script stays small."""

from __future__ import annotations

import gzip
import json

from django.conf import settings

MOST_BYTES = 60_000


def test_the_script_of_the_note_pad_is_at_most_sixty_kilobytes_compressed():
    manifest = json.loads((settings.BUILT_STATIC / "manifest.json").read_text())
    script = (settings.BUILT_STATIC / manifest["js/pad.js"]).read_bytes()
    assert b"import(" not in script  # one file: nothing else comes after it
    assert len(gzip.compress(script)) <= MOST_BYTES
