"""Modules that turn a network's outputs into attack scores, and hold what they compare with."""
