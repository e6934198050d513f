"""Files posted with a form: stored as uploads in their slots, or read as rows."""

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from generations.composer.reading import read_files
from generations.media.models import Upload
from generations.media.quota import QuotaReached
from generations.media.uploads import add_upload
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.variables import LARGEST_ROWS, WrongRows, read_file
from studio.errors import StudioError, TooLarge, Unavailable
from studio.teams.access import Seat

ANOTHER = "Choose another file."


def take_files(
    seat: Seat, draft: Draft, files: MultiValueDict[str, Any]
) -> tuple[Draft, dict[str, str]]:
    """Store the posted files in their slots, and read a file of rows.

    Return the draft with the files that were accepted, and by slot or field why others were not.
    """
    draft, problems = _take_rows(draft, files)
    for name, file in read_files(draft.entry, files).items():
        seat.require("upload")
        try:
            draft = draft.put(InputChoice(name, upload=take_file(seat, file).uuid))
        except StudioError as error:
            problems[name] = error.sentence
    return draft, problems


def take_file(seat: Seat, file: "UploadedFile[bytes]") -> Upload:
    """Store one file as `add_upload` does. A sentence about the file says what to do now, too."""
    try:
        return add_upload(seat.team, seat.user, file)
    except (QuotaReached, Unavailable):
        raise
    except TooLarge as error:
        raise TooLarge(f"{error.sentence} {ANOTHER}") from error
    except StudioError as error:
        raise StudioError(f"{error.sentence} {ANOTHER}") from error


def _take_rows(draft: Draft, files: MultiValueDict[str, Any]) -> tuple[Draft, dict[str, str]]:
    file = files.get("rows_file")
    if file is None:
        return draft, {}
    try:
        return replace(draft, rows=read_file(file.read(LARGEST_ROWS + 1))), {}
    except WrongRows as wrong:
        return draft, {"rows": str(wrong)}
