"""Where metrics and figures go: CSV, Weights & Biases, TensorBoard."""
