"""What happens around training: scorers are fitted, metrics logged, scores and figures written."""
