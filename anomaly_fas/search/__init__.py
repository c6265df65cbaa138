"""Search for settings: Optuna chooses the values, `train` runs the trials."""
