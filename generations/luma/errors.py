"""Everything that can go wrong with the API, named by what the caller does next.

    LumaError
    |-- LumaUnavailable    nothing happened: try again later
    |-- LumaRateLimited    nothing happened: try again after `retry_after` seconds
    |-- LumaRejected       understood and refused: show str(), it will not get better by itself
    |   |-- LumaKeyRefused     401, 403: the key's owner must act, hold everything back
    |   |-- LumaOutOfCredit    402, or a refusal that speaks of credits: likewise
    |   `-- LumaNotFound       404
    `-- LumaUnconfirmed    we do not know whether it was accepted: look, never send again by itself

str() of every one of them is safe to show: no key, no address of ours, no traceback.
"""

from __future__ import annotations


class LumaError(Exception):
    """Whatever the client raises by itself; httpx and pydantic errors never leave it."""


class LumaUnavailable(LumaError):
    """Nothing happened at Luma, try again later.

    From a create it proves that not one byte of the request was attempted (and that
    `before_first_byte` did not run to its end). From a read it says that repeating did not help.
    `retry_after` is in seconds (0 to 600) if Luma asked for a pause.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LumaRateLimited(LumaError):
    """Luma asked us to slow down; nothing was accepted.

    `retry_after` is in seconds, between 0 and 600, or None when Luma did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LumaRejected(LumaError):
    """The API understood the request and refused it; str() is safe to show.

    `detail` is the API's own reason as one line. `fields` pairs dotted names of the request
    ("keyframes.frame0.url") with what is wrong there; it is empty when the reason names none.
    """

    def __init__(self, status: int, detail: str, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = fields


class LumaKeyRefused(LumaRejected):
    """Luma does not accept the key (401) or does not allow it this (403)."""


class LumaOutOfCredit(LumaRejected):
    """The Luma account cannot pay; which status says so is undocumented, 402 and 400 were seen."""


class LumaNotFound(LumaRejected):
    """Luma knows no such generation, or no such operation."""


class LumaUnconfirmed(LumaError):
    """A create was sent and its fate is unknown: it may exist and be paid for.

    `status` is the HTTP status if there was one. Look for the generation (callback, list) before
    anybody sends it again.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
