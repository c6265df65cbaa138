"""Augmentations in turn, each under a name that a command line can reach."""

from collections import OrderedDict

from torch import nn


class Chain(nn.Sequential):
    """Applies its steps in the order in which they are given.

    Unlike a list, it lets a config change a step by its name: `transform.jpeg.p=0.1`.

    Args:
        steps: modules, each from an image to an image.
    """

    def __init__(self, **steps: nn.Module) -> None:
        super().__init__(OrderedDict(steps))
