"""What the documents name is there: files, functions, links, commands and environment variables."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT: Path = settings.ROOT
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = [ROOT / name for name in TOP] + sorted((ROOT / "docs").rglob("*.md"))
ARCHITECTURE = ROOT / "docs" / "architecture.md"
OPERATING = ROOT / "docs" / "operating.md"
WITH_COMMANDS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ARCHITECTURE, OPERATING)

FILE = r"[\w.][\w./-]*\.(?:py|js|mjs|html|css|typ|md|toml|json|lock|service|sh)"
IN_BACKTICKS = re.compile(rf"`({FILE})(?:: ([\w.]+))?`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"manage\.py ([a-z][a-z_-]*)")
READ_IN_SETTINGS = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]*)"')
READ_IN_ASGI = re.compile(r'os\.environ\.get\(\s*"(TAVOLO_[A-Z0-9_]*)"')
ROW_OF_TABLE = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def without_code(page: Path) -> str:
    return CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def named_in(path: Path) -> set[str]:
    """Functions, classes and `Class.method` of a Python file; names a JavaScript file defines anywhere."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return set(re.findall(r"(?:function\*?|const|let|class)\s+(\w+)", source)) | set(
            re.findall(r"^\s+(?:async )?(\w+)\([^)]*\) \{", source, re.MULTILINE)
        )
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.AsyncFunctionDef)}
    return names


def variables_read() -> set[str]:
    in_settings = READ_IN_SETTINGS.findall((ROOT / "config/settings.py").read_text(encoding="utf-8"))
    in_asgi = READ_IN_ASGI.findall((ROOT / "config/asgi.py").read_text(encoding="utf-8"))
    return {*in_settings, *in_asgi}


def test_every_page_of_the_documents_is_there():
    assert [page.name for page in PAGES if not page.exists()] == []


def test_every_file_named_in_the_architecture_exists():
    named = {path for path, _name in IN_BACKTICKS.findall(ARCHITECTURE.read_text(encoding="utf-8"))}
    assert len(named) > 30
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_function_named_in_the_architecture_is_in_its_file():
    pairs = {(path, name) for path, name in IN_BACKTICKS.findall(ARCHITECTURE.read_text(encoding="utf-8")) if name}
    assert len(pairs) > 30
    assert sorted(f"{path}: {name}" for path, name in pairs if name not in named_in(ROOT / path)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page):
    targets = {link.partition("#")[0] for link in LINK.findall(without_code(page)) if "://" not in link}
    assert sorted(target for target in targets - {""} if not (page.parent / target).exists()) == []


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_is_a_command(page):
    named = set(COMMAND.findall(page.read_text(encoding="utf-8")))
    assert named
    assert sorted(named - set(get_commands())) == []


def test_the_table_of_environment_variables_has_exactly_those_that_are_read():
    assert set(ROW_OF_TABLE.findall(OPERATING.read_text(encoding="utf-8"))) == variables_read()


def test_no_document_names_a_place_that_only_a_developer_has():
    assert [page.name for page in PAGES if re.search(r"/home/|/root/|/Users/", page.read_text(encoding="utf-8"))] == []
