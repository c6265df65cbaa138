"""Losses over one batch: the paper's two, the objective that joins them, and their rivals."""
