"""From closed sessions to the published outcome: compile, curate, publish, show."""
