"""Pixel-wise binary supervision."""

from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from anomaly_fas.losses.batch import LossInput, LossTerms
from anomaly_fas.losses.ranges import require_share
from anomaly_fas.output import LOGIT, MAP, require_part


class DeepPixBiS(nn.Module):
    """Cross-entropy at every place of the feature map, and of the image as a whole.

    George and Marcel, Deep Pixel-wise Binary Supervision for Face Presentation Attack Detection,
    ICB 2019: L = w L_pixel + (1 - w) L_image, every place having the label of its image.

    Args:
        pixel_weight: w, in [0, 1].

    Raises:
        ConfigError: a value out of range.
    """

    requires = LOGIT | MAP

    def __init__(self, pixel_weight: float) -> None:
        super().__init__()
        require_share("deep_pixbis", pixel_weight=pixel_weight)
        self.pixel_weight = pixel_weight

    def forward(self, batch: LossInput) -> LossTerms:
        """Compute the loss of a batch and its two terms, unweighted."""
        map_logit = require_part(batch.map_logit, "map")
        logit = require_part(batch.logit, "logit")
        label = batch.is_attack.to(logit)
        pixel = binary_cross_entropy_with_logits(
            map_logit, label[:, None, None].expand_as(map_logit)
        )
        image = binary_cross_entropy_with_logits(logit, label)
        loss = self.pixel_weight * pixel + (1 - self.pixel_weight) * image
        return {"loss": loss, "pixel": pixel, "image": image}
