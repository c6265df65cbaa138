"""Lets torchvision be imported beside a torch build that its compiled operators do not fit.

The torchvision wheel of the Python Package Index is linked against CUDA. Beside the CPU build of
torch its compiled library cannot be loaded; torchvision tolerates that, except that its import
registers shape functions for two operators that then do not exist, and fails. timm, torchmetrics
and lightning import torchvision in turn. Nothing here uses those operators, so where they are
missing they are declared, without an implementation, just before torchvision is first imported.
Where the library loads, nothing is changed.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Final

_OPERATORS: Final = ("nms", "qnms")
_SCHEMA: Final = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _BeforeTorchvision(MetaPathFinder):
    """Acts once, when torchvision is looked for, and finds nothing itself."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            spec = PathFinder.find_spec(fullname)
            if spec is not None and spec.origin is not None:
                declare_missing_operators(Path(spec.origin).parent / "_C.so")
        return None


def install() -> None:
    """Arrange for the operators to be there when torchvision is first imported."""
    sys.meta_path.insert(0, _BeforeTorchvision())


def declare_missing_operators(library: Path) -> None:
    """Load torchvision's operators, or else declare those its import needs and does not find."""
    import torch

    try:
        torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
    except OSError:
        missing = [name for name in _OPERATORS if not hasattr(torch.ops.torchvision, name)]
        for name in missing:
            torch.library.define(f"torchvision::{name}", _SCHEMA)
