"""WebP pictures up to 40 million pixels: within the limits of memory, and as Pillow has them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from generations.media import large_webp, store
from generations.media.models import StoredFile
from generations.media.refusals import Refused
from generations.media.uploads import add_upload
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.models import Team
from tests.media import samples

Add = Callable[[bytes], StoredFile]


@pytest.fixture
def add(team: Team, ed: User) -> Add:
    """Upload a WebP as Ed, through the process with limits."""
    return lambda body: add_upload(team, ed, SimpleUploadedFile("a.webp", body, "image/webp")).file


def large(size: tuple[int, int], mode: str = "RGB", turn: int = 1, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    small = samples.noise((size[0] // 8, size[1] // 8)) if options["lossless"] else None
    picture = small or samples.picture((size[0] // 8, size[1] // 8))
    whole = picture.resize(size, Image.Resampling.NEAREST).convert(mode)
    return samples.encoded(whole, "WEBP", method=0, exif=exif.tobytes(), **options)


@pytest.mark.parametrize(
    ("size", "mode", "turn", "lossless"),
    [
        ((5000, 4000), "RGBA", 6, True),
        ((8000, 5000), "RGBA", 6, True),
        ((8000, 5000), "RGBA", 1, False),
    ],
)
def test_largest_webp_stays_within_the_limits(
    add: Add, size: tuple[int, int], mode: str, turn: int, *, lossless: bool
) -> None:
    kept = add(large(size, mode, turn, lossless=lossless))
    assert kept.width is not None
    assert kept.height is not None
    turned = turn == 6
    assert (kept.width < kept.height) == turned
    with Image.open(store.path_of(kept)) as picture:
        assert not picture.getexif()


def test_more_pixels_than_that_are_refused(add: Add) -> None:
    body = samples.encoded(Image.new("RGB", (8001, 5000)), "WEBP", method=0)
    with pytest.raises(StudioError, match=r"^Too many pixels\. Each side"):
        add(body)


def test_large_one_that_moves_is_refused_in_its_own_words(add: Add) -> None:
    frames = [Image.new("L", (5001, 4000), colour) for colour in (0, 255)]
    body = samples.encoded(frames[0], "WEBP", method=0, save_all=True, append_images=frames[1:])
    with pytest.raises(StudioError, match="A WebP that moves may have 20 million"):
        add(body)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_decoded_in_bands_it_is_what_pillow_makes_of_it(
    tmp_path: Path, mode: str, *, lossless: bool
) -> None:
    """Sides that are odd, more rows than a band has, parts that are transparent."""
    picture = samples.picture((601, 779)).convert(mode)
    if mode == "RGBA":
        picture.putalpha(samples.picture((601, 779), seed=3).convert("L"))
    path = tmp_path / "a.webp"
    picture.save(path, "WEBP", lossless=lossless, quality=95)
    image = large_webp.decode(path)
    with Image.open(path) as opened:
        given = opened.convert("RGBA")
    white = Image.new("RGBA", given.size, "white")
    wanted = np.asarray(Image.alpha_composite(white, given).convert("RGB"), np.int16)
    apart = np.abs(wanted - np.asarray(image, np.int16))
    assert apart.mean() < 1.5
    assert not lossless or apart.max() <= 1


@pytest.mark.parametrize("cut", [0.1, 0.5])
def test_damaged_one_is_refused(tmp_path: Path, cut: float) -> None:
    body = samples.encoded(samples.noise((400, 300)), "WEBP", lossless=True)
    path = tmp_path / "a.webp"
    path.write_bytes(body[: int(len(body) * cut)])
    with pytest.raises(Refused, match="damaged"):
        large_webp.decode(path)
