"""What is installed is named exactly, by digest, and from no fixed place: whoever has a mirror uses it."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.config.processes import ROOT

# In pieces, so that this file does not name what it looks for.
pytestmark = pytest.mark.one_database
PLACES = (
    "index" + "-url",
    "index" + "_url",
    "find" + "-links",
    '"resol' + 'ved":',
    "python" + "hosted",
    "py" + "pi.org",
    "registry." + "npm",
    "registry." + "yarn",
    "npm" + "mirror",
)
PATTERN = re.compile("|".join(map(re.escape, PLACES)), re.IGNORECASE)


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout: git does not list its files")
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def test_no_tracked_file_names_a_package_registry():
    found = {}
    for name in tracked_files():
        hits = PATTERN.findall((ROOT / name).read_bytes().decode("utf-8", errors="replace"))
        if hits:
            found[name] = sorted(set(hits))
    assert found == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_each_python_package_is_one_version_with_its_digests(lock: str):
    lines = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    without = [line for line in wanted if not re.match(r"^[\w.\[\]-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert len(wanted) > 20
    assert without == []


def test_the_development_lock_holds_all_of_the_run_time_lock():
    def pinned(lock: str) -> set[str]:
        return set(re.findall(r"^([\w.\[\]-]+==[^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))

    assert pinned("requirements.lock") - pinned("requirements-dev.lock") == set()


def test_each_package_of_the_front_end_has_its_digest():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    without = [
        name for name, entry in packages.items() if name and not entry.get("integrity", "").startswith("sha512-")
    ]
    assert len(packages) > 5
    assert without == []
