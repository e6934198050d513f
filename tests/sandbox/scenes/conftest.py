"""Media for several tests of scenes, each rendered once."""

from pathlib import Path

import pytest
from PIL import Image

from generations.sandbox.scenes import VideoSpec, first_frame, last_frame, render_video

SMALL = (320, 180)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the whole session."""
    return tmp_path_factory.mktemp("scenes")


@pytest.fixture(scope="session")
def clip(folder: Path) -> Path:
    """A plain generation of a second: the source that others extend, modify and reframe."""
    video = folder / "clip.mp4"
    spec = VideoSpec("a lighthouse by the sea at dusk, seagulls", SMALL, 1)
    render_video(spec, video, folder / "clip.jpg")
    return video


@pytest.fixture(scope="session")
def clip_start(clip: Path) -> Image.Image:
    """The clip's first frame."""
    return first_frame(clip)


@pytest.fixture(scope="session")
def clip_end(clip: Path) -> Image.Image:
    """The clip's last frame."""
    return last_frame(clip)
