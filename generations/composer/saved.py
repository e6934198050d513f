"""What is kept of a composer: a draft as JSON and back, saved for a person in a team.

The JSON is bounded, and read with care: kinds, settings and slots come and go between releases.
"""

from typing import Any

from django.http import QueryDict

from generations.actions import drafts
from generations.composer.reading import read_draft
from generations.models import SavedDraft
from generations.queries.saved import saved_draft_of
from generations.recipes.draft import Draft
from generations.recipes.draft_json import draft_from_json, draft_to_json
from studio.teams.access import Seat


def keep(seat: Seat, draft: Draft, *, by_itself: bool = False) -> SavedDraft:
    """Save what stands in the composer, as `save_draft` says. Two queries; a later save wins."""
    content = draft_to_json(draft)
    return drafts.save_draft(seat, draft.composition, content, by_itself=by_itself)


def keep_posted(seat: Seat, data: QueryDict) -> None:
    """Save what came along where a control beside the composer posts all of it."""
    if "composition" in data:
        keep(seat, read_draft(data))


def content_posted(seat: Seat, data: QueryDict) -> dict[str, Any]:
    """What came along of the composer, else what is kept of it: the way without JavaScript."""
    return draft_to_json(read_draft(data) if "composition" in data else opened(seat)[0])


def opened(seat: Seat) -> tuple[Draft, SavedDraft | None]:
    """The draft as it was left, under a new submit key, and its row if there is one. One query."""
    row = saved_draft_of(seat)
    return (Draft(), None) if row is None else (draft_from_json(row.content, row.composition), row)
