"""Everything people do to the plan. Each action holds its lock, its write and its Event in one transaction."""
