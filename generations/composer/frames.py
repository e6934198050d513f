"""Frames of videos as inputs: any moment of a result or of an uploaded video."""

from dataclasses import dataclass
from uuid import UUID

from generations.media.frames import add_frame_upload
from generations.media.models import StoredFile, Upload
from generations.recipes.draft import Draft
from generations.recipes.inputs import row_in, rows_of
from generations.recipes.recipe import InputChoice
from studio.errors import NotFound
from studio.teams.access import Seat


@dataclass(frozen=True)
class Footage:
    """A video whose frames can be taken, with what it is called."""

    file: StoredFile
    poster: StoredFile | None
    title: str


def footage_of(where: Seat, choice: InputChoice) -> Footage:
    """Return the video that a reference names. Raises NotFound for anything else. One query."""
    row = row_in(rows_of(where, [choice]), choice)
    file = row.file if isinstance(row, Upload) else row.original if row else None
    if row is None or file is None or not file.content_type.startswith("video/"):
        raise NotFound
    return Footage(file, row.poster, row.title)


def take_frame(where: Seat, footage: Footage, milliseconds: int) -> UUID:
    """Keep one frame as an upload and return its uuid. Raises as `add_frame_upload`."""
    where.require("upload")
    made = add_frame_upload(where.team, where.user, footage.file, milliseconds, title=footage.title)
    return made.uuid


def with_last_frame(where: Seat, draft: Draft, name: str, place: int) -> Draft:
    """Return the draft with the last frame of a video in the place of the video."""
    kept = draft.in_slot(name)
    if place >= len(kept):
        return draft
    choice = kept[place]
    footage = footage_of(where, choice)
    taken = take_frame(where, footage, footage.file.milliseconds or 0)
    return draft.exchange(name, place, InputChoice(name, upload=taken, weight=choice.weight))
