"""A run from its config: folder, lock, log, and the steps from data to scores."""
