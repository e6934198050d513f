"""One address check: downloads an address, as Luma would, before money is spent.

Also the import of a file from an address, and the check that Luma can reach this studio.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from generations.media import confined, limits, outbound, public_hosts, store, uploads
from generations.media.models import Upload
from generations.media.outbound import FetchedFile, FetchError
from generations.media.sniffing import Media
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.models import Team

SECONDS = 10.0
FETCH_SECONDS = 7.5
HEAD_SECONDS = 5.0
IMPORT_SECONDS = 18.0

_UNREACHABLE = (
    "Luma cannot reach this studio's files: set PUBLIC_BASE_URL to the https address under which "
    "the studio is open to the internet, and start it again."
)
_UNTIL_THEN = "Until then, paste the address of a public copy."
UNREACHABLE = f"{_UNREACHABLE} Nothing was charged. {_UNTIL_THEN}"
_ADVICE = {
    outbound.FetchRedirected: "Paste the address that it leads to.",
    outbound.FetchGone: "Check it in a private window of your browser, or upload the file.",
    outbound.FetchFailed: "Try again in a moment, or upload the file.",
    outbound.FetchTooLarge: "Choose a smaller file.",
    outbound.FetchRefused: "Paste the public https address of the file itself, or upload it.",
}


_OUR_LIMITS = frozenset({"complex", "pixels", "webp_pixels", "sides", "codec", "tracks"})
"""Reasons to refuse a file that Luma may still accept, because they are limits of ours alone."""


@dataclass(frozen=True)
class Preflight:
    """The result of an address check. `message` says what is wrong, or is a remark if `ok`.

    `advice` says what to do before anything was sent. `certain`: Luma will find the same error;
    otherwise the network or a limit of ours failed, and Luma may succeed. Sizes are in pixels,
    milliseconds and bytes, None if not known.
    """

    ok: bool
    message: str = ""
    advice: str = ""
    certain: bool = True
    width: int | None = None
    height: int | None = None
    milliseconds: int | None = None
    content_type: str = ""
    size: int | None = None

    @property
    def sentence(self) -> str:
        """The message for a person, before anything was sent."""
        if self.ok:
            return self.message
        return f"{self.message} Nothing was charged. {self.advice}".strip()


def preflight(
    url: str, *, kind: Media, most_bytes: int, most_seconds: float | None = None
) -> Preflight:
    """Download an address as Luma would, and check type, size, pixels and length of the file.

    https and public hosts only, no redirect, at most `most_bytes`, at most 10 s for everything.
    Stores nothing. Never raises for what the address leads to. Raises Unavailable while this
    studio's disk is full or too many of its programs run.
    """
    ends = time.monotonic() + SECONDS
    try:
        with outbound.fetch(
            url, kind=kind, max_bytes=most_bytes, deadline=FETCH_SECONDS, redirects=0
        ) as fetched:
            found = _probe(fetched, kind, max(1.0, ends - time.monotonic()))
            return _result(fetched, found, most_seconds)
    except FetchError as error:
        certain = not isinstance(error, outbound.FetchFailed)
        advice = _ADVICE.get(type(error), "")
        return Preflight(
            ok=False, message=_message(error, most_bytes), advice=advice, certain=certain
        )
    except confined.FileRefused as error:
        certain = error.code not in _OUR_LIMITS
        advice = "Choose another file."
        return Preflight(ok=False, message=error.sentence, advice=advice, certain=certain)


def check_by_head(url: str) -> Preflight:
    """Check whether an address still answers. One HEAD request, at most 5 s."""
    try:
        headed = outbound.head(url, deadline=HEAD_SECONDS)
    except outbound.FetchFailed as error:
        return Preflight(ok=False, message=str(error), certain=False)
    except FetchError:
        return _unreachable()
    return Preflight(ok=True, content_type=headed.content_type, size=headed.size)


def reachable_from_outside(public_base_url: str | None) -> Preflight:
    """Check whether Luma can reach this studio at that address, by the address's form alone.

    The sandbox always can. No network.
    """
    if settings.ON_SANDBOX:
        return Preflight(ok=True)
    if not public_base_url:
        return _unreachable()
    if isinstance(public_hosts.parse_url(public_base_url), str):
        return _unreachable(f"PUBLIC_BASE_URL is {public_base_url[:100]}. ")
    return Preflight(ok=True)


def _unreachable(before: str = "") -> Preflight:
    return Preflight(ok=False, message=f"{before}{_UNREACHABLE}", advice=_UNTIL_THEN)


def import_address(team: Team, author: User, url: str, kind: Media) -> Upload:
    """Download a picture or a video from an address and make an upload of it.

    https and public hosts only, at most three redirects, at most 18 s for the download.
    Raises StudioError with the sentence to show, and as `uploads.add_upload` does.
    """
    try:
        with outbound.fetch(
            url, kind=kind, max_bytes=limits.UPLOAD_BYTES[kind], deadline=IMPORT_SECONDS
        ) as fetched:
            take = uploads.take_image if kind == "image" else uploads.take_video
            return take(team, author, fetched.path, _name(url))
    except outbound.FetchTooLarge as error:
        raise StudioError(limits.TOO_LARGE[kind]) from error
    except FetchError as error:
        raise StudioError(str(error)) from error


def _probe(fetched: FetchedFile, kind: Media, seconds: float) -> dict[str, Any]:
    if kind == "image":
        return confined.run("probing", "--picture", fetched.path, seconds=seconds)[0]
    with store.work_file() as poster:
        return confined.run("probing", fetched.path, poster, seconds=seconds)[0]


def _result(fetched: FetchedFile, found: dict[str, Any], most_seconds: float | None) -> Preflight:
    milliseconds: int | None = found.get("milliseconds")
    message = uploads.codec_notice(found["codec"]) if "codec" in found else ""
    too_long = bool(
        milliseconds and most_seconds is not None and milliseconds > most_seconds * 1000
    )
    if milliseconds and too_long:
        message = (
            f"The video there is {milliseconds / 1000:.1f} s long, and at most {most_seconds:g} s "
            "are taken here."
        )
    return Preflight(
        ok=not too_long,
        message=message,
        advice="Choose another model or a shorter video." if too_long else "",
        width=found["width"],
        height=found["height"],
        milliseconds=milliseconds,
        content_type=fetched.content_type,
        size=fetched.size,
    )


def _message(error: FetchError, most_bytes: int) -> str:
    if isinstance(error, outbound.FetchTooLarge):
        return f"The file there is larger than {most_bytes / 1_000_000:g} MB."
    return str(error)


def _name(url: str) -> str:
    """Return the last part of the path, decoded, as the name of the upload."""
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
