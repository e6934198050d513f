"""The seven requests and their parts: strict about enums and addresses; null is "not given"."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from generations.luma.schema.enums import (
    AspectRatio,
    ImageFormat,
    ImageModel,
    ModifyVideoMode,
    ModifyVideoModel,
    ReframeImageModels,
    ReframeVideoModels,
    VideoModel,
    VideoModelOutputDuration,
    VideoModelOutputResolution,
)
from generations.luma.schema.values import Uri, Uuid


class RequestSchema(BaseModel):
    """The base of the seven requests and their parts.

    Unknown fields are kept, so that the echo of a request shows all that was sent.
    """

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    def wire(self) -> dict[str, Any]:
        """Return the JSON body: only fields that were set, so that the API's own defaults apply."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class ImageReference(RequestSchema):
    """A keyframe that is an image at a public address."""

    type: Literal["image"]
    url: Uri


class GenerationReference(RequestSchema):
    """A keyframe that is an earlier, completed generation."""

    type: Literal["generation"]
    id: Uuid


Keyframe: TypeAlias = Annotated[GenerationReference | ImageReference, Field(discriminator="type")]


class Keyframes(RequestSchema):
    """First (frame0) and last (frame1) frame of a video."""

    frame0: Keyframe | None = None
    frame1: Keyframe | None = None


class Concept(RequestSchema):
    """A camera concept by its key; `concepts` has the 34 known ones."""

    key: str


class Media(RequestSchema):
    """A file at a public address."""

    url: Uri


class ImageRef(RequestSchema):
    """An image to follow; weight is 0 to 1 by convention, as the contract has no bounds."""

    url: Uri | None = None
    weight: FiniteFloat | None = None


class ModifyImageRef(RequestSchema):
    """The image to change; sources disagree whether a high or low weight stays closer to it."""

    url: Uri | None = None
    weight: FiniteFloat | None = None


class ImageIdentity(RequestSchema):
    """Up to four images of the same person."""

    images: list[Uri] | None = None


class CharacterRef(RequestSchema):
    """The people in an image. The contract has identity0 only; some clients send more."""

    __pydantic_extra__: dict[str, ImageIdentity | None]

    identity0: ImageIdentity | None = None


class GenerationRequest(RequestSchema):
    """Create a video: from text, images, earlier generations, or between them."""

    generation_type: Literal["video"] | None = "video"
    prompt: str | None = None
    aspect_ratio: AspectRatio | None = None
    loop: bool | None = None
    keyframes: Keyframes | None = None
    callback_url: Uri | None = None
    model: VideoModel
    resolution: VideoModelOutputResolution | None = None
    duration: VideoModelOutputDuration | None = None
    concepts: list[Concept] | None = None


class ImageGenerationRequest(RequestSchema):
    """Create an image; sync_timeout is in seconds."""

    generation_type: Literal["image"] | None = "image"
    model: ImageModel
    prompt: str | None = None
    aspect_ratio: AspectRatio | None = None
    format: ImageFormat | None = ImageFormat.JPG
    callback_url: Uri | None = None
    image_ref: list[ImageRef] | None = None
    style_ref: list[ImageRef] | None = None
    character_ref: CharacterRef | None = None
    modify_image_ref: ModifyImageRef | None = None
    sync: bool | None = False
    sync_timeout: FiniteFloat | None = 60


class _Placement(RequestSchema):
    """Place of a reframed source on the target canvas, in pixels; give all eight or none."""

    grid_position_x: int | None = None
    grid_position_y: int | None = None
    x_start: int | None = None
    x_end: int | None = None
    y_start: int | None = None
    y_end: int | None = None
    resized_width: int | None = None
    resized_height: int | None = None


class ReframeImageRequest(_Placement):
    """Give an image another aspect ratio, and invent what is outside of it."""

    generation_type: Literal["reframe_image"]
    media: Media
    model: ReframeImageModels
    prompt: str | None = ""
    aspect_ratio: AspectRatio
    format: ImageFormat | None = None
    callback_url: Uri | None = None


class ReframeVideoRequest(_Placement):
    """Give a video another aspect ratio, and invent what is outside of it."""

    generation_type: Literal["reframe_video"]
    media: Media
    first_frame: Media | None = None
    model: ReframeVideoModels
    prompt: str | None = ""
    aspect_ratio: AspectRatio
    callback_url: Uri | None = None


class ModifyVideoRequest(RequestSchema):
    """Restyle a video; first_frame is the first frame of the result, restyled."""

    generation_type: Literal["modify_video"]
    media: Media
    first_frame: Media | None = None
    model: ModifyVideoModel
    mode: ModifyVideoMode
    prompt: str | None = None
    callback_url: Uri | None = None


class UpscaleVideoGenerationRequest(RequestSchema):
    """Make a finished video larger; the source's id is in the path."""

    generation_type: Literal["upscale_video"] | None = "upscale_video"
    resolution: VideoModelOutputResolution | None = None
    callback_url: Uri | None = None


class AudioGenerationRequest(RequestSchema):
    """Give a finished video a sound track; the source's id is in the path."""

    generation_type: Literal["add_audio"] | None = "add_audio"
    prompt: str | None = None
    negative_prompt: str | None = None
    callback_url: Uri | None = None


AnyRequest: TypeAlias = (
    GenerationRequest
    | ImageGenerationRequest
    | UpscaleVideoGenerationRequest
    | AudioGenerationRequest
    | ReframeImageRequest
    | ReframeVideoRequest
    | ModifyVideoRequest
)

REQUEST_BY_TYPE: dict[str, type[AnyRequest]] = {
    "video": GenerationRequest,
    "image": ImageGenerationRequest,
    "upscale_video": UpscaleVideoGenerationRequest,
    "add_audio": AudioGenerationRequest,
    "reframe_image": ReframeImageRequest,
    "reframe_video": ReframeVideoRequest,
    "modify_video": ModifyVideoRequest,
}
