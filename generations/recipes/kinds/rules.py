"""What settings and slots forbid together, each with the sentence that says so."""

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
"""Seconds that a source may have above the limit: files are rarely cut to the frame."""


def kind_at_end(contents: Contents, slot: str) -> str | None:
    """What lies at one end of a video: image, clip, or nothing."""
    lying = contents.get(slot, ())
    return lying[0].kind if lying else None


def no_loop_with_end(settings: SettingValues, contents: Contents) -> Problems:
    """A loop ends where it began, so it cannot also end on a given frame."""
    if not settings.get("loop") or kind_at_end(contents, "end_frame") is None:
        return {}
    both = kind_at_end(contents, "start_frame") is not None
    return {
        "loop": "Looping does not work with two frames."
        if both
        else "Looping does not work with an end frame."
    }


def one_end_at_least(settings: SettingValues, contents: Contents) -> Problems:
    """Image to video wants a picture at one end; both ends are keyframes."""
    lies = {name: kind_at_end(contents, name) for name in ("start_frame", "end_frame")}
    if not any(lies.values()):
        return {"start_frame": "Add a start frame or an end frame."}
    labels = {"start_frame": "Start frame", "end_frame": "End frame"}
    return {
        name: f"{labels[name]} takes a picture here."
        for name, one in lies.items()
        if one not in (None, IMAGE)
    }


def exact_ends(start: str | None, end: str | None) -> Callable[[SettingValues, Contents], Problems]:
    """A rule: exactly this lies at the two ends."""
    words = {CLIP: "a finished video of yours", IMAGE: "a picture"}

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        found = {}
        for slot, label, wanted in (
            ("start_frame", "Start frame", start),
            ("end_frame", "End frame", end),
        ):
            lies = kind_at_end(contents, slot)
            if wanted and lies is None:
                found[slot] = f"{label} is empty. Add {words[wanted]}."
            elif wanted and lies != wanted:
                found[slot] = f"{label} takes {words[wanted]} here."
            elif wanted is None and lies is not None:
                found[slot] = f"{label} has to be empty here."
        return found

    return rule


def bridge_ends(settings: SettingValues, contents: Contents) -> Problems:
    """A bridge has something at both ends, and a clip at one at least."""
    found = {}
    for slot, label in (("start_frame", "Start frame"), ("end_frame", "End frame")):
        if kind_at_end(contents, slot) is None:
            found[slot] = f"{label} is empty. Add a video or a picture."
    lying = {kind_at_end(contents, slot) for slot in ("start_frame", "end_frame")}
    if not found and CLIP not in lying:
        found["start_frame"] = "A bridge needs a video at one end. Two pictures are Keyframes."
    return found


def short_enough(operation: Operation) -> Callable[[SettingValues, Contents], Problems]:
    """A rule: the source is not longer than the chosen model takes."""

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        lying = contents.get("source", ())
        seconds = lying[0].seconds if lying else None
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
    """A rule: the source's file is not larger than the API reads."""
    most = CAPABILITIES[operation].source_bytes

    def rule(settings: SettingValues, contents: Contents) -> Problems:
        lying = contents.get("source", ())
        size = lying[0].size if lying else None
        if size is None or most is None or size <= most:
            return {}
        largest = f"{most / 1_000_000:g} MB"
        return {"source": f"The file has {size / 1_000_000:.0f} MB; Luma takes up to {largest}."}

    return rule


def larger_than_source(settings: SettingValues, contents: Contents) -> Problems:
    """An upscale goes up."""
    lying = contents.get("source", ())
    tier = source_resolution(lying[0]) if lying else None
    wanted = str(settings.get("resolution", ""))
    scales = model_table.MODELS.scales
    if tier not in scales or wanted not in scales or scales[wanted] > scales[tier]:
        return {}
    return {"resolution": f"Already {tier}. Choose a larger one."}


def valid_geometry(media_type: str) -> Callable[[SettingValues, Contents], Problems]:
    """A rule: the eight values of a reframe agree with each other and lie on the canvas."""

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
    if canvas is not None:
        wide, high = canvas
        for name, limit in (("x_start", wide), ("y_start", high)):
            if not 0 <= at[name] < limit:
                found[name] = f"Between 0 and {limit - 1}."
        for name, limit in (("grid_position_x", wide), ("grid_position_y", high)):
            if not 0 <= at[name] <= limit:
                found[name] = f"Between 0 and {limit}."
        for name, limit in (
            *(("x_end", wide), ("y_end", high)),
            *(("resized_width", wide), ("resized_height", high)),
        ):
            if name not in found and not 0 < at[name] <= limit:
                found[name] = f"Between 1 and {limit}."
    return found
