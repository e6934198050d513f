"""What actions and doors raise, named by what the person sees; middleware turns it into a page."""

from http import HTTPStatus


class StudioError(Exception):
    """Something a person can understand and act on. str() is the sentence to show.

    `fields` maps form field names to sentences, for the answer to an invalid form.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, sentence: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields or {}


class NotFound(StudioError):
    """There is no such thing, or it is not theirs to know about."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, sentence: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(sentence)


class NotAllowed(StudioError):
    """A member whose role does not reach."""

    status = HTTPStatus.FORBIDDEN


class Conflict(StudioError):
    """Somebody or something was faster; the thing has changed meanwhile."""

    status = HTTPStatus.CONFLICT


class TooLarge(StudioError):
    """More bytes than are taken."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Unavailable(StudioError):
    """The studio or what it stands on cannot do this now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
