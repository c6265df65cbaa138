"""What attackers wear: masks over the whole face, paper and glasses over a part of it."""

from collections.abc import Callable

import numpy as np

from anomaly_fas.simulation.anatomy import head, reflectance
from anomaly_fas.simulation.expression import Expression, at_eyes, bare_face
from anomaly_fas.simulation.grid import UNIT, Image, X, Y, blur, bump, mix, noise, step
from anomaly_fas.simulation.person import Person
from anomaly_fas.simulation.picture import Picture
from anomaly_fas.simulation.printing import PRINTERS, ink_on_paper, separate
from anomaly_fas.simulation.shading import Surface
from anomaly_fas.types import FinePai


def wear_mask(
    species: FinePai | None,
    face: Surface,
    rng: np.random.Generator,
    wearer: Person,
    victim: Person,
    picture: Callable[[], Picture],
) -> None:
    """Put a mask of a victim on the wearer's face in place; other species change nothing.

    A paper mask is printed from the frontal picture that `picture` makes.
    """
    match species:
        case FinePai.MASK_PAPER:
            _wear_paper(face, rng, wearer, picture())
        case FinePai.MASK_RIGID:
            _wear_rigid(face, rng, wearer, victim)
        case FinePai.MASK_SILICONE:
            _wear_silicone(face, rng, wearer, victim)


def cover(
    species: FinePai | None,
    face: Surface,
    rng: np.random.Generator,
    wearer: Person,
    picture: Callable[[], Picture],
) -> None:
    """Cover part of the wearer's face in place, if the species is a partial one.

    A piece of paper shows a part of the victim's frontal picture that `picture` makes.
    """
    match species:
        case FinePai.PARTIAL_PAPER_GLASSES:
            _wear_paper_glasses(face, rng, wearer)
        case FinePai.PARTIAL_FUNNY_EYES:
            _wear_funny_eyes(face, rng, wearer)
        case FinePai.PARTIAL_PERIOCULAR | FinePai.PARTIAL_UPPER_HALF | FinePai.PARTIAL_LOWER_HALF:
            _cover_with_print(face, rng, wearer, picture(), species)


def _wear_paper(face: Surface, rng: np.random.Generator, wearer: Person, picture: Picture) -> None:
    """A printed face, cut out and bent around the wearer's, with holes for the eyes."""
    quality = list(PRINTERS)[rng.integers(3)]
    cut = 1 - (X / (wearer.width * 1.02)) ** 2 - ((Y - 0.02) / 0.98) ** 2
    shape = step(cut + 0.02 * noise(rng, 6), -0.01, 0.02)
    shape = shape * (1 - _eye_holes(wearer, float(rng.uniform(0.85, 1.15))))
    bent = 0.74 * np.sqrt(np.clip(1 - (X / 1.15) ** 2, 0.02, 1)) + 0.10 * bump(0, 0.1, 0.09, 0.2)
    _lay(face, shape, _printed(rng, picture, quality), bent, gloss=0.03)


def _wear_rigid(face: Surface, rng: np.random.Generator, wearer: Person, victim: Person) -> None:
    """A painted resin or plastic cast of the victim's face, glossy and without expression."""
    cast = bare_face(victim, Expression())
    inside = head(victim).outline[:, None] * 0.95 - np.abs(X)
    shape = step(inside, -0.01, 0.012) * step(Y, -0.86, -0.82)
    shape = shape * (1 - _eye_holes(wearer, 0.95))
    paint = blur(cast.albedo, float(rng.uniform(1.2, 2.5)))
    base = paint.reshape(-1, 3)[shape.ravel() > 0.5].mean(axis=0)
    tint = np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    paint = mix(paint, base * np.float32(1.05), float(rng.uniform(0.25, 0.5))) * tint
    gloss = float(rng.uniform(0.06, 0.25))
    _lay(face, shape, paint, blur(cast.height, 2.0) + 0.07, gloss, stiffness=1.0)
    face.polish[:] = mix(face.polish, float(rng.uniform(0.45, 0.8)), shape)


def _wear_silicone(face: Surface, rng: np.random.Generator, wearer: Person, victim: Person) -> None:
    """A silicone cast over the whole head: soft and translucent, but of even pigment."""
    cast = bare_face(victim, Expression(gape=float(rng.uniform(0, 0.25))))
    shape = head(victim).alpha * (1 - _eye_holes(wearer, 0.85))
    pigment = np.full_like(X, victim.melanin) * (1 + 0.03 * noise(rng, 8))
    airbrush = 0.34 + 0.20 * bump(0, 0.2, 0.4, 0.16) + 0.03 * noise(rng, 14)
    even = reflectance(pigment, np.clip(airbrush, 0, 1).astype(np.float32))
    paint = mix(even, blur(cast.albedo, 1.0), 0.55)
    sag = 0.012 * np.sin(9 * Y + 1.5 * noise(rng, 4)) * step(np.abs(X), 0.25, 0.6)
    _lay(face, shape, paint, blur(cast.height, 1.2) + 0.05 + sag, gloss=0.13, stiffness=1.0)
    face.polish[:] = mix(face.polish, float(rng.uniform(0.3, 0.5)), shape)
    face.translucency[:] = mix(face.translucency, 1.0, shape)


def _eye_holes(wearer: Person, size: float) -> Image:
    across, down = 1.1 * size, 0.62 * size
    return at_eyes(wearer, lambda u, v: step((u / across) ** 2 + (v / down) ** 2, 1.08, 0.92))


def _cover_with_print(
    face: Surface, rng: np.random.Generator, wearer: Person, picture: Picture, part: FinePai
) -> None:
    """Lay a piece of the victim's printed face on the wearer's."""
    within = step(head(wearer).outline[:, None] * 1.02 - np.abs(X), -0.01, 0.01)
    ragged = 0.012 * noise(rng, 10)
    if part is FinePai.PARTIAL_PERIOCULAR:
        across = step(np.abs(X) + ragged, 0.60, 0.58)
        shape = across * step(np.abs(Y + 0.17) + ragged, 0.23, 0.21)
        if rng.random() < 0.5:
            shape = shape * (1 - _discs(wearer, 0.10))
    elif part is FinePai.PARTIAL_UPPER_HALF:
        edge = float(rng.uniform(0.08, 0.30))
        shape = within * step(Y + ragged, edge + 0.01, edge - 0.01) * step(Y, -0.92, -0.90)
    else:
        edge = float(rng.uniform(0.0, 0.2))
        shape = within * step(Y + ragged, edge - 0.01, edge + 0.01)
    quality = list(PRINTERS)[rng.integers(3)]
    bent = 0.76 * np.sqrt(np.clip(1 - (X / 1.2) ** 2, 0.02, 1))
    _lay(face, shape, _printed(rng, picture, quality), bent, gloss=0.03)


def _wear_paper_glasses(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
    """Glasses cut from printed paper, with openings for the eyes."""
    radius = float(rng.uniform(0.2, 0.26))
    openings = _discs(wearer, radius * 0.62)
    frame = np.maximum(_discs(wearer, radius), step(np.abs(Y + 0.16), 0.06, 0.05))
    frame = frame * step(np.abs(X), wearer.width + 0.03, wearer.width) * (1 - openings)
    colour = np.clip(rng.uniform(0.04, 0.7) * np.exp(rng.normal(0, 0.6, 3)), 0.02, 0.85)
    pattern = 1 + 0.5 * np.sign(np.sin(X * rng.uniform(15, 50) + Y * rng.uniform(-40, 40)))
    stripes = pattern if rng.random() < 0.5 else np.ones_like(X)
    albedo = np.clip(colour.astype(np.float32) * stripes[..., None], 0.02, 0.85)
    _lay(face, frame, albedo.astype(np.float32), 0.78 - 0.25 * X**2, gloss=0.03)


def _wear_funny_eyes(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
    """Novelty glasses with printed eyes."""
    radius = float(rng.uniform(0.19, 0.25))
    albedo = np.full((*X.shape, 3), 0.75, np.float32)
    iris = np.clip(rng.uniform(0.05, 0.4) * np.exp(rng.normal(0, 0.6, 3)), 0.01, 0.6)
    look = rng.normal(0, 0.03, 2)
    for side in (-1, 1):
        x, y = side * wearer.eye_distance + look[0], -0.15 + look[1]
        distance = np.hypot(X - np.float32(x), Y - np.float32(y)).astype(np.float32)
        albedo = mix(albedo, iris.astype(np.float32), step(distance, radius * 0.55, radius * 0.5))
        albedo = mix(albedo, 0.02, step(distance, radius * 0.28, radius * 0.24))
    if rng.random() < 0.6:
        veins = np.clip(noise(rng, 40) - 1.2, 0, 1) * bump(0, -0.15, 0.5, 0.2)
        albedo = mix(albedo, np.array([0.6, 0.1, 0.08], np.float32), veins)
    shape = _discs(wearer, radius)
    rim = np.clip(_discs(wearer, radius + 0.035) - shape, 0, 1)
    bridge = step(np.abs(Y + 0.16), 0.03, 0.02) * step(np.abs(X), wearer.width, wearer.width - 0.02)
    rim = np.maximum(rim, bridge * (1 - shape))
    _lay(face, shape, albedo, 0.80 - 0.2 * X**2, gloss=0.08)
    colour = np.clip(rng.uniform(0.02, 0.5) * np.exp(rng.normal(0, 0.5, 3)), 0.01, 0.7)
    plastic = np.broadcast_to(colour.astype(np.float32), albedo.shape)
    _lay(face, rim, plastic, 0.83 - 0.2 * X**2, gloss=0.25)


def _discs(wearer: Person, radius: float) -> Image:
    def disc(u: Image, v: Image) -> Image:
        distance = np.hypot(u, v) * np.float32(wearer.eye_width)
        return step(distance, radius + 0.008, radius - 0.008)

    return at_eyes(wearer, disc)


def _lay(
    face: Surface, shape: Image, albedo: Image, height: Image, gloss: float, stiffness: float = 4.0
) -> None:
    """Lay an opaque thing of a coverage on a face; the stiffer, the less it follows the relief."""
    gap = np.clip(blur(shape, 2.0) * 1.6 - shape, 0, 1) * (shape < 0.5)
    face.albedo *= (1 - 0.55 * gap)[..., None]
    face.albedo[:] = mix(face.albedo, albedo, shape)
    raised = blur(np.maximum(height, face.height), stiffness) + 0.02
    face.height[:] = mix(face.height, raised, shape)
    face.gloss[:] = mix(face.gloss, gloss, shape)
    face.polish[:] = mix(face.polish, 0.3, shape)
    face.translucency *= 1 - shape
    face.alpha[:] = np.maximum(face.alpha, shape)


def _printed(rng: np.random.Generator, picture: Picture, quality: FinePai) -> Image:
    """Reflectance of a frontal picture's print, lined up with the canonical grid."""
    printer = PRINTERS[quality]
    coverage = separate(picture.image, printer)
    u, v = (X / np.float32(picture.zoom) + 1) / 2, (Y / np.float32(picture.zoom) + 1) / 2
    aperture = 1 / (2 * picture.zoom * UNIT)
    return ink_on_paper(coverage, u, v, printer, aperture, int(rng.integers(2**31)))
