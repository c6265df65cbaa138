"""From captures to face crops: what is done to each, by many processes, and the report on it."""
