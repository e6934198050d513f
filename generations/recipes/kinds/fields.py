"""The settings a kind may have: how each is shown, read and refused."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generations.luma.concepts import CAMERA_MOVES, sound_key

Choices = tuple[tuple[str, str], ...]

GEOMETRY = (
    "grid_position_x",
    "grid_position_y",
    "x_start",
    "x_end",
    "y_start",
    "y_end",
    "resized_width",
    "resized_height",
)
SMALLEST_SIDE, LARGEST_SIDE = 16, 8192
LONGEST_TEXT = 5000


class Shape(enum.StrEnum):
    """How a setting is given."""

    CHOICE = "choice"
    TICK = "tick"
    SEVERAL = "several"
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"


@dataclass(frozen=True)
class Field:
    """One setting. `choices` are (value, label); `default` is what a new form shows.

    `grows`: the list is the API's and changes there, so other values may be good as well.
    """

    name: str
    label: str
    shape: Shape
    default: Any = None
    sentence: str = "Choose one of the list."
    choices: Choices = ()
    least: float | None = None
    most: float | None = None
    help_text: str = ""
    grows: bool = False

    def read(self, value: Any) -> Any:
        """Return the typed value of what a form or a recipe gives; None where nothing is given.

        Raises ValueError, whose text is the sentence to show.
        """
        if self.shape == Shape.TICK:
            return value not in (None, "", False, "false", "0")
        if self.shape == Shape.SEVERAL:
            return self._several(value)
        if value is None or value == "":
            return None
        if self.shape == Shape.CHOICE:
            return self._one(str(value))
        if self.shape == Shape.TEXT:
            return self._text(str(value))
        return self._amount(value)

    def _one(self, value: str) -> str:
        if value not in dict(self.choices):
            raise ValueError(self.sentence)
        return value

    def _several(self, value: Any) -> list[str]:
        values = [value] if isinstance(value, str) else list(value or ())
        known = dict(self.choices)
        if not all(one in known or (self.grows and sound_key(one)) for one in values):
            raise ValueError(self.sentence)
        return list(dict.fromkeys(values))

    def _text(self, value: str) -> str:
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{LONGEST_TEXT:,} characters at most; yours has {len(value):,}.")
        return value

    def _amount(self, value: Any) -> float | int:
        try:
            amount = float(str(value).strip().replace(",", "."))
        except ValueError:
            raise ValueError(self.sentence) from None
        whole = self.shape == Shape.WHOLE
        if not math.isfinite(amount) or (whole and amount != int(amount)):
            raise ValueError(self.sentence)
        if (self.least is not None and amount < self.least) or (
            self.most is not None and amount > self.most
        ):
            raise ValueError(self.sentence)
        return int(amount) if whole else amount


_RATIOS = tuple((ratio, ratio) for ratio in ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"))
_NOT_HERE = "This model is not available. Choose one of the list."
_RESOLUTIONS = (("540p", "540p"), ("720p", "720p"), ("1080p", "1080p"), ("4k", "4k"))
_WHICH_RESOLUTION = "Choose 540p, 720p, 1080p or 4k."
_MODES = tuple(
    (f"{group}_{step}", f"{group.capitalize()} {step}")
    for group in ("adhere", "flex", "reimagine")
    for step in (1, 2, 3)
)

VIDEO_MODEL = Field(
    "model",
    "Model",
    Shape.CHOICE,
    "ray-2",
    _NOT_HERE,
    (("ray-2", "Ray 2"), ("ray-flash-2", "Ray Flash 2")),
)
IMAGE_MODEL = Field(
    "model",
    "Model",
    Shape.CHOICE,
    "photon-1",
    _NOT_HERE,
    (("photon-1", "Photon"), ("photon-flash-1", "Photon Flash")),
)
ASPECT_RATIO = Field(
    "aspect_ratio", "Aspect ratio", Shape.CHOICE, "16:9", "Choose one of 7 ratios.", _RATIOS
)
RESOLUTION = Field(
    "resolution", "Resolution", Shape.CHOICE, "720p", _WHICH_RESOLUTION, _RESOLUTIONS
)
TARGET = Field(
    "resolution", "Resolution", Shape.CHOICE, "1080p", _WHICH_RESOLUTION, _RESOLUTIONS[1:]
)
DURATION = Field(
    "duration", "Duration", Shape.CHOICE, "5s", "5 s or 9 s.", (("5s", "5 s"), ("9s", "9 s"))
)
LOOP = Field("loop", "Loop", Shape.TICK, default=False)
CAMERA = Field(
    "concepts",
    "Camera",
    Shape.SEVERAL,
    (),
    "This camera move is no longer offered by Luma. Choose from the list.",
    tuple((move.key, move.label) for move in CAMERA_MOVES),
    grows=True,
)
FORMAT = Field(
    "format",
    "Format",
    Shape.CHOICE,
    "jpg",
    "Choose JPEG or PNG.",
    (("jpg", "JPEG"), ("png", "PNG")),
)
MODE = Field(
    "mode",
    "Mode",
    Shape.CHOICE,
    "flex_1",
    "Choose a strength.",
    _MODES,
    help_text="Adhere stays close, Flex changes the style, Reimagine keeps only the motion.",
)
NEGATIVE_PROMPT = Field(
    "negative_prompt",
    "Negative prompt",
    Shape.TEXT,
    "",
    help_text="Sounds that should not be there.",
)
SYNC = Field(
    "sync",
    "Wait for the picture",
    Shape.TICK,
    default=False,
    help_text="Luma answers with the finished picture instead of a place in its queue.",
)
SYNC_TIMEOUT = Field(
    "sync_timeout",
    "Wait at most (seconds)",
    Shape.NUMBER,
    60,
    "5–120 seconds.",  # noqa: RUF001 - an en dash between two numbers
    least=5,
    most=120,
)


def _place(name: str) -> Field:
    label = name.replace("_", " ").capitalize()
    if name.startswith("resized"):
        sentence = f"{SMALLEST_SIDE}–{LARGEST_SIDE}."  # noqa: RUF001 - between two numbers
        return Field(
            name, label, Shape.WHOLE, None, sentence, least=SMALLEST_SIDE, most=LARGEST_SIDE
        )
    # How far it may go follows from the ratio: `rules.sound_geometry`.
    return Field(name, label, Shape.WHOLE, None, "A whole number of pixels within the picture.")


PLACES = tuple(_place(name) for name in GEOMETRY)

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        *(VIDEO_MODEL, ASPECT_RATIO, RESOLUTION, DURATION, LOOP, CAMERA, FORMAT, MODE),
        *(NEGATIVE_PROMPT, SYNC, SYNC_TIMEOUT, *PLACES),
    )
}
SENTENCES = {name: field.sentence for name, field in FIELDS.items()}
