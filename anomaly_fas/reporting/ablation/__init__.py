"""Compare the levels of each factor of a study with its base."""
