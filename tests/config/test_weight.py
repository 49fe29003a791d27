"""What a web process carries around before anybody asked it for anything."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.config.processes import Installation

FOR_THE_FEW = ["PIL", "docx", "lxml", "numpy", "openpyxl", "pikepdf", "scipy", "snowballstemmer", "typst"]
"""Libraries that one request in a thousand needs; together they would double the process."""
LOADED = """
import json, sys
import config.asgi
from django.urls import get_resolver
get_resolver()._populate()
import {also}
print(json.dumps(sorted({asked} & set(sys.modules))))
"""


def loaded(at: Installation, also: str = "sys") -> list[str]:
    code = LOADED.format(also=also, asked=set(FOR_THE_FEW))
    said = subprocess.run([sys.executable, "-c", code], env=at.environment, capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


def test_a_web_process_starts_without_the_libraries_that_few_requests_need(tmp_path):
    assert loaded(Installation(tmp_path)) == []


def test_one_that_had_been_loaded_would_be_seen(tmp_path):
    assert loaded(Installation(tmp_path), also="typst") == ["typst"]
