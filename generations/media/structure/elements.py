"""Checks the EBML elements of WebM files (RFC 8794, RFC 9559, webmproject.org's guidelines).

Other Matroska files are refused: they may have attachments, compressed frames and any codec.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap

from generations.media.limits import MAX_TRACKS
from generations.media.refusals import Refused

MAX_ELEMENTS = 200_000
MAX_TRACKS_BYTES = 4 * 1024 * 1024  # of the element that describes the tracks

HEADER, DOCTYPE = 0x1A45DFA3, 0x4282
SEGMENT, INFO, TRACKS, CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
ATTACHMENTS = 0x1941A469
TRACK, TRACK_TYPE, CODEC, ENCODINGS = 0xAE, 0x83, 0x86, 0x6D80

# SeekHead, Info, Tracks, Cluster, Cues, Tags, Chapters, Void, CRC-32.
_IN_SEGMENT = frozenset(
    (0x114D9B74, INFO, TRACKS, CLUSTER, 0x1C53BB6B, 0x1254C367, 0x1043A770, 0xEC, 0xBF)
)
# Timestamp, Position, PrevSize, SilentTracks, SimpleBlock, BlockGroup, Void, CRC-32.
_IN_CLUSTER = frozenset((0xE7, 0xA7, 0xAB, 0x5854, 0xA3, 0xA0, 0xEC, 0xBF))
CODECS = (b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS", b"D_WEBVTT", b"S_TEXT/WEBVTT")
VIDEO = 1


@dataclass(frozen=True)
class Element:
    """An element: its id, and the offsets of its content. `end` is None if it is not known."""

    id: int
    start: int
    end: int | None


def check(body: mmap) -> None:
    """Raise Refused unless the file is one complete WebM with a video track."""
    elements = _Elements(body)
    header = elements.read(0, len(body))
    if header.id != HEADER or header.end is None:
        raise Refused("video_damaged")
    types = [elements.content(each) for each in elements.within(header) if each.id == DOCTYPE]
    if [kind.rstrip(b"\0") for kind in types] != [b"webm"]:
        raise Refused("video_type")
    segment = elements.read(header.end, len(body))
    if segment.id != SEGMENT:
        raise Refused("video_damaged")
    if segment.end is not None and segment.end < len(body):
        raise Refused("video_damaged")
    _check_segment(elements, segment, len(body))


def _check_segment(elements: "_Elements", segment: Element, end: int) -> None:
    seen: set[int] = set()
    for each in elements.parts(segment.start, segment.end or end):
        if each.id == ATTACHMENTS:
            raise Refused("video_type")
        if each.id not in _IN_SEGMENT or (each.id == TRACKS and TRACKS in seen):
            raise Refused("video_damaged")
        if each.id == TRACKS:
            _check_tracks(elements, each)
        seen.add(each.id)
    if not {TRACKS, CLUSTER} <= seen:
        raise Refused("incomplete")


def _check_tracks(elements: "_Elements", tracks: Element) -> None:
    if tracks.end is None or tracks.end - tracks.start > MAX_TRACKS_BYTES:
        raise Refused("video_damaged")
    entries = [each for each in elements.within(tracks) if each.id == TRACK]
    if len(entries) > MAX_TRACKS:
        raise Refused("tracks")
    kinds = [_track_type(elements, entry) for entry in entries]
    if VIDEO not in kinds:
        raise Refused("silent_picture")


def _track_type(elements: "_Elements", entry: Element) -> int:
    """Check a track's codec and encoding; return its type. Raises Refused."""
    parts = {each.id: each for each in elements.within(entry)}
    if ENCODINGS in parts:
        raise Refused("video_type")
    if TRACK_TYPE not in parts or CODEC not in parts:
        raise Refused("video_damaged")
    if not elements.content(parts[CODEC]).startswith(CODECS):
        raise Refused("video_type")
    return int.from_bytes(elements.content(parts[TRACK_TYPE]), "big")


class _Elements:
    """The elements of a file. Reads at most MAX_ELEMENTS of them."""

    def __init__(self, body: mmap) -> None:
        self._body = body
        self._left = MAX_ELEMENTS

    def read(self, place: int, limit: int, torn: str = "incomplete") -> Element:
        """Return the element at an offset. `torn` is the reason if it ends after `limit`."""
        self._left -= 1
        if self._left < 0:
            raise Refused("complex")
        width = self._width(place, limit, 4, torn)
        name = int.from_bytes(self._body[place : place + width], "big")
        place += width
        width = self._width(place, limit, 8, torn)
        size = int.from_bytes(self._body[place : place + width], "big") & ((1 << 7 * width) - 1)
        start = place + width
        if size == (1 << 7 * width) - 1:
            return Element(name, start, None)
        if start + size > limit:
            raise Refused(torn)
        return Element(name, start, start + size)

    def within(self, outer: Element) -> Iterator[Element]:
        """Yield the elements in an element. The end of each must be known."""
        place, limit = outer.start, outer.end
        while limit is not None and place < limit:
            each = self.read(place, limit, "video_damaged")
            if each.end is None:
                raise Refused("video_damaged")
            yield each
            place = each.end

    def parts(self, place: int, limit: int) -> Iterator[Element]:
        """Yield the parts of a segment. A cluster of unknown size ends at the next part."""
        while place < limit:
            each = self.read(place, limit)
            if each.end is None and each.id != CLUSTER:
                raise Refused("video_damaged")
            yield each
            place = each.end or self._end_of(each.start, limit, lambda id_: id_ in _IN_CLUSTER)

    def content(self, element: Element) -> bytes:
        """Return the first 64 bytes of an element at most."""
        end = element.end or element.start
        return self._body[element.start : min(end, element.start + 64)]

    def _end_of(self, place: int, limit: int, belongs: Callable[[int], bool]) -> int:
        """Return the offset of the first element that does not belong."""
        while place < limit:
            each = self.read(place, limit)
            if not belongs(each.id):
                return place
            if each.end is None:
                raise Refused("video_damaged")
            place = each.end
        return place

    def _width(self, place: int, limit: int, most: int, torn: str) -> int:
        """Return how many bytes a number has, by its leading zero bits."""
        if place >= limit:
            raise Refused(torn)
        width = 9 - self._body[place].bit_length()
        if width > most:
            raise Refused("video_damaged")
        if place + width > limit:
            raise Refused(torn)
        return width
