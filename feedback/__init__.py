"""What was said and what came of it."""
