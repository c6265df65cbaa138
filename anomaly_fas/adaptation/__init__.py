"""References and thresholds of a new domain, without training."""
