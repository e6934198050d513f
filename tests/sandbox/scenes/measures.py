"""Measures of likeness, difference and loudness for the tests of scenes."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from generations.sandbox.scenes.video_file import images

Array = NDArray[np.floating[Any]]


def pixels(image: Image.Image) -> Array:
    """RGB values as floats, so that differences do not wrap."""
    return np.asarray(image.convert("RGB"), np.float64)


def psnr(first: Image.Image, second: Image.Image) -> float:
    """Likeness in dB; 30 is good, 40 hard to tell apart."""
    error = float(np.mean((pixels(first) - pixels(second)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean absolute difference in levels of 255."""
    return float(np.mean(np.abs(pixels(first) - pixels(second))))


def covered(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image cover-cropped, in the simplest way."""
    return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.LANCZOS)


def all_frames(video: Path) -> list[Image.Image]:
    """Every decoded frame."""
    return list(images(video))


def neighbour_differences(frames: list[Image.Image]) -> list[float]:
    """Differences of each frame to the next."""
    return [difference(a, b) for a, b in pairwise(frames)]


def edges(image: Image.Image) -> Array:
    """Strength of edges at a scale that survives encoding."""
    grey = np.asarray(image.convert("L").reduce(2), np.float64)
    down, across = np.gradient(grey)
    strength: Array = np.hypot(down, across)
    return strength


def edge_likeness(first: Image.Image, second: Image.Image) -> float:
    """Correlation of the edges of two pictures, 1 where they have the same ones."""
    return float(np.corrcoef(edges(first).ravel(), edges(second).ravel())[0, 1])


def mean_colour(image: Image.Image) -> Array:
    """Mean RGB."""
    mean: Array = pixels(image).reshape(-1, 3).mean(0)
    return mean


def colour_distance(first: Image.Image, second: Image.Image) -> float:
    """Distance of the mean colours."""
    return float(np.linalg.norm(mean_colour(first) - mean_colour(second)))


def saturation(image: Image.Image) -> float:
    """Mean distance of the strongest from the weakest channel."""
    values = pixels(image)
    return float(np.mean(values.max(-1) - values.min(-1)))


def sharpness(image: Image.Image) -> float:
    """Mean strength of the finest differences."""
    grey = np.asarray(image.convert("L"), np.float64)
    return float(np.mean(np.abs(np.diff(grey, axis=1))))


def samples(video: Path) -> Array:
    """The sound of a file, shaped (channels, samples)."""
    with av.open(str(video)) as source:
        blocks = [frame.to_ndarray() for frame in source.decode(audio=0)]
    return np.concatenate(blocks, axis=1).astype(np.float64)


def loudness(track: Array) -> float:
    """Root mean square in dB below full scale."""
    return float(20 * np.log10(max(float(np.sqrt(np.mean(track**2))), 1e-9)))


def brightness_of_pitch(track: Array) -> float:
    """The spectral centroid in Hz: low for rumble, high for hiss."""
    power = np.abs(np.fft.rfft(track[0])) ** 2
    pitch = np.fft.rfftfreq(track.shape[1], 1 / 44_100)
    return float((power * pitch).sum() / power.sum())


def video_packets(video: Path) -> list[bytes]:
    """The coded pictures of a file."""
    with av.open(str(video)) as source:
        return [bytes(packet) for packet in source.demux(video=0) if packet.size]


def photograph(size: tuple[int, int] = (900, 700)) -> Image.Image:
    """A picture with soft colours, hard edges and a face-like middle, as people upload."""
    columns, rows = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    red, green, blue = 60 + 150 * columns, 90 + 70 * rows, 170 - 120 * columns * rows
    image = Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.ellipse((width * 0.35, height * 0.3, width * 0.65, height * 0.75), fill=(226, 186, 150))
    draw.rectangle((width * 0.1, height * 0.6, width * 0.3, height * 0.9), fill=(40, 60, 90))
    draw.line((0, height * 0.2, width, height * 0.35), fill=(250, 240, 220), width=8)
    return image
