"""Every write of this floor: one function for each thing a person does."""
