"""The settings that a kind may have: label, choices, default, and how a value is read."""

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generations.luma import model_table
from generations.luma.capabilities import CAPABILITIES
from generations.luma.concepts import CAMERA_MOVES, sound_key
from generations.luma.model_table import Operation

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
    """How the value of a setting is entered."""

    CHOICE = "choice"
    TICK = "tick"
    SEVERAL = "several"
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"


@dataclass(frozen=True)
class Setting:
    """One setting. `default` is shown in a new form, `refusal` is the sentence for a wrong value.

    `listed` are its choices if they do not follow from the models. `grows`: the API may add to the
    list, so values outside it are accepted too.
    """

    name: str
    label: str
    shape: Shape
    default: Any = None
    refusal: str = "Choose one of the list."
    listed: Choices = ()
    least: float | None = None
    most: float | None = None
    help_text: str = ""
    grows: bool = False

    @property
    def choices(self) -> Choices:
        """The (value, label) pairs of its list; empty for a setting without a list."""
        return self.listed

    @property
    def sentence(self) -> str:
        return self.refusal

    def models_with(self, value: str) -> tuple[str, ...]:
        """Return the names of the models that have a choice; empty if every model has it."""
        return ()

    def wrong_for(self, model: str, value: Any) -> str | None:
        """Return the sentence for a choice that this model does not have, else None."""
        return None

    def read(self, value: Any) -> Any:
        """Return the typed value of what a form or a recipe gives; None if it gives nothing.

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


@dataclass(frozen=True, kw_only=True)
class ModelSetting(Setting):
    """A setting whose choices are those of all models that serve an operation.

    `wording` is the template of its sentence: {labels} are the choices, {count} their number.
    `wrong_for` refuses a choice that the chosen model does not have.
    """

    operation: Operation
    wording: str

    @property
    def choices(self) -> Choices:
        if self.name == "model":
            rows = model_table.MODELS.serving(self.operation)
            return tuple((row.name, row.label) for row in rows)
        if self.name == "resolution":
            return tuple((one, one) for one in CAPABILITIES[self.operation].resolutions)
        values = model_table.MODELS.values(self.operation, self.name)
        return tuple((value, _label(value)) for value in values)

    @property
    def sentence(self) -> str:
        labels = [label for _, label in self.choices]
        return self.wording.format(count=len(labels), labels=_joined_with_or(labels))

    def models_with(self, value: str) -> tuple[str, ...]:
        """Return the names of the models that have a choice; empty if every model has it."""
        names = model_table.MODELS.models_with(self.operation, self.name, value)
        return () if len(names) == len(CAPABILITIES[self.operation].models) else names

    def wrong_for(self, model: str, value: Any) -> str | None:
        """Return the sentence for a choice that this model does not have, else None."""
        row = model_table.MODELS.find(model)
        offer = row.offers.get(self.operation) if row else None
        offered = offer.values(self.name) if offer else ()
        if row is None or not offered or value is None or value in offered:
            return None
        labels = [_label(one) for one in offered]
        return f"{row.label} has no {_label(value)}; choose {_joined_with_or(labels)}."


def wrong_for_model(settings: Sequence[Setting], values: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for every setting whose value the chosen model does not have."""
    model = str(values.get("model"))
    found = {one.name: one.wrong_for(model, values.get(one.name)) for one in settings}
    return {name: sentence for name, sentence in found.items() if sentence}


def _label(value: str) -> str:
    """Return the label of a value: a duration gets a space before its unit."""
    seconds = model_table.MODELS.seconds.get(value)
    return value if seconds is None else f"{seconds} s"


def _joined_with_or(labels: Sequence[str]) -> str:
    """Return "540p, 720p or 4k"."""
    return " or ".join(part for part in (", ".join(labels[:-1]), *labels[-1:]) if part)


_MODES = tuple(
    (f"{group}_{step}", f"{group.capitalize()} {step}")
    for group in ("adhere", "flex", "reimagine")
    for step in (1, 2, 3)
)


def model_of(operation: Operation) -> Setting:
    """Return the setting for the model; a new form shows the first model."""
    return ModelSetting(
        "model",
        "Model",
        Shape.CHOICE,
        CAPABILITIES[operation].models[0],
        operation=operation,
        wording="This model is not available. Choose one of the list.",
    )


def aspect_ratio_of(operation: Operation) -> Setting:
    """Return the setting for the aspect ratio."""
    return ModelSetting(
        "aspect_ratio",
        "Aspect ratio",
        Shape.CHOICE,
        "16:9",
        operation=operation,
        wording="Choose one of {count} ratios.",
    )


VIDEO_MODEL = model_of(Operation.VIDEO)
ASPECT_RATIO = aspect_ratio_of(Operation.VIDEO)
RESOLUTION = ModelSetting(
    "resolution",
    "Resolution",
    Shape.CHOICE,
    "720p",
    operation=Operation.VIDEO,
    wording="Choose {labels}.",
)
UPSCALE_RESOLUTION = ModelSetting(
    "resolution",
    "Resolution",
    Shape.CHOICE,
    "1080p",
    operation=Operation.UPSCALE_VIDEO,
    # The sentence is the same as that of a video, although 540p is no target of an upscale.
    wording="Choose 540p, {labels}.",
)
DURATION = ModelSetting(
    "duration",
    "Duration",
    Shape.CHOICE,
    "5s",
    operation=Operation.VIDEO,
    wording="{labels}.",
)
LOOP = Setting("loop", "Loop", Shape.TICK, default=False)
CAMERA = Setting(
    "concepts",
    "Camera",
    Shape.SEVERAL,
    (),
    "This camera move is no longer offered by Luma. Choose from the list.",
    tuple((move.key, move.label) for move in CAMERA_MOVES),
    grows=True,
)
FORMAT = Setting(
    "format",
    "Format",
    Shape.CHOICE,
    "jpg",
    "Choose JPEG or PNG.",
    (("jpg", "JPEG"), ("png", "PNG")),
)
MODE = Setting(
    "mode",
    "Mode",
    Shape.CHOICE,
    "flex_1",
    "Choose a strength.",
    _MODES,
    help_text="Adhere stays close, Flex changes the style, Reimagine keeps only the motion.",
)
NEGATIVE_PROMPT = Setting(
    "negative_prompt",
    "Negative prompt",
    Shape.TEXT,
    "",
    help_text="Sounds that should not be there.",
)
SYNC = Setting(
    "sync",
    "Wait for the picture",
    Shape.TICK,
    default=False,
    help_text="Luma answers with the finished picture instead of a place in its queue.",
)
SYNC_TIMEOUT = Setting(
    "sync_timeout",
    "Wait at most (seconds)",
    Shape.NUMBER,
    60,
    "5–120 seconds.",  # noqa: RUF001 - an en dash between two numbers
    least=5,
    most=120,
)


def _geometry_setting(name: str) -> Setting:
    label = name.replace("_", " ").capitalize()
    if name.startswith("resized"):
        sentence = f"{SMALLEST_SIDE}–{LARGEST_SIDE}."  # noqa: RUF001 - between two numbers
        return Setting(
            name, label, Shape.WHOLE, None, sentence, least=SMALLEST_SIDE, most=LARGEST_SIDE
        )
    # Its limits follow from the aspect ratio: `rules.valid_geometry`.
    return Setting(name, label, Shape.WHOLE, None, "A whole number of pixels within the picture.")


GEOMETRY_SETTINGS = tuple(_geometry_setting(name) for name in GEOMETRY)

SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        *(VIDEO_MODEL, ASPECT_RATIO, RESOLUTION, DURATION, LOOP, CAMERA, FORMAT, MODE),
        *(NEGATIVE_PROMPT, SYNC, SYNC_TIMEOUT, *GEOMETRY_SETTINGS),
    )
}
