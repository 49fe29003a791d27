"""What a process and its children used, from /proc (Linux): CPU time and memory."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Where and under which load a measurement was made."""
    return {
        "cpus": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def tree_of(pid: int) -> list[int]:
    """The process and everything below it."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    tree, fresh = [pid], [pid]
    while fresh:
        fresh = [child for child, parent in parents.items() if parent in fresh]
        tree += fresh
    return tree


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree so far, with that of children which have ended."""
    return sum(_ticks(each) for each in tree_of(pid)) / TICKS_A_SECOND


def pss_mb(pid: int) -> float:
    """Proportional set size of the tree in MiB: shared pages count in parts."""
    return round(sum(_pss_kb(each) for each in tree_of(pid)) / 1024, 1)


def rss_mb(pid: int) -> float:
    """Resident memory of the tree in MiB."""
    page = os.sysconf("SC_PAGE_SIZE")
    return round(sum(int((_stat(each)[21:22] or ["0"])[0]) for each in tree_of(pid)) * page / 2**20, 1)


def postmaster_of(backend: int) -> int:
    """The process above a PostgreSQL connection; its tree is the whole database server."""
    return _parent(backend)


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/<pid>/stat` after the name in brackets, which may hold blanks; none once it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _ticks(pid: int) -> int:
    """utime, stime, cutime and cstime (fields 14 to 17 of proc(5))."""
    return sum(map(int, _stat(pid)[11:15]))


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
