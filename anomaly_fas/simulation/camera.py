"""Cameras: from the light on the sensor to the image file.

Lens blur, exposure, Bayer sampling, shot and read noise, quantisation, demosaicing, white balance,
colour correction, denoising, tone curve, sharpening and JPEG, in this order, as in a real camera.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np

from anomaly_fas.simulation.grid import Image, blur, in_each_channel, tinted
from anomaly_fas.types import Device

Scene = Callable[[int], Image]
"""Gives the linear RGB radiance of a square crop at so many pixels a side."""


@dataclass(frozen=True)
class Camera:
    """A capture device, by what it does to a face crop.

    Attributes:
        photosites: sensor photosites across the crop.
        blur: lens blur, standard deviation in photosites.
        full_well: electrons at white; the fewer, the stronger the shot noise.
        read_noise: electrons.
        white_balance: relative error of the white balance, standard deviation per channel.
        saturation: gain of the colour correction.
        denoise: strength of the noise filter, standard deviation in photosites.
        sharpen: gain of the unsharp mask.
        contrast: strength of the S-shaped tone curve.
        quality: JPEG quality, 1 to 100.
        chroma: JPEG chroma subsampling, 444, 422 or 420.
        exposure: in stops, of what the automatic exposure aims at: less before a bright window,
            more before a dark wall, both outside of the crop.
        warmth: of the white balance: log of the gain of red over that of blue, halved.
        black: light, as a share of white, up to which all is black.
        adaptation: how much of a scene's mean colour the white balance takes for that of the light.
    """

    photosites: int
    blur: float
    full_well: float
    read_noise: float
    white_balance: float
    saturation: float
    denoise: float
    sharpen: float
    contrast: float
    quality: int
    chroma: int
    exposure: float = 0.0
    warmth: float = 0.0
    black: float = 0.0
    adaptation: float = 0.5


CAMERAS: Final[Mapping[Device, Camera]] = {
    Device.WEBCAM_LOW: Camera(128, 0.90, 6000, 12, 0.05, 0.80, 0.5, 0.9, 0.15, 70, 420),
    Device.WEBCAM_HIGH: Camera(168, 0.65, 12000, 10, 0.04, 0.90, 0.4, 0.9, 0.25, 84, 420),
    Device.MOBILE_TABLET_LOW: Camera(128, 0.80, 7000, 10, 0.045, 1.05, 0.7, 0.9, 0.35, 76, 420),
    Device.MOBILE_TABLET_HIGH: Camera(192, 0.65, 13000, 5, 0.03, 1.15, 0.6, 0.9, 0.40, 88, 420),
    Device.DIGITAL_CAMERA_LOW: Camera(160, 0.75, 16000, 8, 0.04, 1.00, 0.4, 0.7, 0.30, 86, 420),
    Device.DIGITAL_CAMERA_HIGH: Camera(216, 0.55, 30000, 4, 0.02, 1.05, 0.2, 0.6, 0.30, 95, 444),
}
"""The six capture devices of GRAD-GPAD, as models of their class and not of a product."""

_CROSSTALK: Final = np.array(
    [[0.76, 0.20, 0.04], [0.13, 0.74, 0.13], [0.04, 0.22, 0.74]], np.float32
)
_CORRECTION: Final = np.linalg.inv(_CROSSTALK).astype(np.float32)
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
_WHITE: Final = 4095
_BLOCK: Final = 8
_SAMPLING: Final = {
    444: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    422: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    420: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


def unit(camera: Camera, rng: np.random.Generator) -> Camera:
    """Draw a camera of a class around its middle, as it is set before a face at some distance.

    The ranges are wide enough to hold webcams of 640 x 480 that are held before a face: see
    `experiments/realism`.
    """

    def around(value: float, spread: float) -> float:
        return float(value * np.exp(rng.uniform(-spread, spread)))

    # Real cameras give skin less colour, and faces more contrast, than the middle of a class, which
    # leaves both nearly as they are for scenes that are photographs themselves.
    # Automatic gain: where light is short, each electron counts for more.
    gain = float(np.exp(rng.uniform(-0.4, 0.6)))
    return replace(
        camera,
        photosites=2 * round(around(camera.photosites, 0.25) / 2),
        blur=around(camera.blur, 0.3),
        full_well=camera.full_well / gain,
        read_noise=around(camera.read_noise, 0.4),
        saturation=camera.saturation * float(np.exp(rng.uniform(-1.0, -0.25))),
        denoise=camera.denoise * float(rng.uniform(0.2, 1.2)),
        sharpen=camera.sharpen * float(rng.uniform(0.5, 2.2)),
        contrast=float(np.clip(camera.contrast + rng.uniform(0.1, 0.8), 0, 1)),
        quality=int(np.clip(camera.quality + rng.integers(-8, 13), 40, 98)),
        chroma=422 if camera.chroma == 420 and rng.random() < 0.3 else camera.chroma,
        exposure=camera.exposure + float(rng.normal(0.0, 0.5)),
        warmth=camera.warmth + float(rng.normal(-0.07, 0.14)),
        black=float(rng.uniform(0, 0.03)),
    )


def capture(camera: Camera, scene: Scene, rng: np.random.Generator, *, fine: bool = False) -> Image:
    """Photograph a scene.

    Args:
        camera: the device.
        scene: gives the radiance of the crop at a number of pixels a side.
        rng: noise and the camera's errors.
        fine: whether the scene has finer structure than the sensor resolves. It is then sampled
            more densely than the photosites lie, and aliases as it does on a sensor.

    Returns:
        sRGB image, uint8, shape [photosites, photosites, 3].
    """
    size = camera.photosites
    samples = max(256, size * 3 // 2) if fine else size
    radiance = blur(scene(samples), camera.blur * samples / size)
    if samples > size:
        radiance = cv2.resize(radiance, (size, size), interpolation=cv2.INTER_AREA)
    raw = _expose(camera, radiance @ _CROSSTALK.T, rng)
    linear = cv2.cvtColor(_mosaic(camera, raw, rng), cv2.COLOR_BayerBG2RGB_EA)
    linear = _develop(camera, linear.astype(np.float32) / _WHITE, raw, rng)
    image = _sharpen(camera, _tone(camera, linear))
    return compressed(image, camera.quality, camera.chroma, anywhere(rng))


def _expose(camera: Camera, light: Image, rng: np.random.Generator) -> Image:
    """Automatic exposure on the middle of the crop, with an error of a third of a stop."""
    size = camera.photosites
    middle = light[size // 5 : -size // 5, size // 5 : -size // 5]
    target = 0.26 * 2 ** (camera.exposure + float(rng.normal(0, 0.3)))
    exposed = light * np.float32(target / max(float(middle.mean()), 1e-4))
    return np.clip(exposed, 0, 1)


def _mosaic(camera: Camera, light: Image, rng: np.random.Generator) -> Image:
    """One colour a photosite, red at the origin, with shot and read noise, 12 bits."""
    mosaic = np.empty(light.shape[:2], np.float32)
    mosaic[0::2, 0::2] = light[0::2, 0::2, 0]
    mosaic[0::2, 1::2] = light[0::2, 1::2, 1]
    mosaic[1::2, 0::2] = light[1::2, 0::2, 1]
    mosaic[1::2, 1::2] = light[1::2, 1::2, 2]
    electrons = mosaic * np.float32(camera.full_well)
    spread = np.sqrt(electrons + np.float32(camera.read_noise**2))
    electrons += spread * rng.standard_normal(mosaic.shape, dtype=np.float32)
    return np.clip(electrons * np.float32(_WHITE / camera.full_well), 0, _WHITE).astype(np.uint16)


def _develop(camera: Camera, image: Image, raw: Image, rng: np.random.Generator) -> Image:
    """White balance by the grey-world rule, colour correction and denoising."""
    world = raw.reshape(-1, 3).mean(axis=0)
    grey_world = world[1] / np.maximum(world, 1e-3)
    error = np.exp(rng.normal(0, camera.white_balance, 3)).astype(np.float32)
    warmth = np.exp(np.array([camera.warmth, 0, -camera.warmth], np.float32))
    gains = np.clip(grey_world, 0.6, 1.8) ** np.float32(camera.adaptation) * error * warmth
    image = tinted(image, gains) @ _CORRECTION.T
    grey = in_each_channel(image @ _LUMA)
    image = grey + (image - grey) * np.float32(camera.saturation)
    if camera.denoise:
        image = blur(image, 0.3 + 0.6 * camera.denoise)
    return np.clip(image, 0, 1)


def _tone(camera: Camera, linear: Image) -> Image:
    table = np.linspace(0, 1, 4096, dtype=np.float32)
    table = np.maximum(table - camera.black, 0) / (1 - camera.black)
    encoded = srgb_curve(table)
    curve = encoded * encoded * (3 - 2 * encoded)
    encoded = (1 - camera.contrast) * encoded + camera.contrast * curve
    return encoded.astype(np.float32)[(linear * 4095).astype(np.int32)]


def srgb_curve(light: Image) -> Image:
    """Encode linear light from 0 to 1 as sRGB does."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _sharpen(camera: Camera, image: Image) -> Image:
    """Unsharp mask on the encoded image, so that halos and noise are as strong in the dark."""
    image = image + np.float32(camera.sharpen) * (image - blur(image, 1.0))
    return (np.clip(image, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)


def compressed(
    image: np.ndarray, quality: int, chroma: int, offset: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """Compress an image and read it back.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].
        quality: 1 to 100.
        chroma: subsampling of the colours, 444, 422 or 420.
        offset: row and column, 0 to 7, at which the image lies in the blocks of a larger one that
            it was cut out of.
    """
    whole = cv2.copyMakeBorder(image, offset[0], 0, offset[1], 0, cv2.BORDER_REPLICATE)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _SAMPLING[chroma]]
    encoded = cv2.imencode(".jpg", cv2.cvtColor(whole, cv2.COLOR_RGB2BGR), options)[1]
    decoded: Any = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return cv2.cvtColor(decoded[offset[0] :, offset[1] :], cv2.COLOR_BGR2RGB)


def stored_crop(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Store a face crop: most are compressed once more, with a good quality."""
    lossless, quality = rng.random() < 0.15, int(rng.integers(93, 99))
    chroma = 420 if rng.random() < 0.6 else 444
    return image if lossless else compressed(image, quality, chroma)


def anywhere(rng: np.random.Generator) -> tuple[int, int]:
    """Draw where a crop lies in the blocks of its frame."""
    row, column = rng.integers(0, _BLOCK, 2)
    return int(row), int(column)
