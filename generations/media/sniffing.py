"""What a file is, by its first bytes: the only ground on which a type is ever given to one."""

from dataclasses import dataclass
from typing import Literal

Media = Literal["image", "video"]

HEAD_BYTES = 64


@dataclass(frozen=True)
class FileType:
    """One kind of file that the store keeps; `demuxer` is FFmpeg's name for its container."""

    name: str
    media: Media
    content_type: str
    extension: str
    demuxer: str = ""


JPEG = FileType("JPEG", "image", "image/jpeg", "jpg")
PNG = FileType("PNG", "image", "image/png", "png")
WEBP = FileType("WEBP", "image", "image/webp", "webp")
MP4 = FileType("MP4", "video", "video/mp4", "mp4", "mp4")
MOV = FileType("MOV", "video", "video/quicktime", "mov", "mov")
WEBM = FileType("WEBM", "video", "video/webm", "webm", "webm")

KEPT = (JPEG, PNG, WEBP, MP4, MOV, WEBM)
EXTENSIONS = tuple(kind.extension for kind in KEPT)

# Brands of still pictures in the same box format (HEIF, AVIF): they are not videos.
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# What people send by mistake, by its first bytes: it gets the sentence about types.
_FOREIGN_VIDEOS = (
    b"\x1aE\xdf\xa3",  # Matroska
    b"RIFF",  # AVI
    b"FLV",
    b"\x30\x26\xb2\x75",  # WMV
    b"OggS",
    b"\0\0\1\xba",  # MPEG
    b"\0\0\1\xb3",
    b"G@\0",  # an MPEG transport stream's first packet
    b"DKIF",
    b"YUV4MPEG2",
    b"#EXTM3U",
    b"ffconcat",
    b"[Reference]",
    b"<MPD",
    b"<ASX",
    b"<asx",
)
_FOREIGN = (
    *_FOREIGN_VIDEOS,
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\1\0",
    b"8BPS",
    b"SIMPLE  =",
    b"%!PS",
    b"\xc5\xd0\xd3\xc6",
    b"%PDF",
    b"\x1f\x8b",
    b"<",
    b"\xef\xbb\xbf<",
    b"PK\3\4",
    b"MZ",
    b"\x7fELF",
    b"\xff\x0a",
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",
    b"#!",
    b"X5O!",
)


def foreign(head: bytes) -> Media | Literal["other"] | None:
    """What a file is that the store does not keep, where its first bytes tell; None otherwise."""
    start = head.lstrip()
    if head.startswith(_FOREIGN_VIDEOS) or start.startswith(_FOREIGN_VIDEOS):
        return "video"
    return "other" if start.startswith(_FOREIGN) or head.startswith(_FOREIGN) else None


def sniff(head: bytes) -> FileType | None:
    """Name the type that the first `HEAD_BYTES` bytes show; none when the store keeps no such."""
    return _picture(head) or _box_file(head) or _matroska(head)


def of_extension(extension: str) -> FileType:
    """The type behind an extension of ours. Raises KeyError for any other."""
    return {kind.extension: kind for kind in KEPT}[extension]


def of_content_type(content_type: str) -> FileType:
    """The type behind a content type of ours. Raises KeyError for any other."""
    return {kind.content_type: kind for kind in KEPT}[content_type]


def _picture(head: bytes) -> FileType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return WEBP if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _box_file(head: bytes) -> FileType | None:
    """MP4 and MOV: a first box `ftyp`; QuickTime's brand is `qt` with two spaces."""
    if head[4:8] != b"ftyp" or head[8:12] in _STILL_BRANDS or len(head) < 12:
        return None
    return MOV if head[8:12] == b"qt  " else MP4


def _matroska(head: bytes) -> FileType | None:
    """WebM says its document type within the first EBML header; Matroska at large is not kept."""
    return WEBM if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head else None
