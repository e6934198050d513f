"""The table of the kinds. Forms, slots, prices, icons and requests all follow from its entries."""

from generations.recipes.kinds.entry import ApiInput, KindEntry, SettingValues
from generations.recipes.kinds.prompts import (
    clean_prompt,
    prompt_problem,
    visible,
    without_controls,
)
from generations.recipes.kinds.settings import SETTINGS, Setting
from generations.recipes.kinds.slots import FoundInput, Slot
from generations.recipes.kinds.table import FRAME_KINDS, KINDS, derive_kind, labels_of

__all__ = [
    "FRAME_KINDS",
    "KINDS",
    "SETTINGS",
    "ApiInput",
    "FoundInput",
    "KindEntry",
    "Setting",
    "SettingValues",
    "Slot",
    "clean_prompt",
    "derive_kind",
    "labels_of",
    "prompt_problem",
    "visible",
    "without_controls",
]
