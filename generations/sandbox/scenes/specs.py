"""What a caller asks to be rendered, in words, pixels and seconds."""

from dataclasses import dataclass

from PIL import Image

Size = tuple[int, int]
WeightedImage = tuple[Image.Image, float]


@dataclass(frozen=True)
class VideoSpec:
    """A video to render: even pixels, whole seconds, camera concepts by the API's keys.

    start and end are the first and last frame, cropped to size. loop works without end only.
    """

    prompt: str
    size: Size
    seconds: int
    loop: bool = False
    concepts: tuple[str, ...] = ()
    start: Image.Image | None = None
    end: Image.Image | None = None


@dataclass(frozen=True)
class ImageSpec:
    """An image to render: size in pixels; each reference has a weight of 0 to 1."""

    prompt: str
    size: Size
    image_refs: tuple[WeightedImage, ...] = ()
    style_refs: tuple[WeightedImage, ...] = ()
    character_images: tuple[Image.Image, ...] = ()
    modify: WeightedImage | None = None


@dataclass(frozen=True)
class Geometry:
    """The place of a reframed source on the target canvas, in pixels of that canvas.

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
