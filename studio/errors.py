"""The exceptions of doors and actions that people see; middleware makes a page of each."""

from http import HTTPStatus


class StudioError(Exception):
    """An error that a person can understand and act on. str() is the sentence to show.

    `fields` maps the names of form fields to sentences, for the answer to an invalid form.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, sentence: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields or {}


class NotFound(StudioError):
    """The object does not exist, or the person may not know that it does."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, sentence: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(sentence)


class NotAllowed(StudioError):
    """The member's role does not have the ability."""

    status = HTTPStatus.FORBIDDEN


class Conflict(StudioError):
    """The object has been changed by somebody or something else meanwhile."""

    status = HTTPStatus.CONFLICT


class TooLarge(StudioError):
    """The request or the file has more bytes than are accepted."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Unavailable(StudioError):
    """The studio, or something that it needs, cannot do this at the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
