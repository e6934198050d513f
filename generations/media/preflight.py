"""Before money is spent: can Luma fetch this address, and is there what the slot needs?"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from generations.media import addresses, confined, outbound, store, uploads
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
_MEANWHILE = "Until then, paste the address of a public copy."
UNREACHABLE = f"{_UNREACHABLE} Nothing was charged. {_MEANWHILE}"
_NOW = {
    outbound.FetchRedirected: "Paste the address that it leads to.",
    outbound.FetchGone: "Check it in a private window of your browser, or upload the file.",
    outbound.FetchFailed: "Try again in a moment, or upload the file.",
    outbound.TooBig: "Choose a smaller file.",
    outbound.FetchRefused: "Paste the public https address of the file itself, or upload it.",
}


_OURS = frozenset({"complex", "pixels", "webp_pixels", "sides", "codec", "tracks"})
"""Why a file is not taken here though Luma may take it: it is about our decoders and limits."""


@dataclass(frozen=True)
class Preflight:
    """What was found at an address. `what` is why not, or what to know all the same.

    `then` is what to do about it while nothing was sent. `certain`: Luma will find the same.
    Otherwise it failed on the way or on our own limits, and Luma may get further. Pixels,
    milliseconds and bytes; none where the file did not get so far.
    """

    ok: bool
    what: str = ""
    then: str = ""
    certain: bool = True
    width: int | None = None
    height: int | None = None
    milliseconds: int | None = None
    content_type: str = ""
    size: int | None = None

    @property
    def sentence(self) -> str:
        """What to say before anything was sent."""
        return self.what if self.ok else f"{self.what} Nothing was charged. {self.then}".strip()


def preflight(
    url: str, *, kind: Media, most_bytes: int, most_seconds: float | None = None
) -> Preflight:
    """Fetch an address as Luma would, and look at what comes: reachable, type, size, length.

    https and public, no redirect, at most `most_bytes`, at most 10 s for everything. Keeps
    nothing. Never raises for what lies at the address; Unavailable while this studio has no room.
    """
    ends = time.monotonic() + SECONDS
    try:
        with outbound.fetch(
            url, kind=kind, max_bytes=most_bytes, deadline=FETCH_SECONDS, redirects=0
        ) as fetched:
            found = _look(fetched, kind, max(1.0, ends - time.monotonic()))
            return _judged(fetched, found, most_seconds)
    except FetchError as problem:
        certain = not isinstance(problem, outbound.FetchFailed)
        then = _NOW.get(type(problem), "")
        return Preflight(ok=False, what=_what(problem, most_bytes), then=then, certain=certain)
    except confined.Refusal as problem:
        certain = problem.code not in _OURS
        then = "Choose another file."
        return Preflight(ok=False, what=problem.sentence, then=then, certain=certain)


def answers(url: str) -> Preflight:
    """Whether an address of Luma's own still answers. One HEAD request, at most 5 s."""
    try:
        headed = outbound.head(url, deadline=HEAD_SECONDS)
    except outbound.FetchFailed as problem:
        return Preflight(ok=False, what=str(problem), certain=False)
    except FetchError:
        return _unreachable()
    return Preflight(ok=True, content_type=headed.content_type, size=headed.size)


def reachable_from_outside(public_base_url: str | None) -> Preflight:
    """Whether Luma can reach this studio's files under that address, as far as words can tell.

    On the sandbox it always can. Looks nothing up.
    """
    if settings.ON_SANDBOX:
        return Preflight(ok=True)
    if not public_base_url:
        return _unreachable()
    if isinstance(addresses.read(public_base_url), str):
        return _unreachable(f"PUBLIC_BASE_URL is {public_base_url[:100]}. ")
    return Preflight(ok=True)


def _unreachable(before: str = "") -> Preflight:
    return Preflight(ok=False, what=f"{before}{_UNREACHABLE}", then=_MEANWHILE)


def import_address(team: Team, author: User, url: str, kind: Media) -> Upload:
    """Fetch a picture or a video from an address and keep it as an upload.

    https and public, three redirects at most, 18 s for fetching. Raises StudioError with the
    sentence to show, and as `uploads.add_upload` does.
    """
    try:
        with outbound.fetch(
            url, kind=kind, max_bytes=uploads.MAX_BYTES[kind], deadline=IMPORT_SECONDS
        ) as fetched:
            take = uploads.take_image if kind == "image" else uploads.take_video
            return take(team, author, fetched.path, _name(url))
    except outbound.TooBig as problem:
        raise StudioError(uploads.TOO_LARGE[kind]) from problem
    except FetchError as problem:
        raise StudioError(str(problem)) from problem


def _look(fetched: FetchedFile, kind: Media, seconds: float) -> dict[str, Any]:
    if kind == "image":
        return confined.run("probing", "--picture", fetched.path, seconds=seconds)[0]
    with store.work_file() as poster:
        return confined.run("probing", fetched.path, poster, seconds=seconds)[0]


def _judged(fetched: FetchedFile, found: dict[str, Any], most_seconds: float | None) -> Preflight:
    milliseconds: int | None = found.get("milliseconds")
    what = uploads.codec_notice(found["codec"]) if "codec" in found else ""
    too_long = bool(
        milliseconds and most_seconds is not None and milliseconds > most_seconds * 1000
    )
    if milliseconds and too_long:
        what = (
            f"The video there is {milliseconds / 1000:.1f} s long, and at most {most_seconds:g} s "
            "are taken here."
        )
    return Preflight(
        ok=not too_long,
        what=what,
        then="Choose another model or a shorter video." if too_long else "",
        width=found["width"],
        height=found["height"],
        milliseconds=milliseconds,
        content_type=fetched.content_type,
        size=fetched.size,
    )


def _what(problem: FetchError, most_bytes: int) -> str:
    if isinstance(problem, outbound.TooBig):
        return f"The file there is larger than {most_bytes / 1_000_000:g} MB."
    return str(problem)


def _name(url: str) -> str:
    """The last part of an address's path, as a person would read it."""
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
