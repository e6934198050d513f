"""Rendering a video to an MP4 and its thumbnail."""

from collections.abc import Iterator
from pathlib import Path

from .camera import Path as CameraPath
from .lens import rolled
from .photograph import Photograph, blend, cover
from .setting import Setting, read_setting
from .specs import Size, VideoSpec
from .stage import Stage
from .video_file import FPS, Planes, image_of, new_video, resized, save_thumbnail
from .world import even

_LARGEST_PAINTED = 2_400_000
_PAINTED, _PAINTED_OF_4K = 0.8, 0.5
_SCENE_AT_MOST = 0.85
_DOOR_SPEED = 3.2


def render_video(spec: VideoSpec, video: Path, thumbnail: Path) -> None:
    """Render and write the video and a JPEG of its first frame.

    A given first or last frame is written unchanged, as a keyframe. The last frame of a loop is a
    keyframe like its first: coded the same way, the repeat is not visible.
    """
    count = FPS * spec.seconds
    given = {0: spec.start, count - 1: spec.end}
    with new_video(video, spec.size, steady=spec.loop) as writer:
        for index, planes in enumerate(_pictures(spec, count)):
            image = given.get(index)
            exact = cover(image, spec.size) if image else None
            if index == 0:
                save_thumbnail(exact or image_of(resized(planes, spec.size)), thumbnail)
            if exact:
                writer.write_image(exact, keyframe=True)
            else:
                writer.write(planes, keyframe=spec.loop and index == count - 1)


def _pictures(spec: VideoSpec, count: int) -> Iterator[Planes]:
    setting = read_setting(spec.prompt)
    camera = CameraPath(spec.concepts, setting, loop=spec.loop)
    moments = [i / count if spec.loop else i / max(1, count - 1) for i in range(count)]
    if spec.start is None and spec.end is None:
        size = painted_size(spec.size)
        stage = Stage(setting, size, seconds=spec.seconds, lens=camera.lens)
        return (_seen(stage, camera, moment) for moment in moments)
    return _between(spec, setting, camera, moments)


def _seen(stage: Stage, camera: CameraPath, moment: float) -> Planes:
    opened = _soft(min(1.0, camera.progress(moment) * _DOOR_SPEED))
    return stage.picture(camera.centred(moment), moment, opened)


def _between(
    spec: VideoSpec, setting: Setting, camera: CameraPath, moments: list[float]
) -> Iterator[Planes]:
    """Yield pictures from start to end image; the scene takes the place of a missing one."""
    size = photographed_size(spec.size)
    start = Photograph(spec.start, size) if spec.start else None
    end = Photograph(spec.end, size) if spec.end else None
    stage = None
    if (start is None or end is None) and setting.place_named:
        stage = Stage(setting, painted_size(spec.size), seconds=spec.seconds)
    for moment in moments:
        progress = camera.progress(moment)
        if start is None:
            near, other = _over(end, camera, progress - 1, moment), 1 - progress
        elif end is None:
            near, other = _over(start, camera, progress, moment), progress
        else:
            first = _over(start, camera, progress, moment)
            last = _over(end, camera, progress - 1, moment)
            yield blend(first, last, _soft(progress))
            continue
        if stage is None:
            yield near
        else:
            scene = resized(_seen(stage, camera, moment), size)
            yield blend(near, scene, _soft(other) * _SCENE_AT_MOST)


def _over(
    photograph: Photograph | None, camera: CameraPath, progress: float, moment: float
) -> Planes:
    """Return the photograph as the camera moves over it; at progress 0 it is as given."""
    if photograph is None:
        raise ValueError("there is no photograph to move over")
    travel = camera.travel
    hand = camera.by_hand(moment)
    steady = min(1.0, abs(progress) * 6)
    right = (travel.pan + travel.truck * 0.4) * progress * 0.6 + hand.pan * steady
    up = (travel.tilt + travel.pedestal * 0.5) * progress * 0.6 + hand.tilt * steady
    zoom = (travel.zoom + travel.dolly * 0.6) * progress
    roll = 0.0 if camera.lens.planet else travel.roll * progress * 0.6
    return rolled(photograph.picture(right, up, zoom), roll, abs(roll))


def _soft(part: float) -> float:
    return part * part * (3 - 2 * part)


def painted_size(size: Size) -> Size:
    """Return the size at which scenes are painted, even: enlarging is faster than painting."""
    scale = _PAINTED if size[0] * size[1] <= _LARGEST_PAINTED else _PAINTED_OF_4K
    return even(size[0] * scale), even(size[1] * scale)


def photographed_size(size: Size) -> Size:
    """Return the size at which given pictures are moved: full, but half for 4k, to save memory."""
    if size[0] * size[1] <= _LARGEST_PAINTED:
        return size
    return even(size[0] / 2), even(size[1] / 2)
