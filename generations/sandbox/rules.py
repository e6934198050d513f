"""The API's documented rules: each function raises `Refused` with the documented sentence.

Sentences from docs.lumalabs.ai/docs/errors are word for word. Those about resolutions, durations,
references and sources are the sandbox's, as the API's own are not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from .refusals import Reason, Refused, bad_request, malformed, reason
from .sizes import DURATION_SECONDS, RESOLUTION_SCALES
from .store import Row

MIN_PROMPT, MAX_PROMPT = 3, 5000
MAX_IMAGE_REFS = 4
MAX_CHARACTER_IMAGES = 4

CONCEPTS = [
    "truck_left", "pan_right", "pedestal_down", "low_angle", "pedestal_up",
    "selfie", "pan_left", "roll_right", "zoom_in", "over_the_shoulder",
    "orbit_right", "orbit_left", "static", "tiny_planet", "high_angle",
    "bolt_cam", "dolly_zoom", "overhead", "zoom_out", "handheld",
    "roll_left", "pov", "aerial_drone", "push_in", "crane_down",
    "truck_right", "tilt_down", "elevator_doors", "tilt_up", "ground_level",
    "pull_out", "aerial", "crane_up", "eye_level",
]  # fmt: skip
"""The 34 keys of the real service, the same in ComfyUI, Replicate and apiframe."""

CAMERA_MOTIONS = [f"camera {phrase}" for phrase in (
    "static", "move left", "move right", "move up", "move down", "push in", "pull out",
    "zoom in", "zoom out", "pan left", "pan right", "orbit left", "orbit right",
    "crane up", "crane down",
)]  # fmt: skip
"""The legacy list: phrases to put into a prompt."""

_LOOP_REFUSED: Mapping[tuple[str | None, str | None], str] = {
    (None, "image"): "end frame",
    ("image", "image"): "keyframes",
    (None, "generation"): "extend reverse",
    ("generation", "image"): "interpolate video to image",
    ("image", "generation"): "interpolate image to video",
    ("generation", "generation"): "interpolate between two videos",
}


def check_prompt(prompt: str | None, *, required: bool) -> str:
    """Return the prompt, or "" if there is none and none is required."""
    if not prompt or not prompt.strip():
        if required:
            raise bad_request("Prompt is required")
        return ""
    if len(prompt.strip()) < MIN_PROMPT:
        raise bad_request(f"Prompt is too short, minimum length is {MIN_PROMPT} characters")
    if len(prompt) > MAX_PROMPT:
        raise bad_request(f"Prompt is too long, maximum length is {MAX_PROMPT} characters")
    return prompt


def check_loop(frame0: str | None, frame1: str | None) -> None:
    """Refuse a loop for these kinds of keyframe ("image", "generation" or None)."""
    operation = _LOOP_REFUSED.get((frame0, frame1))
    if operation is not None:
        raise bad_request(f"Loop is not supported for {operation}")


def check_choice(name: str, given: str | None, choices: Collection[str], default: str) -> str:
    """Return the given or the default value. The schema allows any string; the service does not."""
    if given is None:
        return default
    if given not in choices:
        raise bad_request(f"Invalid {name} '{given}', must be one of: {', '.join(choices)}")
    return given


def check_resolution(given: str | None, default: str) -> str:
    """Return the given or the default resolution: 540p, 720p, 1080p or 4k."""
    return check_choice("resolution", given, tuple(RESOLUTION_SCALES), default)


def check_duration(given: str | None, default: str) -> int:
    """Return the duration in seconds: 5 or 9."""
    return DURATION_SECONDS[check_choice("duration", given, tuple(DURATION_SECONDS), default)]


def check_concepts(keys: Iterable[str]) -> list[str]:
    """Return the keys as a list. Refuses unknown camera concepts."""
    known = list(keys)
    for key in known:
        if key not in CONCEPTS:
            raise bad_request(f"Unknown concept '{key}'")
    return known


def check_weight(name: str, weight: float | None, default: float) -> float:
    """Return the weight of a reference, 0 to 1."""
    if weight is None:
        return default
    if not 0 <= weight <= 1:
        raise bad_request(f"{name}: weight must be between 0 and 1")
    return float(weight)


def check_at_most(name: str, count: int, limit: int) -> None:
    """Refuse more than `limit` images."""
    if count > limit:
        raise bad_request(f"{name}: at most {limit} images are supported")


def require_url(name: str, url: str | None) -> str:
    """Return the address of a reference: the schema does not require it, the service does."""
    if not url:
        raise bad_request(f"{name}: url is required")
    return url


def check_addresses(addresses: Iterable[tuple[tuple[object, ...], str | None]]) -> None:
    """Raise Refused (422) if any address of (loc, address) is neither http nor https."""
    wrong = [_not_an_address(loc, url) for loc, url in addresses if url and not _is_address(url)]
    if wrong:
        raise malformed(wrong)


def check_span(names: tuple[str, str], start: int | None, end: int | None, limit: int) -> None:
    """Refuse a start and end that do not fit a side of the canvas of `limit` pixels."""
    for name, value in zip(names, (start, end), strict=True):
        if value is not None and not 0 <= value <= limit:
            raise bad_request(f"{name} must be between 0 and {limit}")
    if start is not None and end is not None and end <= start:
        raise bad_request(f"{names[1]} must be greater than {names[0]}")


def check_source(row: Row | None, generation_id: str, *, missing: Refused) -> Row:
    """Return the source if it is a completed video; raise `missing` if there is none."""
    if row is None:
        raise missing
    if row.generation_type != "video":
        raise bad_request(f"Generation {generation_id} is not a video")
    if row.state != "completed":
        raise bad_request(f"Generation {generation_id} is not in completed state")
    return row


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is what raises for a port that is no number
    except ValueError:
        return False
    plain = not any(character.isspace() for character in url)
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _not_an_address(loc: tuple[object, ...], url: str | None) -> Reason:
    return reason("url_parsing", ("body", *loc), "Input should be a valid http(s) URL", url)
