"""Hydra finds its plugins below `hydra_plugins`."""
