"""What each operation of the API allows, as data, with the API's sentences for what it refuses.

What depends on the model stands in `model_table`. From the contract and docs.lumalabs.ai
(/docs/errors, /docs/rate-limits, /docs/modify-video, /docs/reframe-video-image). What the API would
refuse is said in a form before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generations.luma import model_table
from generations.luma.model_table import Operation
from generations.luma.schema import (
    REQUEST_BY_TYPE,
    AnyRequest,
    GenerationReference,
    GenerationRequest,
    GenerationType,
    ImageReference,
    Keyframes,
)

PROMPT_SHORTEST = 3
PROMPT_LONGEST = 5000
IMAGE_REFS_MOST = 4
STYLE_REFS_MOST = 1  # the documentation shows one and gives no limit; clients send one
CHARACTER_IMAGES_MOST = 4
IMAGE_BYTES_MOST = 10 * 1000 * 1000
VIDEO_BYTES_MOST = 100 * 1000 * 1000


class Accepts(StrEnum):
    """Media that a field of a request may hold."""

    IMAGE = "image"
    VIDEO = "video"
    GENERATION = "generation"


@dataclass(frozen=True, slots=True)
class MediaField:
    """A field of a request that takes media: its dotted name, what it accepts, and how many.

    The field "id" is not in the body: it is the source's id in the path of upscale and audio.
    """

    field: str
    accepts: frozenset[Accepts]
    most: int = 1
    required: bool = False


@dataclass(frozen=True, slots=True)
class Capability:
    """What one operation allows, over all models that have it.

    `targets` are the resolutions of an operation that has no model; `source_bytes` is the size of
    the largest source. A tuple is empty where the operation does not have the setting.
    """

    operation: Operation
    result: GenerationType
    media_fields: tuple[MediaField, ...] = ()
    targets: tuple[str, ...] = ()
    source_bytes: int | None = None

    @property
    def schema(self) -> type[AnyRequest]:
        return REQUEST_BY_TYPE[self.operation]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.schema.model_fields)

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(row.name for row in model_table.MODELS.serving(self.operation))

    @property
    def aspect_ratios(self) -> tuple[str, ...]:
        return model_table.MODELS.values(self.operation, "aspect_ratio")

    @property
    def resolutions(self) -> tuple[str, ...]:
        return self.targets or model_table.MODELS.values(self.operation, "resolution")

    @property
    def durations(self) -> tuple[str, ...]:
        return model_table.MODELS.values(self.operation, "duration")

    @property
    def source_seconds(self) -> dict[str, int]:
        """The longest source in seconds, by model; a model without a limit is not in it."""
        limits = {name: self.longest_source(name) for name in self.models}
        return {name: seconds for name, seconds in limits.items() if seconds is not None}

    def longest_source(self, model: str) -> int | None:
        """Return the seconds that a source may have with this model, or None for no limit."""
        offer = model_table.MODELS.offer(model, self.operation)
        return offer.longest_source if offer else None


_IMAGE = frozenset({Accepts.IMAGE})
_VIDEO = frozenset({Accepts.VIDEO})
_GENERATION = frozenset({Accepts.GENERATION})

_ALL = (
    Capability(
        Operation.VIDEO,
        GenerationType.VIDEO,
        media_fields=(
            MediaField("keyframes.frame0", _IMAGE | _GENERATION),
            MediaField("keyframes.frame1", _IMAGE | _GENERATION),
        ),
    ),
    Capability(
        Operation.IMAGE,
        GenerationType.IMAGE,
        media_fields=(
            MediaField("image_ref", _IMAGE, most=IMAGE_REFS_MOST),
            MediaField("style_ref", _IMAGE, most=STYLE_REFS_MOST),
            MediaField("character_ref", _IMAGE, most=CHARACTER_IMAGES_MOST),
            MediaField("modify_image_ref", _IMAGE),
        ),
    ),
    Capability(
        Operation.REFRAME_IMAGE,
        GenerationType.IMAGE,
        media_fields=(MediaField("media", _IMAGE, required=True),),
        source_bytes=IMAGE_BYTES_MOST,
    ),
    Capability(
        Operation.REFRAME_VIDEO,
        GenerationType.VIDEO,
        media_fields=(
            MediaField("media", _VIDEO, required=True),
            MediaField("first_frame", _IMAGE),
        ),
        source_bytes=VIDEO_BYTES_MOST,
    ),
    Capability(
        Operation.MODIFY_VIDEO,
        GenerationType.VIDEO,
        media_fields=(
            MediaField("media", _VIDEO, required=True),
            MediaField("first_frame", _IMAGE),
        ),
        source_bytes=VIDEO_BYTES_MOST,
    ),
    Capability(
        Operation.UPSCALE_VIDEO,
        GenerationType.VIDEO,
        media_fields=(MediaField("id", _GENERATION, required=True),),
        targets=("720p", "1080p", "4k"),
    ),
    Capability(
        Operation.ADD_AUDIO,
        GenerationType.VIDEO,
        media_fields=(MediaField("id", _GENERATION, required=True),),
    ),
)

CAPABILITIES: dict[Operation, Capability] = {each.operation: each for each in _ALL}


@dataclass(frozen=True, slots=True)
class Tier:
    """Limits of an account: generations in progress, and creates per minute."""

    concurrent: int
    creates_per_minute: int


# The "Build" tier (docs.lumalabs.ai/docs/rate-limits).
BUILD_TIER = {GenerationType.VIDEO: Tier(10, 20), GenerationType.IMAGE: Tier(40, 80)}


@dataclass(frozen=True, slots=True)
class KeyframeCase:
    """Luma's name for a combination of keyframes; `loop_refusal` is None where it can loop."""

    name: str
    loop_refusal: str | None = None


# A loop is allowed exactly when there is no frame1. Only the older copy of the documentation names
# "end frame"; finding out whether it still holds would cost a generation.
_CASES: dict[tuple[str | None, str | None], KeyframeCase] = {
    (None, None): KeyframeCase("text to video"),
    ("image", None): KeyframeCase("image to video"),
    (None, "image"): KeyframeCase("end frame", "Loop is not supported for end frame"),
    ("image", "image"): KeyframeCase("keyframes", "Loop is not supported for keyframes"),
    ("generation", None): KeyframeCase("extend"),
    (None, "generation"): KeyframeCase(
        "extend reverse", "Loop is not supported for extend reverse"
    ),
    ("generation", "image"): KeyframeCase(
        "interpolate video to image", "Loop is not supported for interpolate video to image"
    ),
    ("image", "generation"): KeyframeCase(
        "interpolate image to video", "Loop is not supported for interpolate image to video"
    ),
    ("generation", "generation"): KeyframeCase(
        "interpolate between two videos",
        "Loop is not supported for interpolate between two videos",
    ),
}


def keyframe_case(keyframes: Keyframes | None) -> KeyframeCase:
    """Return which of Luma's nine cases these keyframes are."""
    if keyframes is None:
        return _CASES[None, None]
    return _CASES[_type_of(keyframes.frame0), _type_of(keyframes.frame1)]


def _type_of(frame: ImageReference | GenerationReference | None) -> str | None:
    return None if frame is None else frame.type


def prompt_refusal(prompt: str | None, *, required: bool) -> str | None:
    """Return the API's sentence about the length of a prompt in characters, or None."""
    if not prompt:
        return "Prompt is required" if required else None
    if len(prompt) < PROMPT_SHORTEST:
        return f"Prompt is too short, minimum length is {PROMPT_SHORTEST} characters"
    if len(prompt) > PROMPT_LONGEST:
        return f"Prompt is too long, maximum length is {PROMPT_LONGEST} characters"
    return None


def video_refusals(request: GenerationRequest) -> tuple[tuple[str, str], ...]:
    """Return the fields of a video that the API refuses, each with the documented sentence.

    A prompt may be missing only when a keyframe is an image.
    """
    frames = request.keyframes
    given = () if frames is None else (frames.frame0, frames.frame1)
    has_image = any(isinstance(frame, ImageReference) for frame in given)
    empty = frames is not None and not any(given)
    found = (
        ("prompt", prompt_refusal(request.prompt, required=not has_image)),
        ("keyframes", "No keyframes provided" if empty else None),
        ("loop", keyframe_case(frames).loop_refusal if request.loop else None),
    )
    return tuple((field, sentence) for field, sentence in found if sentence)
