"""Who takes part: users, people, places, the waiting list, seats at tables, tablets."""
