"""The page of one generation: what it shows and what the person may do there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from generations.luma.concepts import label_for
from generations.models import Generation
from generations.pages.cards import Abilities, Use, offered_uses
from generations.pages.generation import ShownGeneration
from generations.pages.lineage import UsedIn, used_in
from generations.pages.live import EVERY, Poller
from generations.pages.part import Part
from generations.pages.timeline import (
    SentRequest,
    ShownSource,
    TimelineEntry,
    sent_requests,
    sources,
    timeline,
)
from generations.queries.library import newer_neighbour, older_neighbour
from generations.recipes.again import Remake, remake_of
from generations.recipes.kinds import SETTINGS
from studio.teams.access import Seat


@dataclass(frozen=True)
class GenerationPage(Part):
    """What _generation.html reads. `submit_key` is of the button that makes it again."""

    seat: Seat
    generation: Generation
    shown: ShownGeneration
    can: Abilities
    can_stop: bool
    can_purge: bool
    uses: list[Use]
    newer: Generation | None
    older: Generation | None
    sources: list[ShownSource]
    used: list[UsedIn]
    used_more: int
    sent: list[SentRequest]
    timeline: list[TimelineEntry]
    settings: list[tuple[str, str]]
    again: Remake
    submit_key: UUID
    poller: Poller


def generation_page(seat: Seat, row: Generation) -> GenerationPage:
    """Return the page of a generation. Some ten queries, however long its history."""
    shown = ShownGeneration(row)
    can = Abilities.of(seat, row)
    used, used_more = used_in(seat, row)
    url = reverse("generations:generation_changes", args=(seat.team.slug, row.uuid))
    return GenerationPage(
        seat=seat,
        generation=row,
        shown=shown,
        can=can,
        can_stop=can.cancel and row.facts.before_sending,
        can_purge=seat.can("purge"),
        uses=offered_uses(row),
        newer=newer_neighbour(seat, row),
        older=older_neighbour(seat, row),
        sources=sources(row),
        used=used,
        used_more=used_more,
        sent=sent_requests(row),
        timeline=timeline(row),
        settings=recipe_rows(shown),
        again=remake_of(seat, row),
        submit_key=uuid4(),
        poller=Poller(f"{url}?version={row.version}", EVERY if shown.in_progress else None),
    )


def recipe_rows(shown: ShownGeneration) -> list[tuple[str, str]]:
    """Return the recipe as rows of a table, in the composer's words."""
    names = shown.entry.setting_names if shown.entry else ()
    rows = [("Kind", shown.generation.get_kind_display())]
    for name in names:
        setting = SETTINGS[name]
        value = shown.generation.recipe.get(name)
        if value in (None, "", []) and not setting.choices:
            continue
        if name == "sync_timeout" and not shown.generation.recipe.get("sync"):
            continue
        rows.append((setting.label, _in_words(shown, name, value) or "none"))
    return rows


def _in_words(shown: ShownGeneration, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(label_for(str(one)) for one in value)
    return f"{value:g}" if isinstance(value, float) else shown.label(name)
