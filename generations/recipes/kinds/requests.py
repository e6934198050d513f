"""The functions that build the API's requests from settings and inputs, one for each operation.

All take the settings that have a value, and the inputs by slot.
"""

from typing import Any

from generations.luma import schema
from generations.luma.schema import AnyRequest
from generations.recipes.kinds.entry import NO_ID, ApiInput, ApiInputs


def video(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for a video, with an image or a clip at either end or none."""
    wanted = dict(wanted)
    frames = {
        frame: _keyframe(inputs[name][0])
        for frame, name in (("frame0", "start_frame"), ("frame1", "end_frame"))
        if inputs.get(name)
    }
    if frames:
        wanted["keyframes"] = frames
    if "concepts" in wanted:
        wanted["concepts"] = [{"key": key} for key in wanted["concepts"]]
    return schema.GenerationRequest(**wanted)


def image(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for an image with its references."""
    wanted = dict(wanted)
    if not wanted.get("sync"):
        wanted.pop("sync", None)
        wanted.pop("sync_timeout", None)
    for name in ("image_ref", "style_ref"):
        if inputs.get(name):
            wanted[name] = list(inputs[name])
    if inputs.get("character_ref"):
        wanted["character_ref"] = {
            "identity0": {"images": [one["url"] for one in inputs["character_ref"]]}
        }
    if inputs.get("modify_image_ref"):
        wanted["modify_image_ref"] = inputs["modify_image_ref"][0]
    return schema.ImageGenerationRequest(**wanted)


def modify(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request that restyles a video."""
    return schema.ModifyVideoRequest(generation_type="modify_video", **wanted, **_media(inputs))


def reframe_video(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for a video in another aspect ratio."""
    return schema.ReframeVideoRequest(generation_type="reframe_video", **wanted, **_media(inputs))


def reframe_image(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for an image in another aspect ratio."""
    return schema.ReframeImageRequest(generation_type="reframe_image", **wanted, **_media(inputs))


def upscale(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for an upscale. The id of its source belongs into the address."""
    wanted = {name: value for name, value in wanted.items() if name != "prompt"}
    return schema.UpscaleVideoGenerationRequest(generation_type="upscale_video", **wanted)


def add_audio(wanted: dict[str, Any], inputs: ApiInputs) -> AnyRequest:
    """Return the request for sound. The id of its source belongs into the address."""
    return schema.AudioGenerationRequest(generation_type="add_audio", **wanted)


def source_id(inputs: ApiInputs) -> str:
    """Return the API's id of the source of an upscale or of added audio."""
    sources = inputs.get("source") or [{}]
    return str(sources[0].get("id") or NO_ID)


def _media(inputs: ApiInputs) -> dict[str, Any]:
    named = {"media": {"url": inputs["source"][0]["url"]}}
    if inputs.get("first_frame"):
        named["first_frame"] = {"url": inputs["first_frame"][0]["url"]}
    return named


def _keyframe(one: ApiInput) -> ApiInput:
    """Return the API's keyframe object."""
    if "id" in one:
        return {"type": "generation", "id": one["id"]}
    return {"type": "image", "url": one["url"]}
