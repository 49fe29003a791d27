"""Arrivals by REST, for the desks of a workshop."""
