"""torchvision's import beside any build of torch, each time in a fresh process."""

import json
import subprocess
import sys
from typing import Any

SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

OPERATORS = """
def operators():
    names = ("nms", "qnms", "roi_align", "deform_conv2d")
    return [name for name in names if hasattr(torch.ops.torchvision, name)]
"""


def answer(script: str) -> Any:
    """What a script prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_torchvision_is_imported_and_works_after_the_package() -> None:
    found = answer("""
import json, sys
import anomaly_fas
def finders():
    return [type(one).__name__ for one in sys.meta_path if "anomaly_fas" in type(one).__module__]
waiting = len(finders())
heavy = sorted({"torch", "torchvision"} & sys.modules.keys())
import torch, torchvision
from torchvision.transforms.v2 import functional
flipped = functional.horizontal_flip(torch.arange(6).reshape(1, 2, 3)).tolist()
schema = str(torch.ops.torchvision.nms.default._schema)
print(json.dumps([heavy, waiting, len(finders()), flipped, schema]))
""")
    assert found == [[], 1, 0, [[[2, 1, 0], [5, 4, 3]]], f"torchvision::nms{SCHEMA}"]


def test_a_library_that_cannot_be_loaded_gets_two_operators_declared_but_not_implemented() -> None:
    found = answer(f"""
import json, pathlib, torch
from anomaly_fas.torchvision_ops import declare_missing_operators
{OPERATORS}
before = operators()
declare_missing_operators(pathlib.Path("nowhere") / "_C.so")
nms, qnms = (getattr(torch.ops.torchvision, name).default for name in ("nms", "qnms"))
try:
    nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    called = True
except NotImplementedError:
    called = False
print(json.dumps([before, operators(), called, str(nms._schema), str(qnms._schema)]))
""")
    schemas = [f"torchvision::nms{SCHEMA}", f"torchvision::qnms{SCHEMA}"]
    assert found == [[], ["nms", "qnms"], False, *schemas]


def test_a_library_that_loads_gets_nothing_declared() -> None:
    found = answer(f"""
import json, pathlib, torch
from anomaly_fas.torchvision_ops import declare_missing_operators
{OPERATORS}
declare_missing_operators(pathlib.Path(torch._C.__file__))
print(json.dumps(operators()))
""")
    assert found == []
