"""Augmentations that torchvision v2 lacks; all of them draw from torch's generator alone."""
