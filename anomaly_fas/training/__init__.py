"""The training step, optimisation and what keeps runs repeatable."""
