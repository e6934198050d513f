"""A person's saved draft in a team: saving the composer, and reading it as it was left."""

from typing import Any

from django.http import QueryDict

from generations.actions import drafts
from generations.composer.reading import read_draft
from generations.models import SavedDraft
from generations.queries.saved import saved_draft_of
from generations.recipes.draft import Draft
from generations.recipes.draft_json import draft_from_json, draft_to_json
from studio.teams.access import Seat


def save_composer(seat: Seat, draft: Draft, *, automatic: bool = False) -> SavedDraft:
    """Save the composer's content as `actions.drafts.save_draft` does. Two queries."""
    content = draft_to_json(draft)
    return drafts.save_draft(seat, draft.composition, content, automatic=automatic)


def save_posted(seat: Seat, data: QueryDict) -> None:
    """Save the composer, if it was posted with the form of a control beside it."""
    if "composition" in data:
        save_composer(seat, read_draft(data))


def posted_content(seat: Seat, data: QueryDict) -> dict[str, Any]:
    """Return the content of the posted composer, as a draft is saved.

    Without JavaScript the composer is not posted with a form beside it: then return the saved one.
    """
    return draft_to_json(read_draft(data) if "composition" in data else left_draft(seat)[0])


def left_draft(seat: Seat) -> tuple[Draft, SavedDraft | None]:
    """Return the draft as it was left, under a new submit key, and its row. One query.

    A blank draft and None where nothing was saved.
    """
    row = saved_draft_of(seat)
    return (Draft(), None) if row is None else (draft_from_json(row.content, row.composition), row)
