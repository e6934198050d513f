"""Actions: the writes that people cause. One function for one decision."""

from generations.actions.again import make_again
from generations.actions.decisions import cancel_generation, fetch_again, stop_waiting, try_again
from generations.actions.submission import PriceChanged, submit
from generations.actions.trash import purge_generation, restore_generation, trash_generation

__all__ = [
    "PriceChanged",
    "cancel_generation",
    "fetch_again",
    "make_again",
    "purge_generation",
    "restore_generation",
    "stop_waiting",
    "submit",
    "trash_generation",
    "try_again",
]
