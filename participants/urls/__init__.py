"""Addresses of this floor."""
