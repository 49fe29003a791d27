"""Asking people who were there whether the summary is what they said."""
