"""From annotated samples to batches of face crops."""
