"""The rules of kinds: checks of settings and inputs together.

A rule returns problems, by setting or slot. Some functions make a rule for a kind.
"""

from collections.abc import Callable

from generations.luma import model_table
from generations.luma.capabilities import CAPABILITIES
from generations.luma.model_table import Operation
from generations.luma.pricing import source_resolution
from generations.luma.sizes import image_size, video_size
from generations.recipes.kinds.entry import SettingValues
from generations.recipes.kinds.settings import GEOMETRY
from generations.recipes.kinds.slots import CLIP, IMAGE, Contents

Problems = dict[str, str]
LENGTH_TOLERANCE = 0.1
"""Seconds that a source may be too long: files are rarely cut exactly."""


def kind_at_end(contents: Contents, slot: str) -> str | None:
    """Return the kind of the input at one end of a video, IMAGE or CLIP; None if it is empty."""
    inputs = contents.get(slot, ())
    return inputs[0].kind if inputs else None


def no_loop_with_end(settings: SettingValues, contents: Contents) -> Problems:
    """A loop has no end frame, because it ends where it began."""
    if not settings.get("loop") or kind_at_end(contents, "end_frame") is None:
        return {}
    both = kind_at_end(contents, "start_frame") is not None
    return {
        "loop": "Looping does not work with two frames."
        if both
        else "Looping does not work with an end frame."
    }


def one_end_at_least(settings: SettingValues, contents: Contents) -> Problems:
    """At least one end has an image, and no end has anything else."""
    ends = {name: kind_at_end(contents, name) for name in ("start_frame", "end_frame")}
    if not any(ends.values()):
        return {"start_frame": "Add a start frame or an end frame."}
    labels = {"start_frame": "Start frame", "end_frame": "End frame"}
    return {
        name: f"{labels[name]} takes a picture here."
        for name, kind in ends.items()
        if kind not in (None, IMAGE)
    }


def exact_ends(start: str | None, end: str | None) -> Callable[[SettingValues, Contents], Problems]:
    """Return the rule that the two ends have exactly these kinds; None is an empty end."""
    words = {CLIP: "a finished video of yours", IMAGE: "a picture"}

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        found = {}
        for slot, label, wanted in (
            ("start_frame", "Start frame", start),
            ("end_frame", "End frame", end),
        ):
            kind = kind_at_end(contents, slot)
            if wanted and kind is None:
                found[slot] = f"{label} is empty. Add {words[wanted]}."
            elif wanted and kind != wanted:
                found[slot] = f"{label} takes {words[wanted]} here."
            elif wanted is None and kind is not None:
                found[slot] = f"{label} has to be empty here."
        return found

    return rule


def bridge_ends(settings: SettingValues, contents: Contents) -> Problems:
    """Both ends have an input, and at least one is a clip."""
    found = {}
    for slot, label in (("start_frame", "Start frame"), ("end_frame", "End frame")):
        if kind_at_end(contents, slot) is None:
            found[slot] = f"{label} is empty. Add a video or a picture."
    kinds = {kind_at_end(contents, slot) for slot in ("start_frame", "end_frame")}
    if not found and CLIP not in kinds:
        found["start_frame"] = "A bridge needs a video at one end. Two pictures are Keyframes."
    return found


def short_enough(operation: Operation) -> Callable[[SettingValues, Contents], Problems]:
    """Return the rule that the source is not longer than the chosen model takes."""

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        sources = contents.get("source", ())
        seconds = sources[0].seconds if sources else None
        chosen = model_table.MODELS.find(str(settings.get("model", "")))
        limits = CAPABILITIES[operation].source_seconds
        longest = limits.get(chosen.name) if chosen else None
        if (
            chosen is None
            or seconds is None
            or longest is None
            or seconds <= longest + LENGTH_TOLERANCE
        ):
            return {}
        for other in model_table.MODELS.serving(operation):
            more = limits.get(other.name, 0)
            if seconds <= more + LENGTH_TOLERANCE:
                return {
                    "source": f"{chosen.label} takes up to {longest} s; choose {other.label} "
                    f"({more} s) or trim."
                }
        return {
            "source": f"It is {seconds:.0f} s long; {chosen.label} takes up to {longest} s. "
            "Trim it."
        }

    return rule


def small_enough(operation: Operation) -> Callable[[SettingValues, Contents], Problems]:
    """Return the rule that the file of the source is not larger than the API takes."""
    most = CAPABILITIES[operation].source_bytes

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        sources = contents.get("source", ())
        size = sources[0].size if sources else None
        if size is None or most is None or size <= most:
            return {}
        largest = f"{most / 1_000_000:g} MB"
        return {"source": f"The file has {size / 1_000_000:.0f} MB; Luma takes up to {largest}."}

    return rule


def larger_than_source(settings: SettingValues, contents: Contents) -> Problems:
    """An upscale has a higher resolution than its source."""
    sources = contents.get("source", ())
    tier = source_resolution(sources[0]) if sources else None
    wanted = str(settings.get("resolution", ""))
    scales = model_table.MODELS.scales
    if tier not in scales or wanted not in scales or scales[wanted] > scales[tier]:
        return {}
    return {"resolution": f"Already {tier}. Choose a larger one."}


def valid_geometry(media_type: str) -> Callable[[SettingValues, Contents], Problems]:
    """Return the rule that the eight values of a reframe fit together and into the canvas."""

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        given = {name: settings.get(name) for name in GEOMETRY}
        present = {name: int(str(value)) for name, value in given.items() if _number(value)}
        if not present:
            return {}
        if len(present) < len(GEOMETRY):
            missing = next(name for name in GEOMETRY if name not in present)
            return {missing: "Give all eight values, or none for the default fit."}
        return _geometry_problems(present, _canvas(media_type, settings))

    return rule


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _canvas(media_type: str, settings: SettingValues) -> tuple[int, int] | None:
    ratio = str(settings.get("aspect_ratio", ""))
    return video_size(ratio, "720p") if media_type == "video" else image_size(ratio)


def _geometry_problems(at: dict[str, int], canvas: tuple[int, int] | None) -> Problems:
    found = {}
    if at["x_end"] <= at["x_start"]:
        found["x_end"] = "The right edge must be right of the left edge."
    if at["y_end"] <= at["y_start"]:
        found["y_end"] = "The bottom edge must be below the top edge."
    outside = {} if canvas is None else _outside_canvas(at, *canvas)
    return {**found, **{name: text for name, text in outside.items() if name not in found}}


def _outside_canvas(at: dict[str, int], width: int, height: int) -> Problems:
    found = {}
    for name, limit in (("x_start", width), ("y_start", height)):
        if not 0 <= at[name] < limit:
            found[name] = f"Between 0 and {limit - 1}."
    for name, limit in (("grid_position_x", width), ("grid_position_y", height)):
        if not 0 <= at[name] <= limit:
            found[name] = f"Between 0 and {limit}."
    for name, limit in (
        *(("x_end", width), ("y_end", height)),
        *(("resized_width", width), ("resized_height", height)),
    ):
        if not 0 < at[name] <= limit:
            found[name] = f"Between 1 and {limit}."
    return found
