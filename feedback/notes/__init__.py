"""Ops in, notes out: the server's side of docs/sync.md."""
