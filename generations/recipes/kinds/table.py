"""The table of the twelve kinds, in the order in which the composer offers them."""

from functools import partial

from generations.luma.model_table import Operation
from generations.models import Kind
from generations.recipes.kinds import requests, rules, settings
from generations.recipes.kinds.entry import KindEntry
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO, Contents, Slot

_VIDEO_SETTINGS = (
    settings.VIDEO_MODEL,
    settings.ASPECT_RATIO,
    settings.RESOLUTION,
    settings.DURATION,
    settings.CAMERA,
)
_LOOPING = (*_VIDEO_SETTINGS, settings.LOOP)


def _end(name: str, label: str) -> Slot:
    return Slot(name, label, accepts=(IMAGE, CLIP), required=False)


_ENDS = (_end("start_frame", "Start frame"), _end("end_frame", "End frame"))
_frame_kind = partial(
    KindEntry,
    media_type="video",
    operation=Operation.VIDEO,
    create="create_video",
    build=requests.video,
    slots=_ENDS,
)
"""An entry of one of the kinds that differ only in the inputs at their two ends."""

_CLIP_SOURCE = Slot("source", "Source", accepts=(CLIP,))
_VIDEO_SOURCE = Slot("source", "Source", accepts=(VIDEO,))
_FIRST_FRAME = Slot(
    "first_frame",
    "First frame",
    required=False,
    help_text="The first frame of the result, already restyled.",
)
_PROMPT_MISSING = "Say what happens in the shot."

_ENTRIES = (
    _frame_kind(
        kind=Kind.TEXT_TO_VIDEO,
        label="Text to video",
        icon="clapperboard",
        settings=_LOOPING,
        rules=(rules.exact_ends(None, None),),
        help_text="Describe a shot.",
        api_name="text to video",
    ),
    _frame_kind(
        kind=Kind.IMAGE_TO_VIDEO,
        label="Image to video",
        icon="image-play",
        settings=_LOOPING,
        rules=(rules.one_end_at_least, rules.no_loop_with_end),
        prompt_required=False,
        help_text="Start from a picture, or end on one; the prompt says what happens.",
        api_name="image to video",
    ),
    _frame_kind(
        kind=Kind.KEYFRAMES,
        label="Keyframes",
        icon="between-vertical-start",
        settings=_VIDEO_SETTINGS,
        rules=(rules.exact_ends(IMAGE, IMAGE), rules.no_loop_with_end),
        prompt_required=False,
        help_text="From one picture to another; the prompt says how.",
        api_name="interpolate between two images",
    ),
    _frame_kind(
        kind=Kind.EXTEND,
        label="Extend",
        icon="arrow-right-to-line",
        settings=_LOOPING,
        rules=(rules.exact_ends(CLIP, None),),
        prompt_missing=_PROMPT_MISSING,
        help_text="What happens after the clip.",
        api_name="extend",
    ),
    _frame_kind(
        kind=Kind.EXTEND_BACKWARDS,
        label="Extend backwards",
        icon="arrow-left-to-line",
        settings=_VIDEO_SETTINGS,
        rules=(rules.exact_ends(None, CLIP), rules.no_loop_with_end),
        prompt_missing=_PROMPT_MISSING,
        help_text="What happens before the clip.",
        api_name="reverse extend",
    ),
    _frame_kind(
        kind=Kind.BRIDGE,
        label="Bridge",
        icon="git-commit-horizontal",
        settings=_VIDEO_SETTINGS,
        rules=(rules.bridge_ends, rules.no_loop_with_end),
        prompt_missing=_PROMPT_MISSING,
        help_text="What happens between the two.",
        api_name="interpolate",
    ),
    KindEntry(
        kind=Kind.MODIFY_VIDEO,
        label="Modify video",
        icon="wand-sparkles",
        media_type="video",
        operation=Operation.MODIFY_VIDEO,
        create="modify_video",
        build=requests.modify,
        slots=(_VIDEO_SOURCE, _FIRST_FRAME),
        settings=(settings.model_of(Operation.MODIFY_VIDEO), settings.MODE),
        rules=(
            rules.short_enough(Operation.MODIFY_VIDEO),
            rules.small_enough(Operation.MODIFY_VIDEO),
        ),
        prompt_required=False,
        help_text="How it should look instead.",
        api_name="modify",
        source="source",
    ),
    KindEntry(
        kind=Kind.REFRAME_VIDEO,
        label="Reframe video",
        icon="crop",
        media_type="video",
        operation=Operation.REFRAME_VIDEO,
        create="reframe_video",
        build=requests.reframe_video,
        slots=(_VIDEO_SOURCE, _FIRST_FRAME),
        settings=(
            settings.model_of(Operation.REFRAME_VIDEO),
            settings.aspect_ratio_of(Operation.REFRAME_VIDEO),
            *settings.GEOMETRY_SETTINGS,
        ),
        rules=(
            rules.short_enough(Operation.REFRAME_VIDEO),
            rules.small_enough(Operation.REFRAME_VIDEO),
            rules.valid_geometry("video"),
        ),
        prompt_required=False,
        help_text="What lies beyond the old edges.",
        api_name="reframe",
        source="source",
    ),
    KindEntry(
        kind=Kind.UPSCALE,
        label="Upscale",
        icon="scaling",
        media_type="video",
        operation=Operation.UPSCALE_VIDEO,
        create="upscale",
        build=requests.upscale,
        slots=(_CLIP_SOURCE,),
        settings=(settings.UPSCALE_RESOLUTION,),
        rules=(rules.larger_than_source,),
        takes_prompt=False,
        prompt_required=False,
        help_text="More pixels for a finished video. It takes no prompt.",
        api_name="upscale",
        source="source",
    ),
    KindEntry(
        kind=Kind.ADD_AUDIO,
        label="Add audio",
        icon="audio-lines",
        media_type="video",
        operation=Operation.ADD_AUDIO,
        create="add_audio",
        build=requests.add_audio,
        slots=(_CLIP_SOURCE,),
        settings=(settings.NEGATIVE_PROMPT,),
        prompt_required=False,
        help_text="What it should sound like.",
        api_name="add audio",
        source="source",
    ),
    KindEntry(
        kind=Kind.IMAGE,
        label="Image",
        icon="image",
        media_type="image",
        operation=Operation.IMAGE,
        create="create_image",
        build=requests.image,
        slots=(
            Slot("image_ref", "Image references", required=False, most=4, weight=0.85),
            Slot("style_ref", "Style reference", required=False, weight=0.8),
            Slot("character_ref", "Character reference", required=False, most=4),
            Slot("modify_image_ref", "Image to modify", required=False, weight=1.0),
        ),
        settings=(
            settings.model_of(Operation.IMAGE),
            settings.aspect_ratio_of(Operation.IMAGE),
            settings.FORMAT,
            settings.SYNC,
            settings.SYNC_TIMEOUT,
        ),
        prompt_missing="Write a prompt.",
        help_text="Describe a picture.",
        api_name="image",
    ),
    KindEntry(
        kind=Kind.REFRAME_IMAGE,
        label="Reframe image",
        icon="frame",
        media_type="image",
        operation=Operation.REFRAME_IMAGE,
        create="reframe_image",
        build=requests.reframe_image,
        slots=(Slot("source", "Source"),),
        settings=(
            settings.model_of(Operation.REFRAME_IMAGE),
            settings.aspect_ratio_of(Operation.REFRAME_IMAGE),
            settings.FORMAT,
            *settings.GEOMETRY_SETTINGS,
        ),
        rules=(rules.small_enough(Operation.REFRAME_IMAGE), rules.valid_geometry("image")),
        prompt_required=False,
        help_text="What lies beyond the old edges.",
        api_name="reframe",
        source="source",
    ),
)

KINDS: dict[Kind, KindEntry] = {entry.kind: entry for entry in _ENTRIES}


def labels_of(name: str) -> dict[str, str]:
    """Return the labels of the values of a setting, from all kinds."""
    return {value: label for entry in _ENTRIES for value, label in entry.choices(name)}


Ends = tuple[str | None, str | None]
"""The kinds of the inputs at start and end: IMAGE, CLIP, or None for an empty slot."""

_END_PATTERNS: dict[Kind, tuple[Ends, ...]] = {
    Kind.TEXT_TO_VIDEO: ((None, None),),
    Kind.IMAGE_TO_VIDEO: ((IMAGE, None), (None, IMAGE)),
    Kind.KEYFRAMES: ((IMAGE, IMAGE),),
    Kind.EXTEND: ((CLIP, None),),
    Kind.EXTEND_BACKWARDS: ((None, CLIP),),
    Kind.BRIDGE: ((CLIP, CLIP), (CLIP, IMAGE), (IMAGE, CLIP)),
}
FRAME_KINDS = tuple(_END_PATTERNS)
"""The kinds that differ only in the inputs at their two ends."""


def derive_kind(kind: Kind, contents: Contents) -> Kind:
    """Return the kind that follows from the inputs: the chosen one while they can still fit it.

    A start image under Keyframes leaves it at Keyframes, which still lacks its other end; a clip
    there makes it Extend. An uploaded video, which no end accepts, changes nothing.
    """
    if kind not in _END_PATTERNS:
        return kind
    ends = (rules.kind_at_end(contents, "start_frame"), rules.kind_at_end(contents, "end_frame"))
    if any(_can_become(ends, pattern) for pattern in _END_PATTERNS[kind]):
        return kind
    return next((one for one, patterns in _END_PATTERNS.items() if ends in patterns), kind)


def _can_become(ends: Ends, pattern: Ends) -> bool:
    return all(one is None or one == wanted for one, wanted in zip(ends, pattern, strict=True))
