"""The errors of the client, named by what the caller does next.

    LumaError
    |-- LumaUnavailable    nothing happened: try again later
    |-- LumaRateLimited    nothing happened: try again after `retry_after` seconds
    |-- LumaRejected       understood and refused: show str(), a repetition will not help
    |   |-- LumaKeyRefused     401, 403: the key's owner must act, send nothing more
    |   |-- LumaOutOfCredit    402, or a refusal that mentions credits: likewise
    |   `-- LumaNotFound       404
    `-- LumaUnconfirmed    unknown whether it was accepted: find out, never send again

str() of each is safe to show: it has no key, no address of ours, no traceback.
"""

from __future__ import annotations


class LumaError(Exception):
    """All errors of the client; those of httpx and pydantic never leave it."""


class LumaUnavailable(LumaError):
    """Nothing happened at Luma, try again later.

    From a create it proves that no byte of the request was sent (and that `before_first_byte` did
    not finish). From a read it means that repeating did not help. `retry_after` is in seconds
    (0 to 600), or None if Luma did not ask for a pause.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LumaRateLimited(LumaError):
    """Luma asked us to slow down; nothing was accepted.

    `retry_after` is in seconds (0 to 600), or None if Luma did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LumaRejected(LumaError):
    """The API understood the request and refused it; str() is safe to show.

    `detail` is the API's own reason as one line. `fields` pairs dotted names of the request
    ("keyframes.frame0.url") with what is wrong there; it is empty if the reason names none.
    """

    def __init__(self, status: int, detail: str, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = fields


class LumaKeyRefused(LumaRejected):
    """Luma does not accept the key (401) or does not allow it this (403)."""


class LumaOutOfCredit(LumaRejected):
    """The Luma account cannot pay. The status is not documented; 402 and 400 have been seen."""


class LumaNotFound(LumaRejected):
    """Luma knows no such generation, or no such operation."""


class LumaUnconfirmed(LumaError):
    """A create was sent, and it is unknown whether it was accepted and charged.

    `status` is the HTTP status if there was one. Wait for a callback and read the list before
    anybody sends it again.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
