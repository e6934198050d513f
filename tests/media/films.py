"""Videos parsed into boxes and elements and rebuilt, and one film of every type."""

import functools
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.media import samples

NESTED = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"mvex", b"moof", b"traf")


@dataclass
class Box:
    """A box of an MP4: bytes, or boxes."""

    kind: bytes
    body: bytes = b""
    parts: list["Box"] = field(default_factory=list)

    def built(self) -> bytes:
        body = self.body + b"".join(part.built() for part in self.parts)
        return box(self.kind, body)

    def find(self, *path: bytes) -> "Box":
        here = self
        for kind in path:
            here = next(part for part in here.parts if part.kind == kind)
        return here


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def parsed(body: bytes) -> Box:
    """The whole file as one box of boxes; `film` puts it together again."""
    return Box(b"", parts=_parts(body))


def film(whole: Box) -> bytes:
    return b"".join(part.built() for part in whole.parts)


def _parts(body: bytes) -> list[Box]:
    found, place = [], 0
    while place < len(body):
        size, kind = struct.unpack(">I4s", body[place : place + 8])
        inner = body[place + 8 : place + size]
        found.append(Box(kind, parts=_parts(inner)) if kind in NESTED else Box(kind, inner))
        place += size
    return found


def edited(change: Callable[[Box], None], of: str = "h264") -> bytes:
    """A valid film with one change to its boxes."""
    whole = parsed(sorts()[of])
    change(whole)
    return film(whole)


def turned(body: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    """The film with the upper left of its display matrix replaced, in whole numbers."""
    whole = parsed(body)
    head = whole.find(b"moov", b"trak", b"tkhd")
    a, b, c, d = (each << 16 for each in matrix)
    rows = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    head.body = head.body[:40] + rows + head.body[76:]
    return film(whole)


def element(name: int, body: bytes = b"", size: int | None = None) -> bytes:
    """An EBML element with a size of eight bytes; `size` may be wrong."""
    width = (name.bit_length() + 7) // 8
    announced = len(body) if size is None else size
    return name.to_bytes(width, "big") + (announced | 1 << 56).to_bytes(8, "big") + body


UNKNOWN_SIZE = (1 << 56) - 1


def webm(
    tracks: bytes, *, doctype: bytes = b"webm", parts: bytes = b"", cluster: bytes = b""
) -> bytes:
    header = element(0x1A45DFA3, element(0x4282, doctype))
    body = element(0x1654AE6B, tracks) + parts + (cluster or element(0x1F43B675))
    return header + element(0x18538067, body)


def track(kind: int = 1, codec: bytes = b"V_VP9", more: bytes = b"") -> bytes:
    return element(0xAE, element(0x83, bytes([kind])) + element(0x86, codec) + more)


_FAST = {"preset": "ultrafast"}
_QUICK = {"deadline": "realtime", "cpu-used": "8"}
_FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
# Name: what `samples.video` is asked for.
_SORTS: dict[str, dict[str, object]] = {
    "h264": {"options": _FAST},
    "h264 with sound": {"options": _FAST, "sound": True},
    "h264 in mov": {"options": _FAST, "container": "mov"},
    "h264 index first": {"options": _FAST, "muxer": {"movflags": "+faststart"}},
    "h264 in fragments": {"options": _FAST | {"g": "4"}, "muxer": _FRAGMENTS},
    "h264 of odd size": {"options": _FAST, "size": (65, 49), "pix_fmt": "yuv444p"},
    "h264 10 bit": {"options": _FAST, "pix_fmt": "yuv420p10le"},
    "hevc": {"codec": "libx265", "options": _FAST | {"x265-params": "log-level=none"}},
    "av1": {"codec": "libsvtav1", "options": {"preset": "12"}},
    "prores": {"codec": "prores_ks", "container": "mov", "pix_fmt": "yuv422p10le"},
    "prores 4444": {
        "codec": "prores_ks",
        "container": "mov",
        "pix_fmt": "yuva444p10le",
        "options": {"profile": "4444"},
    },
    "mpeg4": {"codec": "mpeg4"},
    "mjpeg": {"codec": "mjpeg", "container": "mov", "pix_fmt": "yuvj420p"},
    "vp8": {"codec": "libvpx", "container": "webm", "options": _QUICK},
    "vp9": {"codec": "libvpx-vp9", "container": "webm", "options": _QUICK},
    "vp9 in mp4": {"codec": "libvpx-vp9", "options": _QUICK},
    "vp9 written live": {
        "codec": "libvpx-vp9",
        "container": "webm",
        "options": _QUICK,
        "muxer": {"live": "1"},
    },
    "av1 in webm": {"codec": "libsvtav1", "container": "webm", "options": {"preset": "12"}},
}


@functools.cache
def sorts() -> dict[str, bytes]:
    """A valid film of every type, 64 by 48 pixels and half a second long, by name."""
    made = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, asked in _SORTS.items():
            path = Path(folder) / "a"
            size = {"size": (64, 48), "frames": 12, **asked}
            made[name] = samples.video(path, **size).read_bytes()  # type: ignore[arg-type]
    quarter = (0, 1, -1, 0)
    return made | {"h264 turned": turned(made["h264"], quarter)}
