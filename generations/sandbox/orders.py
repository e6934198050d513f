"""One function per paid operation: a checked request becomes a generation to be made.

Each applies the documented rules (`rules`), names the inputs to fetch, sizes the result and
prices it (`rates`). What the service leaves undocumented is decided here and said so:
resolution 720p and duration 5s when omitted, an upscale's next finer tier when omitted.
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple, Protocol

from generations.luma.schema import (
    AudioGenerationRequest,
    GenerationReference,
    GenerationRequest,
    ImageGenerationRequest,
    ImageRef,
    Keyframe,
    Keyframes,
    ModifyVideoRequest,
    ReframeImageRequest,
    ReframeVideoRequest,
    RequestSchema,
    UpscaleVideoGenerationRequest,
)

from . import rates, rules, tiers
from .reading import echo
from .refusals import not_found, rule
from .store import NewGeneration, Row

ASSUMED_SECONDS = 5.0
"""Length that a foreign video is charged for until it has been read; then the charge is settled."""

MODIFY_SECONDS = {"ray-2": 10, "ray-flash-2": 15}
REFRAME_SECONDS = {"ray-2": 10, "ray-flash-2": 30}
"""Documented limits of a source's length."""

ANSWERED_MODELS = {"photon-1": "photon-v1.0", "photon-flash-1": "photon-flash-v1.0"}
"""The service answers with internal names: documented for photon-1, inferred for the other."""

PLACEMENT = (
    *("grid_position_x", "grid_position_y", "x_start", "x_end", "y_start", "y_end"),
    *("resized_width", "resized_height"),
)


class Sources(Protocol):
    """Where earlier generations are looked up."""

    def find(self, generation_id: str) -> Row | None:
        """The generation, or None."""


class Result(NamedTuple):
    """Length, pixels, tier and price of what an order will make."""

    seconds: float
    size: tuple[int, int]
    resolution: str
    cents: float


def video(request: GenerationRequest, sources: Sources) -> NewGeneration:
    """Text, image or generation to video."""
    frames = _keyframes(request.keyframes)
    kinds = [frame.type if frame else None for frame in frames]
    prompt = rules.check_prompt(request.prompt, required="image" not in kinds)
    if request.loop:
        rules.check_loop(*kinds)
    seconds = rules.check_duration(request.duration, tiers.DEFAULT_DURATION)
    resolution = rules.check_resolution(request.resolution, tiers.DEFAULT_RESOLUTION)
    ratio = request.aspect_ratio or tiers.DEFAULT_ASPECT_RATIO
    size = tiers.video_pixels(ratio, resolution)
    inputs = [
        _frame_input(frame, name, take, sources)
        for frame, name, take in zip(frames, ("start", "end"), ("last", "first"), strict=True)
        if frame
    ]
    order = {
        "make": "video",
        "prompt": prompt,
        "size": size,
        "seconds": seconds,
        "loop": bool(request.loop),
        "concepts": rules.check_concepts(each.key for each in request.concepts or []),
        "inputs": inputs,
    }
    base = tiers.video_pixels(ratio, "540p" if resolution == "540p" else "720p")
    cents = rates.video_cents(request.model, base, resolution, seconds)
    return _new(
        "video", request, order, Result(seconds, size, resolution, cents), model=request.model
    )


def image(request: ImageGenerationRequest) -> NewGeneration:
    """Text and references to image."""
    prompt = rules.check_prompt(request.prompt, required=True)
    references = request.image_ref or []
    rules.check_at_most("image_ref", len(references), rules.MAX_IMAGE_REFS)
    size = tiers.image_pixels(request.aspect_ratio or tiers.DEFAULT_ASPECT_RATIO)
    modified = [request.modify_image_ref] if request.modify_image_ref else []
    order = {
        "make": "image",
        "prompt": prompt,
        "size": size,
        "format": request.format or "jpg",
        "inputs": _references("image_ref", references, 0.85)
        + _references("style_ref", request.style_ref or [], 0.8)
        + _characters(request)
        + _references("modify_image_ref", modified, 1.0),
    }
    cents = rates.image_cents(request.model, size)
    return _new("image", request, order, Result(0, size, "", cents), model=request.model)


def reframe_image(request: ReframeImageRequest) -> NewGeneration:
    """An image in another aspect ratio."""
    size = tiers.image_pixels(request.aspect_ratio)
    order = {
        "make": "reframed_image",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "size": size,
        "geometry": _geometry(request, size),
        "format": request.format or "jpg",
        "inputs": [_address("source", "image", request.media.url)],
    }
    cents = rates.image_cents(request.model, size)
    return _new("reframe_image", request, order, Result(0, size, "", cents), model=request.model)


def reframe_video(request: ReframeVideoRequest) -> NewGeneration:
    """A video in another aspect ratio, at the 720p tier."""
    size = tiers.video_pixels(request.aspect_ratio, "720p")
    order = {
        "make": "reframed_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "size": size,
        "geometry": _geometry(request, size),
        "max_seconds": REFRAME_SECONDS[request.model],
        "inputs": _video_inputs(request),
    }
    cents = rates.video_cents(request.model, size, "720p", ASSUMED_SECONDS)
    result = Result(ASSUMED_SECONDS, size, "720p", cents)
    return _new("reframe_video", request, order, result, model=request.model)


def modify_video(request: ModifyVideoRequest) -> NewGeneration:
    """A video restyled; size and length follow the source."""
    size = tiers.video_pixels("16:9", "720p")
    order = {
        "make": "modified_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "mode": request.mode,
        "max_seconds": MODIFY_SECONDS[request.model],
        "inputs": _video_inputs(request),
    }
    cents = rates.modify_cents(request.model, size, ASSUMED_SECONDS)
    result = Result(ASSUMED_SECONDS, size, "720p", cents)
    return _new("modify_video", request, order, result, model=request.model)


def upscale_video(
    request: UpscaleVideoGenerationRequest, sources: Sources, source_id: str
) -> NewGeneration:
    """A finished video in a finer tier, as a new generation."""
    source = rules.check_source(sources.find(source_id), source_id, missing=not_found())
    target = rules.check_resolution(request.resolution, _next_tier(source.resolution))
    scales = tiers.RESOLUTION_SCALES
    if scales[target] <= scales[source.resolution]:
        raise rule(f"Cannot upscale {source.resolution} video to {target}: it must be higher")
    size = tiers.upscaled(source.size, source.resolution, target)
    order = {"make": "upscaled_video", "size": size, "inputs": [_generation("source", source)]}
    cents = rates.upscale_cents(source.resolution, target, source.seconds)
    result = Result(source.seconds, size, target, cents)
    return _new("upscale_video", request, order, result, model=source.model)


def add_audio(request: AudioGenerationRequest, sources: Sources, source_id: str) -> NewGeneration:
    """A finished video with a sound track, as a new generation."""
    source = rules.check_source(sources.find(source_id), source_id, missing=not_found())
    order = {
        "make": "sounding_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "negative_prompt": request.negative_prompt or "",
        "inputs": [_generation("source", source)],
    }
    cents = rates.audio_cents(source.seconds)
    result = Result(source.seconds, source.size, source.resolution, cents)
    return _new("add_audio", request, order, result, model=source.model)


def settled_cents(row: Row, seconds: float, size: tuple[int, int]) -> float | None:
    """The price of a foreign source now that its length and pixels are known; None: no change."""
    model = row.request.get("model")
    if row.operation == "modify_video":
        return rates.modify_cents(str(model), size, seconds)
    if row.operation == "reframe_video":
        return rates.video_cents(str(model), row.size, row.resolution, seconds)
    return None


def _new(
    operation: str, request: RequestSchema, order: dict[str, Any], result: Result, *, model: str
) -> NewGeneration:
    return NewGeneration(
        id=str(uuid.uuid4()),
        operation=operation,
        generation_type="image" if operation in ("image", "reframe_image") else "video",
        model=ANSWERED_MODELS.get(model, str(model)),
        request=echo(request, operation),
        order=order,
        seconds=result.seconds,
        size=result.size,
        resolution=result.resolution,
        cents=round(result.cents, 4),
    )


def _keyframes(keyframes: Keyframes | None) -> tuple[Keyframe | None, Keyframe | None]:
    if keyframes is None:
        return None, None
    if keyframes.frame0 is None and keyframes.frame1 is None:
        raise rule("No keyframes provided")
    return keyframes.frame0, keyframes.frame1


def _frame_input(frame: Keyframe, name: str, take: str, sources: Sources) -> dict[str, Any]:
    """A keyframe's picture: an image, or the frame of a video that the new one joins."""
    if not isinstance(frame, GenerationReference):
        return _address(name, "image", frame.url)
    missing = rule(f"Generation {frame.id} not found")
    row = rules.check_source(sources.find(frame.id.lower()), frame.id, missing=missing)
    return _generation(name, row) | {"take": take}


def _generation(name: str, row: Row) -> dict[str, Any]:
    return {"name": name, "kind": "video", "generation": row.id}


def _address(name: str, kind: str, url: str, weight: float = 1.0) -> dict[str, Any]:
    return {"name": name, "kind": kind, "url": url, "weight": weight}


def _references(name: str, given: list[Any], default: float) -> list[dict[str, Any]]:
    references: list[ImageRef] = given
    return [
        _address(
            name,
            "image",
            rules.require_url(name, each.url),
            rules.check_weight(name, each.weight, default),
        )
        for each in references
    ]


def _characters(request: ImageGenerationRequest) -> list[dict[str, Any]]:
    people = request.character_ref
    if people is None:
        return []
    identities = [(name, identity) for name, identity in people if identity is not None]
    if not identities:
        raise rule("character_ref: images are required")
    inputs = []
    for name, identity in identities:
        images = identity.images or []
        if not images:
            raise rule(f"character_ref.{name}: images are required")
        rules.check_at_most(f"character_ref.{name}", len(images), rules.MAX_CHARACTER_IMAGES)
        inputs += [_address("character", "image", url) for url in images]
    return inputs


def _video_inputs(request: ReframeVideoRequest | ModifyVideoRequest) -> list[dict[str, Any]]:
    inputs = [_address("source", "video", request.media.url)]
    if request.first_frame is not None:
        inputs.append(_address("first_frame", "image", request.first_frame.url))
    return inputs


def _geometry(
    request: ReframeImageRequest | ReframeVideoRequest, size: tuple[int, int]
) -> dict[str, int | None] | None:
    """The placement in pixels of the target canvas, or None when nothing of it was given."""
    given: dict[str, int | None] = {name: getattr(request, name) for name in PLACEMENT}
    if all(value is None for value in given.values()):
        return None
    for axis, limit in zip("xy", size, strict=True):
        names = (f"{axis}_start", f"{axis}_end")
        rules.check_span(names, given[names[0]], given[names[1]], limit)
        position = f"grid_position_{axis}"
        rules.check_span((position, position), given[position], None, limit)
    for side, limit in zip(("resized_width", "resized_height"), size, strict=True):
        value = given[side]
        if value is not None and not 1 <= value <= limit:
            raise rule(f"{side} must be between 1 and {limit}")
    return given


def _next_tier(resolution: str) -> str:
    names = list(tiers.RESOLUTION_SCALES)
    return names[min(names.index(resolution) + 1, len(names) - 1)]
