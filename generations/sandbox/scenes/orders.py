"""Orders: what a caller asks of the scene painter, in words, pixels and seconds."""

from dataclasses import dataclass

from PIL import Image

Size = tuple[int, int]
WeightedImage = tuple[Image.Image, float]

_VIDEO_720P: dict[str, Size] = {
    "1:1": (1024, 1024),
    "4:3": (1152, 864),
    "3:4": (864, 1152),
    "16:9": (1280, 720),
    "9:16": (720, 1280),
    "21:9": (1552, 656),
    "9:21": (656, 1552),
}
_RESOLUTION_FACTOR = {"540p": 0.75, "720p": 1.0, "1080p": 1.5, "4k": 3.0}
_IMAGE: dict[str, Size] = {
    "1:1": (1536, 1536),
    "4:3": (1792, 1344),
    "3:4": (1344, 1792),
    "16:9": (2048, 1152),
    "9:16": (1152, 2048),
    "21:9": (2432, 1024),
    "9:21": (1024, 2432),
}


@dataclass(frozen=True)
class VideoOrder:
    """A video to paint: pixels (even), whole seconds, camera concepts by the API's keys.

    start and end are the first and last frame; they are cover-cropped to size. loop is for
    orders without end.
    """

    prompt: str
    size: Size
    seconds: int
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Image.Image | None = None
    end: Image.Image | None = None


@dataclass(frozen=True)
class ImageOrder:
    """A still to paint: size in pixels; each reference with a weight of 0 to 1."""

    prompt: str
    size: Size
    image_refs: tuple[WeightedImage, ...] = ()
    style_refs: tuple[WeightedImage, ...] = ()
    character_images: tuple[Image.Image, ...] = ()
    modify: WeightedImage | None = None


@dataclass(frozen=True)
class Geometry:
    """Where a reframed source stands on the target canvas, all in pixels of that canvas.

    x_start..y_end bound the placed source; without them grid_position and resized size do.
    """

    grid_position_x: int | None = None
    grid_position_y: int | None = None
    x_start: int | None = None
    x_end: int | None = None
    y_start: int | None = None
    y_end: int | None = None
    resized_width: int | None = None
    resized_height: int | None = None


def video_size(aspect_ratio: str, resolution: str) -> Size:
    """Pixels of a video; "1080" means "1080p". KeyError names an unknown ratio or resolution."""
    tier = resolution if resolution in _RESOLUTION_FACTOR else f"{resolution}p"
    factor = _RESOLUTION_FACTOR[tier]
    width, height = _VIDEO_720P[aspect_ratio]
    return _even(width * factor), _even(height * factor)


def image_size(aspect_ratio: str) -> Size:
    """Photon's native pixels. KeyError names an unknown ratio."""
    return _IMAGE[aspect_ratio]


def _even(length: float) -> int:
    return round(length / 2) * 2
