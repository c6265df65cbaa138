"""A loss of the user's own: the README's example, word for word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from tests.external.conftest import UserFolder

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.mark.slow
def test_it_is_trained_and_named_after_its_file(user: UserFolder) -> None:
    files = re.findall(r"```(?:python|yaml)\n# my_fas/(\S+)\n(.*?)```", README, re.DOTALL)
    assert [name for name, _ in files] == ["my_losses.py", "conf/loss/centre.yaml"]
    for name, text in files:
        user.add(name, text)
    folder = user.train("loss=centre")
    assert folder.parent.name.startswith("centre-")
    losses = pd.read_csv(folder / "metrics.csv")["train/loss"].dropna()
    assert len(losses) > 0
    assert (losses >= 0).all()


@pytest.mark.slow
def test_what_it_requires_of_the_head_is_checked_before_training(user: UserFolder) -> None:
    user.add(
        "my_losses.py",
        """
        from torch import nn

        from anomaly_fas.output import LOGIT

        class MeanLogit(nn.Module):
            requires = LOGIT

            def forward(self, inputs):
                return {"loss": inputs.logit.mean()}
        """,
    )
    user.add("conf/loss/mean_logit.yaml", "_target_: my_losses.MeanLogit\n")
    printed = user.run("train", "--config-dir=conf", "loss=mean_logit", exit_code=2)
    assert "loss=mean_logit needs a head that gives a logit" in printed
