"""What desks and server tell each other about who has come; docs/arrivals.md is the contract."""
