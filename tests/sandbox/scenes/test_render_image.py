"""A rendered image has its format and size, and leans towards its references by their weight."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generations.sandbox.scenes import ImageSpec, render_image
from generations.sandbox.sizes import image_size

from .measures import colour_distance, difference, edge_likeness, photograph, pixels, psnr

SIZE = (384, 216)
PROMPT = "a forest at noon"
ORANGE = Image.new("RGB", (300, 300), (230, 120, 40))


def rendered(
    folder: Path, prompt: str = PROMPT, name: str = "image.png", **fields: object
) -> Image.Image:
    asked = {"size": SIZE} | fields
    render_image(ImageSpec(prompt, **asked), folder / name)  # type: ignore[arg-type]
    with Image.open(folder / name) as image:
        image.load()
        return image.copy()


def referred(kind: str, weight: float) -> dict[str, Any]:
    """The orange reference as one kind."""
    return {kind: ((ORANGE, weight),)}


@pytest.mark.parametrize(("name", "kind"), [("image.jpg", "JPEG"), ("image.png", "PNG")])
def test_the_suffix_decides_the_format(tmp_path: Path, name: str, kind: str) -> None:
    render_image(ImageSpec(PROMPT, SIZE), tmp_path / name)
    with Image.open(tmp_path / name) as image:
        assert (image.format, image.size, image.mode) == (kind, SIZE, "RGB")


@pytest.mark.parametrize("ratio", ["16:9", "9:21"])
def test_photons_native_sizes_are_rendered(tmp_path: Path, ratio: str) -> None:
    assert rendered(tmp_path, name="image.jpg", size=image_size(ratio)).size == image_size(ratio)


def test_the_same_spec_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        render_image(ImageSpec(PROMPT, SIZE), tmp_path / name)
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_it_is_a_picture_and_follows_its_prompt(tmp_path: Path) -> None:
    noon, night = rendered(tmp_path), rendered(tmp_path, "a forest at midnight")
    assert pixels(noon).std() > 20
    assert pixels(noon).mean() > 1.7 * pixels(night).mean()


@pytest.mark.parametrize("kind", ["image_refs", "style_refs"])
def test_references_draw_colours_by_their_weight(tmp_path: Path, kind: str) -> None:
    distances = [colour_distance(rendered(tmp_path), ORANGE)]
    distances += [
        colour_distance(rendered(tmp_path, **referred(kind, weight)), ORANGE)
        for weight in (0.2, 0.5, 1.0)
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.4 * distances[0]


def test_a_weight_of_nothing_changes_nothing(tmp_path: Path) -> None:
    plain = rendered(tmp_path)
    assert difference(plain, rendered(tmp_path, image_refs=((ORANGE, 0.0),))) < 0.5


def test_a_character_draws_colours_too(tmp_path: Path) -> None:
    plain = colour_distance(rendered(tmp_path), ORANGE)
    drawn = colour_distance(rendered(tmp_path, character_images=(ORANGE,)), ORANGE)
    assert drawn < plain


def test_references_work_together(tmp_path: Path) -> None:
    one = rendered(tmp_path, image_refs=((ORANGE, 0.5),))
    two = rendered(tmp_path, image_refs=((ORANGE, 0.5),), style_refs=((ORANGE, 0.5),))
    assert colour_distance(two, ORANGE) < colour_distance(one, ORANGE)


def test_a_reference_keeps_the_picture(tmp_path: Path) -> None:
    plain, drawn = rendered(tmp_path), rendered(tmp_path, image_refs=((photograph(), 0.85),))
    assert edge_likeness(plain, drawn) > 0.8


def test_modify_stays_closer_the_higher_its_weight(tmp_path: Path) -> None:
    source = photograph(SIZE)
    away = [
        difference(rendered(tmp_path, modify=(source, weight)), source)
        for weight in (0.0, 0.1, 0.5, 0.9, 1.0)
    ]
    assert away == sorted(away, reverse=True)
    assert away[0] > 2 * away[-1] > 0


def test_a_modified_image_keeps_its_sources_edges(tmp_path: Path) -> None:
    source = photograph(SIZE)
    assert edge_likeness(rendered(tmp_path, modify=(source, 0.8)), source) > 0.8


def test_modify_cover_crops_its_source(tmp_path: Path) -> None:
    source = photograph((216, 384))
    cropped = source.crop((0, 131, 216, 253)).resize(SIZE, Image.Resampling.LANCZOS)
    assert psnr(rendered(tmp_path, modify=(source, 1.0)), cropped) > 20


def test_a_reference_of_any_mode_is_taken(tmp_path: Path) -> None:
    for mode in ("L", "RGBA", "P"):
        assert np.isfinite(
            pixels(rendered(tmp_path, image_refs=((ORANGE.convert(mode), 1.0),)))
        ).all()
