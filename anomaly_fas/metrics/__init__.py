"""Pure functions over scores: error rates, thresholds, curves and the analysis of a score table."""
