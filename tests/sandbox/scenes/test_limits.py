"""Memory: 400 MB at any time, 4k included. `make bench` measures the time."""

import subprocess
import sys

import pytest

LARGEST_MB = 400
MEASURE = """
import tempfile
from pathlib import Path
from PIL import Image
from generations.sandbox.scenes import *
folder = Path(tempfile.mkdtemp())
{spec}
status = dict(line.split(":") for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 1024)
"""


def measured(spec: str) -> float:
    """Peak MB of a fresh process that carries out the spec.

    The kernel's high-water mark begins at exec; getrusage would count the parent's memory too.
    """
    answer = subprocess.run(
        [sys.executable, "-c", MEASURE.format(spec=spec)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(answer.stdout)


def test_five_seconds_at_720p_take_little_memory() -> None:
    spec = "VideoSpec('ocean waves at sunset', (1280, 720), 5, concepts=('push_in',))"
    assert measured(f"render_video({spec}, folder / 'v.mp4', folder / 't.jpg')") <= 200


@pytest.mark.parametrize(
    "spec",
    [
        "VideoSpec('misty forest lake at dawn, birds', (3840, 2160), 1, concepts=('roll_left',))",
        "VideoSpec('a city at night', (3840, 2160), 1, start=image, end=image)",
    ],
)
def test_4k_stays_within_memory(spec: str) -> None:
    lines = f"image = Image.effect_noise((1920, 1080), 60)\nspec = {spec}\n"
    render = "render_video(spec, folder / 'v.mp4', folder / 't.jpg')"
    assert measured(lines + render) <= LARGEST_MB


def test_4k_transformations_stay_within_memory() -> None:
    """One process upscales to 4k and then restyles what it made."""
    lines = (
        "thumbnail = folder / 't.jpg'\n"
        "written = dict(video=folder / 'v.mp4', thumbnail=thumbnail)\n"
        "small, large = folder / 'small.mp4', folder / 'large.mp4'\n"
        "render_video(VideoSpec('dunes', (640, 360), 1), small, thumbnail)\n"
        "upscale_video(small, size=(3840, 2160), video=large, thumbnail=thumbnail)\n"
        "modify_video(large, prompt='a', mode='flex_2', first_frame=None, **written)\n"
    )
    assert measured(lines) <= LARGEST_MB


def test_a_still_of_photons_size_is_modest() -> None:
    spec = "render_image(ImageSpec('a lake', (2432, 1024)), folder / 'i.jpg')"
    assert measured(spec) <= LARGEST_MB
