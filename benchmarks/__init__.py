"""Measurements: `python3 manage.py bench NAME`. Each has its own server and data, and leaves nothing behind."""
