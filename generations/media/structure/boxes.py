"""Checks the boxes of MP4 and MOV files (ISO/IEC 14496-12, QuickTime File Format)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from generations.media.limits import MAX_TRACKS
from generations.media.refusals import Refused

MAX_BOXES = 200_000  # an hour in fragments of a second has 15,000
MAX_DEPTH = 12
MAX_SAMPLES = 1_000_000  # an hour at 240 frames a second, all fragments together
MAX_MOVIE = 32 * 1024 * 1024  # bytes of all tables; an hour of a phone's video has 3 MB

# The boxes that FFmpeg opens on its way to a sample table or to another file.
_CONTAINERS = frozenset(
    (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"mvex", b"tref")
)
# Movies by reference, and movies compressed with zlib: neither has been made for twenty years.
_BY_REFERENCE = frozenset((b"rmra", b"rmda", b"rdrf"))
_COMPRESSED = frozenset((b"cmov", b"cmvd"))

# Bytes of one row in each table; the count of rows follows version and flags.
_ROWS = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stss": 4}

CODECS = frozenset(
    (
        *(b"avc1", b"avc2", b"avc3", b"avc4"),
        *(b"hvc1", b"hev1", b"dvh1", b"dvhe"),
        *(b"av01", b"vp08", b"vp09", b"mp4v"),
        *(b"apch", b"apcn", b"apcs", b"apco", b"ap4h", b"ap4x"),
        *(b"jpeg", b"mjpa", b"mjpb", b"AVdn", b"AVdh"),
    )
)


@dataclass(frozen=True)
class Box:
    """A box: its type, and the offsets in the file where its content starts and ends."""

    kind: bytes
    start: int
    end: int


@dataclass
class _Track:
    """What has been read of a track so far."""

    handler: bytes = b""
    codecs: list[bytes] = field(default_factory=list)
    samples: int = 0


def check(body: mmap) -> None:
    """Raise Refused unless the file is one complete movie that needs no other file."""
    boxes = _Boxes(body)
    whole = list(boxes.top())
    kinds = [box.kind for box in whole]
    if b"moov" not in kinds or not {b"mdat", b"moof"}.intersection(kinds):
        raise Refused("incomplete")
    if kinds.count(b"moov") > 1 or kinds[0] != b"ftyp":
        raise Refused("video_damaged")
    movie = whole[kinds.index(b"moov")]
    tracks = _Movie(boxes).tracks(movie)
    _check_tracks(tracks)
    fragments = [box for box in whole if box.kind == b"moof"]
    samples = sum(track.samples for track in tracks if track.handler == b"vide")
    if samples + _fragment_samples(boxes, fragments) > MAX_SAMPLES:
        raise Refused("complex")


def _check_tracks(tracks: list[_Track]) -> None:
    if len(tracks) > MAX_TRACKS:
        raise Refused("tracks")
    pictures = [track for track in tracks if track.handler == b"vide"]
    if not pictures:
        raise Refused("silent_picture")
    for track in pictures:
        if not track.codecs or not CODECS.issuperset(track.codecs):
            raise Refused("codec" if track.codecs else "video_damaged")


class _Boxes:
    """The boxes of a file. Reads at most MAX_BOXES of them."""

    def __init__(self, body: mmap) -> None:
        self.body = body
        self._left = MAX_BOXES

    def top(self) -> Iterator[Box]:
        """Yield the outermost boxes. A box that ends beyond the file means a missing part."""
        place, end = 0, len(self.body)
        while place < end:
            if end - place < 8:
                raise Refused("incomplete")
            box = self._read(place, end, "incomplete", open_end=True)
            yield box
            place = box.end

    def within(self, outer: Box, skip: int = 0) -> Iterator[Box]:
        """Yield the boxes inside a box, after its first `skip` bytes."""
        place = outer.start + skip
        while outer.end - place >= 8:
            box = self._read(place, outer.end, "video_damaged")
            yield box
            place = box.end
        if self.body[place : outer.end].strip(b"\0"):
            raise Refused("video_damaged")

    def number(self, box: Box, offset: int, size: int = 4) -> int:
        """Return an unsigned number in a box."""
        start = box.start + offset
        if start + size > box.end:
            raise Refused("video_damaged")
        return int.from_bytes(self.body[start : start + size], "big")

    def word(self, box: Box, offset: int) -> bytes:
        """Return four characters in a box."""
        return self.number(box, offset).to_bytes(4, "big")

    def _read(self, place: int, limit: int, torn: str, *, open_end: bool = False) -> Box:
        self._left -= 1
        if self._left < 0:
            raise Refused("complex")
        size, head = int.from_bytes(self.body[place : place + 4], "big"), 8
        kind = self.body[place + 4 : place + 8]
        if size == 1:
            size, head = int.from_bytes(self.body[place + 8 : place + 16], "big"), 16
        elif size == 0 and open_end and kind != b"moov":
            size = limit - place
        if size < head:
            raise Refused("video_damaged")
        if place + size > limit:
            raise Refused(torn)
        return Box(kind, place + head, place + size)


class _Movie:
    """Walks through all boxes in `moov` and checks those that matter."""

    def __init__(self, boxes: _Boxes) -> None:
        self._boxes = boxes
        self._tracks: list[_Track] = []

    def tracks(self, movie: Box) -> list[_Track]:
        """Check every box and return the tracks. Raises Refused."""
        if movie.end - movie.start > MAX_MOVIE:
            raise Refused("complex")
        self._walk(movie, 1)
        return self._tracks

    def _walk(self, outer: Box, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Refused("video_damaged")
        for box in self._boxes.within(outer):
            if box.kind in _BY_REFERENCE:
                raise Refused("elsewhere")
            if box.kind in _COMPRESSED or (box.kind == b"trak" and depth > 1):
                raise Refused("video_damaged")
            if box.kind == b"trak":
                self._tracks.append(_Track())
            self._check_box(box, self._tracks[-1] if self._tracks else _Track())
            if box.kind in _CONTAINERS:
                self._walk(box, depth + 1)

    def _check_box(self, box: Box, track: _Track) -> None:
        if box.kind == b"dref":
            self._check_references(box)
        elif box.kind == b"hdlr":
            # The first names the kind of media; QuickTime has a second, for the data references.
            track.handler = track.handler or self._boxes.word(box, 8)
        elif box.kind == b"stsd":
            track.codecs += [entry.kind for entry in self._boxes.within(box, skip=8)]
        elif box.kind == b"mdhd":
            self._check_timescale(box)
        elif box.kind in (b"stsz", b"stz2"):
            track.samples += self._sizes(box)
        elif box.kind in _ROWS:
            self._check_rows(box, self._boxes.number(box, 4), _ROWS[box.kind], 8)

    def _check_references(self, box: Box) -> None:
        """Raise Refused unless each data reference has the flag for data in this file."""
        for entry in self._boxes.within(box, skip=8):
            if not self._boxes.number(entry, 0) & 1:
                raise Refused("elsewhere")

    def _check_timescale(self, box: Box) -> None:
        offset = 20 if self._boxes.number(box, 0, 1) == 1 else 12
        if not self._boxes.number(box, offset):
            raise Refused("video_damaged")

    def _sizes(self, box: Box) -> int:
        count = self._boxes.number(box, 8)
        if box.kind == b"stsz" and not self._boxes.number(box, 4):
            self._check_rows(box, count, 4, 12)
        return count

    def _check_rows(self, box: Box, count: int, row: int, head: int) -> None:
        if head + count * row > box.end - box.start:
            raise Refused("video_damaged")


def _fragment_samples(boxes: _Boxes, fragments: list[Box]) -> int:
    """Return how many samples the fragments announce, for all tracks together."""
    samples = 0
    for fragment in fragments:
        for track in boxes.within(fragment):
            if track.kind == b"traf":
                runs = [box for box in boxes.within(track) if box.kind == b"trun"]
                samples += sum(boxes.number(run, 4) for run in runs)
    return samples
