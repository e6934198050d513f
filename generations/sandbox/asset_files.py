"""Finished files over HTTP, without a key as at the service's CDN: GET, HEAD, one range."""

from __future__ import annotations

import re
from pathlib import Path

from .exchange import Answer, Call
from .refusals import Refused, not_found

_CONTENT_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png"}
_ADDRESS = re.compile(r"/assets/([0-9a-f-]{36})/([a-z]+\.(?:mp4|jpg|png))")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def asset_answer(call: Call, assets: Path) -> Answer:
    """Return the requested file below `assets`, or the range of it: 200 or 206, else Refused."""
    if call.method not in ("GET", "HEAD"):
        raise Refused(405, "Method Not Allowed", {"Allow": "GET, HEAD"})
    found = _ADDRESS.fullmatch(call.path)
    file = assets / found[1] / found[2] if found else None
    if file is None or not file.is_file():
        raise not_found("Not Found")
    size = file.stat().st_size
    headers = {
        "Content-Type": _CONTENT_TYPES[file.suffix],
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=3600",
        "Access-Control-Allow-Origin": "*",
    }
    asked = _RANGE.fullmatch(call.header("Range").strip())
    if asked is None or asked[1] + asked[2] == "":
        return Answer(200, headers=headers, file=file, span=(0, size))
    start, end = _span(asked[1], asked[2], size)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Answer(206, headers=headers, file=file, span=(start, end))


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Return start and end (exclusive) of a range; 416 when it begins after the end of the file."""
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= size or end <= start:
        raise Refused(416, "Range Not Satisfiable", {"Content-Range": f"bytes */{size}"})
    return start, end
