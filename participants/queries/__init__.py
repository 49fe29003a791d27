"""Reads of this floor: each module gathers what one page shows."""
