"""From settings and filled slots to the API's requests."""

from typing import Any

from generations.luma import schema
from generations.luma.schema import AnyRequest
from generations.recipes.kinds.entry import NO_ID, FilledSlot, Slots


def video(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """Text, images and clips at the two ends of a video."""
    wanted = dict(wanted)
    frames = {
        frame: slots[name][0].keyframe()
        for frame, name in (("frame0", "start_frame"), ("frame1", "end_frame"))
        if slots.get(name)
    }
    if frames:
        wanted["keyframes"] = frames
    if "concepts" in wanted:
        wanted["concepts"] = [{"key": key} for key in wanted["concepts"]]
    return schema.GenerationRequest(**wanted)


def image(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """A picture with its references."""
    wanted = dict(wanted)
    if not wanted.get("sync"):
        wanted.pop("sync", None)
        wanted.pop("sync_timeout", None)
    for name in ("image_ref", "style_ref"):
        if slots.get(name):
            wanted[name] = [one.reference() for one in slots[name]]
    if slots.get("character_ref"):
        wanted["character_ref"] = {
            "identity0": {"images": [one.url for one in slots["character_ref"]]}
        }
    if slots.get("modify_image_ref"):
        wanted["modify_image_ref"] = slots["modify_image_ref"][0].reference()
    return schema.ImageGenerationRequest(**wanted)


def modify(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """Restyle a video."""
    return schema.ModifyVideoRequest(generation_type="modify_video", **wanted, **_media(slots))


def reframe_video(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """Another shape for a video."""
    return schema.ReframeVideoRequest(generation_type="reframe_video", **wanted, **_media(slots))


def reframe_image(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """Another shape for a picture."""
    return schema.ReframeImageRequest(generation_type="reframe_image", **wanted, **_media(slots))


def upscale(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """More pixels for a generated video; its id goes into the address."""
    wanted = {name: value for name, value in wanted.items() if name != "prompt"}
    return schema.UpscaleVideoGenerationRequest(generation_type="upscale_video", **wanted)


def add_audio(wanted: dict[str, Any], slots: Slots) -> AnyRequest:
    """Sound for a generated video; its id goes into the address."""
    return schema.AudioGenerationRequest(generation_type="add_audio", **wanted)


def source_id(slots: Slots) -> str:
    """The API's id of the generation that upscale and audio start from."""
    lying = slots.get("source") or [FilledSlot()]
    return lying[0].remote_id or NO_ID


def _media(slots: Slots) -> dict[str, Any]:
    named = {"media": {"url": slots["source"][0].url}}
    if slots.get("first_frame"):
        named["first_frame"] = {"url": slots["first_frame"][0].url}
    return named
