"""The plan: programmes, workshops, their agenda, themes, initiatives and groups."""
