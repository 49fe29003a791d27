#!/usr/bin/env python3
"""Tavolo's command line: `demo` starts it with sample data, `test` runs all tests."""

import os
import sys

from config import bootstrap


def main() -> None:
    bootstrap.prepare(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        raise SystemExit(f"Tavolo cannot start. {problem}") from None


if __name__ == "__main__":
    main()
