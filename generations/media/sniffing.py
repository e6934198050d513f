"""The type of a file by its first bytes. Nothing else ever decides it. Imports no Django."""

from dataclasses import dataclass
from typing import Literal

Media = Literal["image", "video"]

HEAD_BYTES = 64


@dataclass(frozen=True)
class FileType:
    """A type of file that the store accepts. `demuxer` is FFmpeg's name for its container."""

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

ACCEPTED = (JPEG, PNG, WEBP, MP4, MOV, WEBM)
EXTENSIONS = tuple(kind.extension for kind in ACCEPTED)

# Brands of still pictures in the same box format (HEIF, AVIF): they are not videos.
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# First bytes of other types that people upload by mistake. They get the sentence about types.
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
    """Return the kind of media of a known type that the store does not accept, else None."""
    start = head.lstrip()
    if head.startswith(_FOREIGN_VIDEOS) or start.startswith(_FOREIGN_VIDEOS):
        return "video"
    return "other" if start.startswith(_FOREIGN) or head.startswith(_FOREIGN) else None


def sniff(head: bytes) -> FileType | None:
    """Return the accepted type that the first HEAD_BYTES bytes show, or None."""
    return _picture(head) or _mp4_or_mov(head) or _webm(head)


def of_extension(extension: str) -> FileType:
    """Return the type of one of our extensions. Raises KeyError for others."""
    return {kind.extension: kind for kind in ACCEPTED}[extension]


def of_content_type(content_type: str) -> FileType:
    """Return the type of one of our content types. Raises KeyError for others."""
    return {kind.content_type: kind for kind in ACCEPTED}[content_type]


def _picture(head: bytes) -> FileType | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return WEBP if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _mp4_or_mov(head: bytes) -> FileType | None:
    """Recognise MP4 and MOV by the first box `ftyp`; QuickTime's brand is `qt` with two spaces."""
    if head[4:8] != b"ftyp" or head[8:12] in _STILL_BRANDS or len(head) < 12:
        return None
    return MOV if head[8:12] == b"qt  " else MP4


def _webm(head: bytes) -> FileType | None:
    """Recognise WebM by the document type in the EBML header; other Matroska is not accepted."""
    return WEBM if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head else None
