"""Videos that must be refused, each with its reason: rows U23 to U35 of docs/bad-input.md."""

import io
import struct
import zipfile
from collections.abc import Callable

from tests.media.films import (
    UNKNOWN_SIZE,
    Box,
    box,
    edited,
    element,
    film,
    parsed,
    sorts,
    track,
    webm,
)

MEDIA = (b"moov", b"trak", b"mdia")
TABLE = (*MEDIA, b"minf", b"stbl")
FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
FTYP_QT = box(b"ftyp", b"qt  \0\0\2\0qt  ")


def videos() -> dict[str, tuple[bytes, str]]:
    """Name: bytes, and the code of the sentence that they get."""
    return {
        **_torn(),
        **_sizes(),
        **_times(),
        **_elsewhere(),
        **_disguised(),
        **_tracks(),
        **_webm(),
    }


def _whole() -> bytes:
    return sorts()["h264"]


def _without(kind: bytes) -> bytes:
    whole = parsed(_whole())
    whole.parts = [part for part in whole.parts if part.kind != kind]
    return film(whole)


def _torn() -> dict[str, tuple[bytes, str]]:
    whole, first = _whole(), sorts()["h264 index first"]
    return {
        "U23 without moov": (_without(b"moov"), "incomplete"),
        "U23 without mdat": (_without(b"mdat"), "incomplete"),
        "U23 ftyp alone": (FTYP, "incomplete"),
        "U23 cut at half": (whole[: len(whole) // 2], "incomplete"),
        "U23 cut in the last box": (whole[:-20], "incomplete"),
        "U23 index first, cut in the pictures": (first[:-200], "incomplete"),
        "U23 four bytes too many": (whole + b"\0\0\0\1", "incomplete"),
        "U24 moov twice": (whole + parsed(whole).find(b"moov").built(), "video_damaged"),
        "U24 archive behind the film": (whole + _archive(), "incomplete"),
        "U24 archive behind the film in mov": (sorts()["h264 in mov"] + _archive(), "incomplete"),
        "mdat of zeros": (_zeroed(), "video_damaged"),
    }


def _zeroed() -> bytes:
    whole = parsed(_whole())
    pictures = whole.find(b"mdat")
    pictures.body = bytes(len(pictures.body))
    return film(whole)


def _sizes() -> dict[str, tuple[bytes, str]]:
    moov = parsed(_whole()).find(b"moov").built()
    rest = _without(b"moov")
    deep = b"\0\0\0\0"
    for _ in range(1000):
        deep = box(b"trak", deep)
    deeper = b""
    for _ in range(1000):
        deeper = box(b"minf", deeper)
    return {
        "U24 moov of size 0": (rest + b"\0\0\0\0" + moov[4:], "video_damaged"),
        "U24 moov of size 1": (rest + b"\0\0\0\1" + moov[4:], "incomplete"),
        "U24 moov of size 2": (rest + b"\0\0\0\2" + moov[4:], "video_damaged"),
        "U24 moov of size 7": (rest + b"\0\0\0\7" + moov[4:], "video_damaged"),
        "U24 moov of 2^32 - 1": (rest + b"\xff\xff\xff\xff" + moov[4:], "incomplete"),
        "U24 moov of 2^64 - 1": (rest + b"\0\0\0\1moov" + b"\xff" * 8 + moov[8:], "incomplete"),
        "U24 moov of 2^63": (rest + b"\0\0\0\1moov\x80" + b"\0" * 7 + moov[8:], "incomplete"),
        "U24 moov of long size 3": (rest + b"\0\0\0\1moov" + b"\0" * 7 + b"\3", "video_damaged"),
        "U24 empty moov": (rest + box(b"moov"), "silent_picture"),
        "U24 a thousand traks deep": (rest + box(b"moov", deep), "video_damaged"),
        "U24 a thousand boxes deep": (rest + box(b"moov", deeper), "video_damaged"),
        "U24 a million boxes": (rest + box(b"free") * 1_000_000 + moov, "complex"),
        "U24 a million boxes in moov": (rest + box(b"moov", box(b"free") * 1_000_000), "complex"),
        "U24 moov of 33 MB": (rest + box(b"moov", box(b"free", bytes(34_000_000))), "complex"),
        "U24 box larger than its parent": (_grown(b"mdia"), "video_damaged"),
        "U24 table with more rows than bytes": (_rows(b"stts", 2**31), "video_damaged"),
        "U24 chunk table of 2^32 - 1": (_rows(b"stco", 2**32 - 1), "video_damaged"),
        "U24 sizes of 2^32 - 1 samples": (_equal_sizes(2**32 - 1), "complex"),
        "U24 sizes of 2 million samples": (_equal_sizes(2_000_000), "complex"),
        "U24 fragments of 2^32 - 1 samples": (_fragments(), "complex"),
        "U24 table cut short": (edited(_short(b"stsz")), "video_damaged"),
    }


def _grown(kind: bytes) -> bytes:
    body = bytearray(_whole())
    place = body.index(kind) - 4
    body[place : place + 4] = struct.pack(">I", 900_000)
    return bytes(body)


def _short(kind: bytes) -> Callable[[Box], None]:
    def change(whole: Box) -> None:
        whole.find(*TABLE, kind).body = b"\0\0\0\0"

    return change


def _rows(kind: bytes, count: int) -> bytes:
    def change(whole: Box) -> None:
        table = whole.find(*TABLE, kind)
        table.body = table.body[:4] + struct.pack(">I", count) + table.body[8:]

    return edited(change)


def _equal_sizes(count: int) -> bytes:
    def change(whole: Box) -> None:
        whole.find(*TABLE, b"stsz").body = struct.pack(">III", 0, 1, count)

    return edited(change)


def _fragments() -> bytes:
    def change(whole: Box) -> None:
        run = whole.find(b"moof", b"traf", b"trun")
        run.body = run.body[:4] + b"\xff\xff\xff\xff" + run.body[8:]

    return edited(change, "h264 in fragments")


def _times() -> dict[str, tuple[bytes, str]]:
    return {
        "U25 negative time between frames": (_stts(2**32 - 1), "no_length"),
        "U25 a year between frames": (_stts(2**30), "too_long"),
        "U25 no clock": (edited(_no_clock), "video_damaged"),
    }


def _stts(delta: int) -> bytes:
    def change(whole: Box) -> None:
        count = whole.find(*TABLE, b"stsz").body[8:12]
        whole.find(*TABLE, b"stts").body = b"\0\0\0\0\0\0\0\1" + count + struct.pack(">I", delta)
        table = whole.find(*TABLE)
        table.parts = [part for part in table.parts if part.kind != b"ctts"]
        trak = whole.find(b"moov", b"trak")
        trak.parts = [part for part in trak.parts if part.kind != b"edts"]

    return edited(change)


def _no_clock(whole: Box) -> None:
    head = whole.find(*MEDIA, b"mdhd")
    head.body = head.body[:12] + b"\0\0\0\0" + head.body[16:]


def _elsewhere() -> dict[str, tuple[bytes, str]]:
    address = b"\0\0\0\0http://127.0.0.1/secret\0"
    alias = b"\0\0\0\0" + b"\0" * 10 + b"Macintosh HD:etc:passwd"
    rest = _without(b"moov")
    by_reference = box(b"rmra", box(b"rmda", box(b"rdrf", b"\0\0\0\0url \0\0\0\x08file:///")))
    return {
        "U27 dref to an address": (_dref(box(b"url ", address)), "elsewhere"),
        "U27 dref by name": (_dref(box(b"urn ", address)), "elsewhere"),
        "U27 dref to an alias": (_dref(box(b"alis", alias)), "elsewhere"),
        "U27 dref to a resource": (_dref(box(b"rsrc", alias)), "elsewhere"),
        "U27 second dref": (_dref(box(b"url ", b"\0\0\0\1") + box(b"url ", address)), "elsewhere"),
        "U27 dref cut short": (_dref(box(b"url ", b"\0")), "video_damaged"),
        "U27 movie by reference": (rest + box(b"moov", by_reference), "elsewhere"),
        "U27 packed movie": (rest + box(b"moov", box(b"cmov", b"\0" * 50)), "video_damaged"),
    }


def _dref(entries: bytes) -> bytes:
    def change(whole: Box) -> None:
        place = whole.find(*MEDIA, b"minf", b"dinf", b"dref")
        place.body = b"\0\0\0\0\0\0\0\2" + entries

    return edited(change)


def _archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    return target.getvalue()


def _disguised() -> dict[str, tuple[bytes, str]]:
    playlist = b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/\n"
    gab = b"RIFF\x24\0\0\0AVI LIST\0\0\0\0hdrlGAB2\0" + playlist
    packet = b"G@\0\x10" + b"\xff" * 184
    return {
        "U02 noise": (bytes(range(128, 256)) * 30, "unknown"),
        "U02 zeros": (bytes(5000), "unknown"),
        "U28 HLS": (playlist, "video_type"),
        "U28 DASH": (
            b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/</BaseURL></MPD>',
            "video_type",
        ),
        "U28 ffconcat": (b"ffconcat version 1.0\nfile /etc/passwd\n", "video_type"),
        "U28 AVI with GAB2": (gab, "video_type"),
        "U28 transport stream": (packet * 20, "video_type"),
        "U28 asx": (b'<asx version="3.0"><entry><ref href="x"/></entry></asx>', "video_type"),
        "U28 strm": (b"http://127.0.0.1:8000/x.mp4\n", "unknown"),
        "U28 HLS behind a box": (FTYP + playlist, "incomplete"),
        "U28 HLS in a box": (FTYP + box(b"mdat", playlist), "incomplete"),
        "U29 Matroska": (webm(track(), doctype=b"matroska"), "video_type"),
        "U29 AVI": (b"RIFF\x24\0\0\0AVI LIST" + bytes(300), "video_type"),
        "U29 WMV": (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(300), "video_type"),
        "U29 FLV": (b"FLV\1\5\0\0\0\x09" + bytes(300), "video_type"),
        "U29 OGV": (b"OggS\0\2" + bytes(300), "video_type"),
        "U34 ZIP": (_archive(), "video_type"),
        "U34 EXE": (b"MZ\x90\0" + bytes(300), "video_type"),
        "U34 ELF": (b"\x7fELF\2\1\1" + bytes(300), "video_type"),
        "U34 TAR": (b"evil.sh".ljust(257, b"\0") + b"ustar  \0" + bytes(300), "unknown"),
        "U34 disk image": (bytes(32769) + b"CD001" + bytes(300), "unknown"),
        "U34 office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(300), "unknown"),
        "U35 EICAR": (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "video_type"),
        "heic": (box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(200), "video_type"),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "video_type"),
    }


def _tracks() -> dict[str, tuple[bytes, str]]:
    return {
        "U30 sound alone": (edited(_handler(b"soun")), "silent_picture"),
        "U30 text alone": (edited(_handler(b"text")), "silent_picture"),
        "U30 no tracks": (edited(_no_track), "silent_picture"),
        "U30 65 tracks": (edited(_many_tracks), "tracks"),
        "U30 no codec": (edited(_codec(b"")), "video_damaged"),
        "unknown codec": (edited(_codec(b"evil")), "codec"),
        "encrypted": (edited(_codec(b"encv")), "codec"),
        "U32 0x0": (_sized(0, 0), "video_damaged"),
        "U32 16383 square": (_sized(16383, 16383), "sides"),
        "U32 8 by 48": (_sized(8, 48), "sides"),
        "U32 9000 by 48": (_sized(9000, 48), "sides"),
    }


def _handler(kind: bytes) -> Callable[[Box], None]:
    def change(whole: Box) -> None:
        handler = whole.find(*MEDIA, b"hdlr")
        handler.body = handler.body[:8] + kind + handler.body[12:]

    return change


def _codec(name: bytes) -> Callable[[Box], None]:
    def change(whole: Box) -> None:
        table = whole.find(*TABLE, b"stsd")
        table.body = table.body[:12] + name + table.body[16:] if name else bytes(8)

    return change


def _no_track(whole: Box) -> None:
    movie = whole.find(b"moov")
    movie.parts = [part for part in movie.parts if part.kind != b"trak"]


def _many_tracks(whole: Box) -> None:
    whole.find(b"moov").parts += [whole.find(b"moov", b"trak")] * 64


def _sized(width: int, height: int) -> bytes:
    """A VP8 film whose track and whose first frame claim that size."""
    body = sorts()["vp8"]
    frame = body.index(b"\x9d\x01\x2a") + 3
    body = body[:frame] + struct.pack("<HH", width, height) + body[frame + 4 :]
    for name, side, given in ((b"\xb0", 64, width), (b"\xba", 48, height)):
        assert name + b"\x81" + bytes([side]) in body
        # A byte is too small for the size, so the track keeps quiet about it.
        body = body.replace(name + b"\x81" + bytes([side]), b"\xec\x81\0", 1) if given else body
    return body


def _webm() -> dict[str, tuple[bytes, str]]:
    whole = sorts()["vp9"]
    attachment = element(0x1941A469, element(0x61A7, element(0x465C, b"<script>")))
    packed = element(0x6D80, element(0x6240, element(0x5034)))
    header = element(0x1A45DFA3, element(0x4282, b"webm"))
    void = element(0xEC)
    return {
        "webm header alone": (header, "incomplete"),
        "webm cut at half": (whole[: len(whole) // 2], "incomplete"),
        "webm cut near the end": (whole[:-30], "incomplete"),
        "webm without clusters": (webm(track(), cluster=void), "incomplete"),
        "webm without pictures": (webm(track()), "video_damaged"),
        "webm of sound": (webm(track(2, b"A_OPUS")), "silent_picture"),
        "webm with 65 tracks": (webm(track() * 65), "tracks"),
        "webm with an attachment": (webm(track(), parts=attachment), "video_type"),
        "webm with packed frames": (webm(track(more=packed)), "video_type"),
        "webm with a foreign codec": (webm(track(1, b"V_MPEG4/ISO/AVC")), "video_type"),
        "webm with a codec of QuickTime": (webm(track(1, b"V_QUICKTIME")), "video_type"),
        "webm and something behind it": (whole + _archive(), "video_damaged"),
        "webm with two documents": (whole + whole, "video_damaged"),
        "webm with a foreign part": (webm(track(), parts=element(0x1234)), "video_damaged"),
        "webm of 200,001 parts": (webm(track(), parts=void * 200_001), "complex"),
        "webm with 2^56 - 2 bytes": (
            header + element(0x18538067, b"", (1 << 56) - 2),
            "incomplete",
        ),
        "webm that never ends": (header + element(0x18538067, b"", UNKNOWN_SIZE), "incomplete"),
        "webm of tracks without end": (
            header + element(0x18538067, element(0x1654AE6B, track(), UNKNOWN_SIZE)),
            "video_damaged",
        ),
        "webm of zeros": (header + bytes(500), "video_damaged"),
        "webm in webm": (webm(track(), doctype=b"webm2"), "video_type"),
    }
