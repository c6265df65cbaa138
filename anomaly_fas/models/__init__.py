"""Networks, and the detector that a checkpoint holds."""
