"""Reading a recipe from the request that the API echoes, for generations made elsewhere."""

from typing import Any

from generations.luma import schema
from generations.models import Kind
from generations.recipes.kinds import KINDS

IMAGE_SLOTS = {"image_ref": "image_ref", "style_ref": "style_ref"}


BY_OPERATION = {
    "image": Kind.IMAGE,
    "reframe_image": Kind.REFRAME_IMAGE,
    "reframe_video": Kind.REFRAME_VIDEO,
    "modify_video": Kind.MODIFY_VIDEO,
    "upscale_video": Kind.UPSCALE,
    "add_audio": Kind.ADD_AUDIO,
}


BY_ENDS = {
    (None, None): Kind.TEXT_TO_VIDEO,
    ("image", None): Kind.IMAGE_TO_VIDEO,
    (None, "image"): Kind.IMAGE_TO_VIDEO,
    ("image", "image"): Kind.KEYFRAMES,
    ("generation", None): Kind.EXTEND,
    (None, "generation"): Kind.EXTEND_BACKWARDS,
}


Json = dict[str, Any]


def media_type_of(remote: schema.Generation) -> str:
    """Return video or image, by the API's generation_type."""
    return "image" if str(remote.generation_type) == "image" else "video"


def kind_of(remote: schema.Generation) -> Kind:
    """Return the kind, from the echoed request or else from the media type."""
    request: Json = remote.request or {}
    named = BY_OPERATION.get(str(request.get("generation_type")))
    if named is not None:
        return named
    if media_type_of(remote) == "image":
        return Kind.IMAGE
    frames = request.get("keyframes") or {}
    ends = tuple(
        (frames.get(name) or {}).get("type") if isinstance(frames, dict) else None
        for name in ("frame0", "frame1")
    )
    return BY_ENDS.get(ends, Kind.BRIDGE)  # type: ignore[arg-type]


def recipe_from(remote: schema.Generation, kind: Kind) -> Json:
    """Return the settings and the prompt; the default for a setting that cannot be read."""
    request: Json = remote.request or {}
    entry = KINDS[kind]
    given = {
        name: request.get(name) for name in entry.setting_names if request.get(name) is not None
    }
    concepts = request.get("concepts")
    if isinstance(concepts, list) and "concepts" in entry.setting_names:
        given["concepts"] = [str(one.get("key")) for one in concepts if isinstance(one, dict)]
    values, wrong = entry.read(given)
    values.update({name: entry.default(name) for name in wrong})
    return {**values, "prompt": str(request.get("prompt") or "")}


def named_sources(request: Json) -> list[tuple[str, int, Json]]:
    """Return slot, position and reference of every input that a request names."""
    found = []
    frames = request.get("keyframes")
    frames = frames if isinstance(frames, dict) else {}
    for name, slot in (("frame0", "start_frame"), ("frame1", "end_frame")):
        found.append((slot, 0, frames.get(name)))
    for name, slot in (("media", "source"), ("first_frame", "first_frame")):
        found.append((slot, 0, request.get(name)))
    found.append(("modify_image_ref", 0, request.get("modify_image_ref")))
    for name, slot in IMAGE_SLOTS.items():
        some = request.get(name)
        found += [(slot, at, one) for at, one in enumerate(some if isinstance(some, list) else [])]
    found += [
        ("character_ref", at, {"url": url}) for at, url in enumerate(_character_urls(request))
    ]
    return [(slot, at, one) for slot, at, one in found if isinstance(one, dict)]


def _character_urls(request: Json) -> list[Any]:
    """Return the addresses of the first character's images."""
    some: Any = request.get("character_ref")
    for name in ("identity0", "images"):
        some = some.get(name) if isinstance(some, dict) else None
    return some if isinstance(some, list) else []
