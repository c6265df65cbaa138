"""Runs of a sweep: composed, launched in processes of their own, and summed up."""
