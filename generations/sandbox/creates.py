"""One function per paid operation: it turns a request into the generation to create.

Each applies the documented rules (`rules`), names the inputs to fetch, sizes the result and
prices it (`rates`). Three defaults are not documented and are the sandbox's choice: 720p and 5s
for a video, and the next higher resolution for an upscale.
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

from . import rates, rules, sizes
from .reading import echo
from .refusals import bad_request, not_found
from .store import NewGeneration, Row

ASSUMED_SECONDS = 5.0
"""Length at which a video by address is charged until it has been read and the charge corrected."""

MODIFY_SECONDS = {"ray-2": 10, "ray-flash-2": 15}
REFRAME_SECONDS = {"ray-2": 10, "ray-flash-2": 30}
"""Documented limits of a source's length, in seconds."""

ANSWERED_MODELS = {"photon-1": "photon-v1.0", "photon-flash-1": "photon-flash-v1.0"}
"""Names of models in answers: documented for photon-1, inferred for the other."""

PLACEMENT = (
    *("grid_position_x", "grid_position_y", "x_start", "x_end", "y_start", "y_end"),
    *("resized_width", "resized_height"),
)


class Sources(Protocol):
    """Finds earlier generations by id."""

    def find(self, generation_id: str) -> Row | None:
        """Return the generation, or None if it is unknown or deleted."""


class Result(NamedTuple):
    """Length in seconds, pixels, resolution and price of a result."""

    seconds: float
    size: tuple[int, int]
    resolution: str
    cents: float


def video(request: GenerationRequest, sources: Sources) -> NewGeneration:
    """Create a video from text, or from images and generations as keyframes."""
    frames = _keyframes(request.keyframes)
    kinds = [frame.type if frame else None for frame in frames]
    prompt = rules.check_prompt(request.prompt, required="image" not in kinds)
    if request.loop:
        rules.check_loop(*kinds)
    seconds = rules.check_duration(request.duration, sizes.DEFAULT_DURATION)
    resolution = rules.check_resolution(request.resolution, sizes.DEFAULT_RESOLUTION)
    ratio = request.aspect_ratio or sizes.DEFAULT_ASPECT_RATIO
    size = sizes.video_size(ratio, resolution)
    inputs = [
        _frame_input(frame, name, take, sources)
        for frame, name, take in zip(frames, ("start", "end"), ("last", "first"), strict=True)
        if frame
    ]
    spec = {
        "make": "video",
        "prompt": prompt,
        "size": size,
        "seconds": seconds,
        "loop": bool(request.loop),
        "concepts": rules.check_concepts(each.key for each in request.concepts or []),
        "inputs": inputs,
    }
    base = sizes.video_size(ratio, "540p" if resolution == "540p" else "720p")
    cents = rates.video_cents(request.model, base, resolution, seconds)
    return _new(
        "video", request, spec, Result(seconds, size, resolution, cents), model=request.model
    )


def image(request: ImageGenerationRequest) -> NewGeneration:
    """Create an image from text and references."""
    prompt = rules.check_prompt(request.prompt, required=True)
    references = request.image_ref or []
    rules.check_at_most("image_ref", len(references), rules.MAX_IMAGE_REFS)
    size = sizes.image_size(request.aspect_ratio or sizes.DEFAULT_ASPECT_RATIO)
    modified = [request.modify_image_ref] if request.modify_image_ref else []
    spec = {
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
    return _new("image", request, spec, Result(0, size, "", cents), model=request.model)


def reframe_image(request: ReframeImageRequest) -> NewGeneration:
    """Give an image another aspect ratio."""
    size = sizes.image_size(request.aspect_ratio)
    spec = {
        "make": "reframed_image",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "size": size,
        "geometry": _geometry(request, size),
        "format": request.format or "jpg",
        "inputs": [_address("source", "image", request.media.url)],
    }
    cents = rates.image_cents(request.model, size)
    return _new("reframe_image", request, spec, Result(0, size, "", cents), model=request.model)


def reframe_video(request: ReframeVideoRequest) -> NewGeneration:
    """Give a video another aspect ratio, at 720p."""
    size = sizes.video_size(request.aspect_ratio, "720p")
    spec = {
        "make": "reframed_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "size": size,
        "geometry": _geometry(request, size),
        "max_seconds": REFRAME_SECONDS[request.model],
        "inputs": _video_inputs(request),
    }
    cents = rates.video_cents(request.model, size, "720p", ASSUMED_SECONDS)
    result = Result(ASSUMED_SECONDS, size, "720p", cents)
    return _new("reframe_video", request, spec, result, model=request.model)


def modify_video(request: ModifyVideoRequest) -> NewGeneration:
    """Restyle a video. Size and length are those of the source, known once it is read."""
    size = sizes.video_size("16:9", "720p")
    spec = {
        "make": "modified_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "mode": request.mode,
        "max_seconds": MODIFY_SECONDS[request.model],
        "inputs": _video_inputs(request),
    }
    cents = rates.modify_cents(request.model, size, ASSUMED_SECONDS)
    result = Result(ASSUMED_SECONDS, size, "720p", cents)
    return _new("modify_video", request, spec, result, model=request.model)


def upscale_video(
    request: UpscaleVideoGenerationRequest, sources: Sources, source_id: str
) -> NewGeneration:
    """Make a finished video larger, as a new generation."""
    source = rules.check_source(sources.find(source_id), source_id, missing=not_found())
    target = rules.check_resolution(request.resolution, _next_resolution(source.resolution))
    scales = sizes.RESOLUTION_SCALES
    if scales[target] <= scales[source.resolution]:
        raise bad_request(
            f"Cannot upscale {source.resolution} video to {target}: it must be higher"
        )
    size = sizes.upscaled(source.size, source.resolution, target)
    spec = {"make": "upscaled_video", "size": size, "inputs": [_generation("source", source)]}
    cents = rates.upscale_cents(source.resolution, target, source.seconds)
    result = Result(source.seconds, size, target, cents)
    return _new("upscale_video", request, spec, result, model=source.model)


def add_audio(request: AudioGenerationRequest, sources: Sources, source_id: str) -> NewGeneration:
    """Give a finished video a sound track, as a new generation."""
    source = rules.check_source(sources.find(source_id), source_id, missing=not_found())
    spec = {
        "make": "sounding_video",
        "prompt": rules.check_prompt(request.prompt, required=False),
        "negative_prompt": request.negative_prompt or "",
        "inputs": [_generation("source", source)],
    }
    cents = rates.audio_cents(source.seconds)
    result = Result(source.seconds, source.size, source.resolution, cents)
    return _new("add_audio", request, spec, result, model=source.model)


def settled_cents(row: Row, seconds: float, size: tuple[int, int]) -> float | None:
    """Return the price by the size and length of the source that was read; None if unaffected."""
    model = row.request.get("model")
    if row.operation == "modify_video":
        return rates.modify_cents(str(model), size, seconds)
    if row.operation == "reframe_video":
        return rates.video_cents(str(model), row.size, row.resolution, seconds)
    return None


def _new(
    operation: str, request: RequestSchema, spec: dict[str, Any], result: Result, *, model: str
) -> NewGeneration:
    return NewGeneration(
        id=str(uuid.uuid4()),
        operation=operation,
        generation_type="image" if operation in ("image", "reframe_image") else "video",
        model=ANSWERED_MODELS.get(model, str(model)),
        request=echo(request, operation),
        spec=spec,
        seconds=result.seconds,
        size=result.size,
        resolution=result.resolution,
        cents=round(result.cents, 4),
    )


def _keyframes(keyframes: Keyframes | None) -> tuple[Keyframe | None, Keyframe | None]:
    if keyframes is None:
        return None, None
    if keyframes.frame0 is None and keyframes.frame1 is None:
        raise bad_request("No keyframes provided")
    return keyframes.frame0, keyframes.frame1


def _frame_input(frame: Keyframe, name: str, take: str, sources: Sources) -> dict[str, Any]:
    """Return the input for a keyframe: an image, or one frame ("take") of an earlier video."""
    if not isinstance(frame, GenerationReference):
        return _address(name, "image", frame.url)
    missing = bad_request(f"Generation {frame.id} not found")
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
        raise bad_request("character_ref: images are required")
    inputs = []
    for name, identity in identities:
        images = identity.images or []
        if not images:
            raise bad_request(f"character_ref.{name}: images are required")
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
    """Return the placement in pixels of the target canvas, or None if no value was given."""
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
            raise bad_request(f"{side} must be between 1 and {limit}")
    return given


def _next_resolution(resolution: str) -> str:
    names = list(sizes.RESOLUTION_SCALES)
    return names[min(names.index(resolution) + 1, len(names) - 1)]
