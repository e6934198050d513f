"""Parts of a generation's page: the requests sent, the timeline, the inputs."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from generations.media.public_hosts import shown_host
from generations.media.store import file_address
from generations.models import Attempt, Event, Generation, GenerationInput, Kind, State
from generations.recipes.kinds import KINDS, Slot

HIDDEN = "(hidden)"
_SECRET = re.compile(r"key|authorization|token|secret", re.IGNORECASE)
_CALLBACK = re.compile(r"(/hooks/luma/)[^\s\"'?#]+")
_VERBS = {
    "user.trashed": "Moved to the trash",
    "user.imported": "Imported from the account; it was made elsewhere",
    "user.restored": "Brought back from the trash",
    "user.purged": "Files deleted for good",
}


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline."""

    at: datetime
    words: str
    who: str = ""


@dataclass(frozen=True)
class SentRequest:
    """What one attempt really sent, and the API's last answer, as readable JSON."""

    number: int
    outcome: str
    request: str
    response: str


@dataclass(frozen=True)
class ShownSource:
    """An input that a generation was made from, as its page lists it."""

    slot: str
    name: str
    link: str = ""
    generation: Generation | None = None
    picture: str = ""


def timeline(generation: Generation) -> list[TimelineEntry]:
    """Return everything that happened to it, oldest first. One query."""
    events = Event.objects.filter(generation=generation).select_related("actor").order_by("id")
    return [_entry(event) for event in events]


def _entry(event: Event) -> TimelineEntry:
    step = State(event.to_state).facts.timeline if event.to_state else ""
    words = _VERBS.get(event.verb) or step or event.verb
    if event.detail.get("consent"):
        words = "Sent again, knowing that it may be charged twice"
    return TimelineEntry(event.at, words, event.actor.shown_name if event.actor else "")


def sent_requests(generation: Generation) -> list[SentRequest]:
    """Return what each attempt sent, without API key and callback token. One query."""
    attempts: Iterable[Attempt] = generation.attempts.order_by("number")
    return [
        SentRequest(
            attempt.number,
            attempt.get_outcome_display(),
            _pretty(attempt.request),
            _pretty(attempt.response),
        )
        for attempt in attempts
        if attempt.request or attempt.response
    ]


def _pretty(value: Any) -> str:
    return json.dumps(without_secrets(value), indent=2, ensure_ascii=False) if value else ""


def without_secrets(value: Any) -> Any:
    """Return the JSON value with keys and callback tokens taken out, at any depth."""
    if isinstance(value, dict):
        return {
            name: HIDDEN
            if _SECRET.search(name) and isinstance(part, str)
            else without_secrets(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(part) for part in value]
    return _CALLBACK.sub(rf"\g<1>{HIDDEN}", value) if isinstance(value, str) else value


def sources(generation: Generation) -> list[ShownSource]:
    """Return the inputs in its slots. One query."""
    rows = generation.inputs.select_related(
        "source__team", "source__poster", "upload__file", "upload__poster"
    ).order_by("slot", "position")
    entry = KINDS.get(Kind(generation.kind))
    return [_source(row, entry.slot(row.slot) if entry else None) for row in rows]


def _source(row: GenerationInput, slot: Slot | None) -> ShownSource:
    label = slot.label if slot else row.slot.replace("_", " ").capitalize()
    if row.source:
        poster = row.source.poster
        picture = file_address(poster) if poster else ""
        link = row.source.get_absolute_url()
        return ShownSource(label, row.source.title, link, row.source, picture)
    if row.upload:
        picture = file_address(row.upload.picture)
        return ShownSource(label, row.upload.title, picture=picture)
    return ShownSource(label, shown_host(row.url) or "Address")
