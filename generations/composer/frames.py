"""Frames as inputs: taking one from a result or from an uploaded video."""

from dataclasses import dataclass
from uuid import UUID

from generations.media.frames import add_frame_upload
from generations.media.models import StoredFile, Upload
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.inputs import row_in, rows_of
from studio.errors import NotFound
from studio.teams.access import Seat


@dataclass(frozen=True)
class FrameSource:
    """A video whose frames can be taken. `title` becomes the name of a frame."""

    file: StoredFile
    poster: StoredFile | None
    title: str


def frame_source(seat: Seat, choice: InputChoice) -> FrameSource:
    """Return the video that a reference names. Raises NotFound for anything else. One query."""
    row = row_in(rows_of(seat, [choice]), choice)
    file = row.file if isinstance(row, Upload) else row.original if row else None
    if row is None or file is None or not file.content_type.startswith("video/"):
        raise NotFound
    return FrameSource(file, row.poster, row.title)


def take_frame(seat: Seat, video: FrameSource, milliseconds: int) -> UUID:
    """Store one frame as an upload and return its uuid. Raises as `add_frame_upload`."""
    seat.require("upload")
    made = add_frame_upload(seat.team, seat.user, video.file, milliseconds, title=video.title)
    return made.uuid


def with_last_frame(seat: Seat, draft: Draft, name: str, place: int) -> Draft:
    """Return the draft with the last frame of a video in the place of the video."""
    inputs = draft.in_slot(name)
    if place >= len(inputs):
        return draft
    choice = inputs[place]
    video = frame_source(seat, choice)
    taken = take_frame(seat, video, video.file.milliseconds or 0)
    return draft.exchange(name, place, InputChoice(name, upload=taken, weight=choice.weight))
