"""Tasks: what django-q2 runs. Each takes ids and may run twice; only tasks call the API."""

from generations.tasks.checking import check_connection
from generations.tasks.deleting import delete_remotely
from generations.tasks.following import follow_attempt
from generations.tasks.heartbeat import beat
from generations.tasks.imports import import_account
from generations.tasks.storing import make_preview, store_assets
from generations.tasks.submitting import submit_generation

__all__ = [
    "beat",
    "check_connection",
    "delete_remotely",
    "follow_attempt",
    "import_account",
    "make_preview",
    "store_assets",
    "submit_generation",
]
