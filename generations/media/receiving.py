"""The upload handler that refuses a request body by its announced length."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from generations.media.limits import REQUEST_BYTES


class BoundedUploads(FileUploadHandler):
    """Refuses a body that is announced as too long; Django never reads more than announced."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *more: Any) -> None:  # noqa: N803
        """Raise RequestDataTooBig, which is answered with 413, if the body is too long."""
        if content_length > REQUEST_BYTES:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass every piece on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Return None: this handler stores nothing."""
