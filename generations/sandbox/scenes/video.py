"""Video: an order rendered to an MP4 and its thumbnail."""

from collections.abc import Iterator
from pathlib import Path

from .camera import Move
from .camera import Path as CameraPath
from .film import FPS, Planes, film, image_of, save_thumbnail
from .orders import Size, VideoOrder
from .photograph import Photograph, blend, cover
from .setting import Setting, read_setting
from .stage import Stage

_LARGEST_PAINTED = 2_400_000
_SCENE_AT_MOST = 0.85


def render_video(order: VideoOrder, video: Path, thumbnail: Path) -> None:
    """Write the ordered video and a JPEG of its first frame.

    A given first or last frame is written as given, and as a whole picture.
    """
    count = FPS * order.seconds
    given = {0: order.start, count - 1: order.end}
    with film(video, order.size) as writer:
        for index, planes in enumerate(_pictures(order, count)):
            image = given.get(index)
            exact = cover(image, order.size) if image else None
            if index == 0:
                save_thumbnail(exact or image_of(planes), thumbnail)
            if exact:
                writer.write_image(exact, keyframe=True)
            else:
                writer.write(planes)


def _pictures(order: VideoOrder, count: int) -> Iterator[Planes]:
    setting = read_setting(order.prompt)
    size = painted_size(order.size)
    camera = CameraPath(order.concepts, setting, loop=order.loop)
    moments = [i / count if order.loop else i / max(1, count - 1) for i in range(count)]
    if order.start is None and order.end is None:
        stage = Stage(setting, size, seconds=order.seconds)
        return (stage.picture(camera.centred(moment), moment) for moment in moments)
    return _between(order, setting, size, camera, moments)


def _between(
    order: VideoOrder, setting: Setting, size: Size, camera: CameraPath, moments: list[float]
) -> Iterator[Planes]:
    """From the start image to the end image, through the scene where one of them is missing."""
    start = Photograph(order.start, size) if order.start else None
    end = Photograph(order.end, size) if order.end else None
    scenic = (start is None or end is None) and setting.place_named
    stage = (
        Stage(setting, size, seconds=order.seconds)
        if scenic or (start is None and end is None)
        else None
    )
    for moment in moments:
        progress = camera.progress(moment)
        first = _over(start, camera.travel, progress)
        last = _over(end, camera.travel, progress - 1)
        if first and last:
            yield blend(first, last, _soft(progress))
            continue
        near = first or last
        scene = stage.picture(camera.centred(moment), moment) if stage else None
        part = _soft(progress if first else 1 - progress) * _SCENE_AT_MOST
        yield blend(near, scene, part) if near and scene else near or scene  # type: ignore[misc]


def _over(photograph: Photograph | None, travel: Move, progress: float) -> Planes | None:
    if photograph is None:
        return None
    right = (travel.pan + travel.truck * 0.4) * progress * 0.6
    up = (travel.tilt + travel.pedestal * 0.5) * progress * 0.6
    zoom = (travel.zoom + travel.dolly * 0.6) * progress
    return photograph.picture(right, up, zoom)


def _soft(part: float) -> float:
    return part * part * (3 - 2 * part)


def painted_size(size: Size) -> Size:
    """The size that frames are composed at: half of a 4k order's, to stay in memory."""
    width, height = size
    if width * height <= _LARGEST_PAINTED:
        return size
    return width // 4 * 2, height // 4 * 2
