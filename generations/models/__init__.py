"""Tables of the core: a generation, its inputs, its attempts at the API, and what happened."""

from generations.models.attempt import ApiKey, Attempt, CallbackDelivery, Orphan
from generations.models.chain import Chain
from generations.models.event import Beat, Event
from generations.models.generation import (
    FILES,
    Asset,
    Generation,
    GenerationInput,
    Kind,
    Visibility,
)
from generations.models.imports import Takeover
from generations.models.saved import KeptDraft, KeptPrompt, Preset
from generations.models.states import State

__all__ = [
    "FILES",
    "ApiKey",
    "Asset",
    "Attempt",
    "Beat",
    "CallbackDelivery",
    "Chain",
    "Event",
    "Generation",
    "GenerationInput",
    "KeptDraft",
    "KeptPrompt",
    "Kind",
    "Orphan",
    "Preset",
    "State",
    "Takeover",
    "Visibility",
]
