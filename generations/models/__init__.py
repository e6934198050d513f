"""Tables of the core: generations with their inputs, attempts and events, and saved drafts."""

from generations.models.attempt import ApiKey, Attempt, CallbackDelivery, Orphan
from generations.models.chain import Chain
from generations.models.event import Event, Heartbeat
from generations.models.generation import (
    FILES,
    Asset,
    Generation,
    GenerationInput,
    Kind,
    Visibility,
)
from generations.models.imports import AccountImport
from generations.models.saved import Preset, SavedDraft, SavedPrompt
from generations.models.states import State

__all__ = [
    "FILES",
    "AccountImport",
    "ApiKey",
    "Asset",
    "Attempt",
    "CallbackDelivery",
    "Chain",
    "Event",
    "Generation",
    "GenerationInput",
    "Heartbeat",
    "Kind",
    "Orphan",
    "Preset",
    "SavedDraft",
    "SavedPrompt",
    "State",
    "Visibility",
]
