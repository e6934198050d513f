"""What stands before every upload: a body that is too large is refused before it is read."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from generations.media.uploads import MAX_BYTES

MOST_BYTES = 2 * MAX_BYTES["video"] + 10_000_000
"""Two videos, or ten pictures, and the form around them: the most that one form offers."""


class BoundedUploads(FileUploadHandler):
    """Believes the announced length of a body when that is too much; no more is ever read."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *more: Any) -> None:  # noqa: N803
        """Raise RequestDataTooBig, which is answered with 413."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave every piece to the handlers behind."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing."""
