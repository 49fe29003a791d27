"""What happened and what must still happen: history, outbox, claims on background work, wake-ups."""
