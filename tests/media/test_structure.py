"""The structure check of videos: complete, plain and self-contained, or refused with a reason."""

import time
from pathlib import Path

import pytest

from generations.media import probing, structure
from generations.media.refusals import SENTENCES, Refused
from generations.media.sniffing import MP4, WEBM, sniff
from tests.media import films, hostile
from tests.media.films import Box, box

HOSTILE = hostile.videos()
SORTS = films.sorts()


def looked_at(tmp_path: Path, body: bytes) -> dict[str, object]:
    path = tmp_path / "given"
    path.write_bytes(body)
    return probing.main(path, tmp_path / "poster")


def test_corpus_is_large_enough() -> None:
    assert len(HOSTILE) >= 90
    assert len(SORTS) >= 18


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_video_gets_its_reason_soon(tmp_path: Path, name: str) -> None:
    body, code = HOSTILE[name]
    begun = time.process_time()
    assert looked_at(tmp_path, body) == {"refused": code}
    assert time.process_time() - begun < 5
    assert code in SENTENCES
    assert not (tmp_path / "poster").exists()


@pytest.mark.parametrize("name", SORTS)
def test_sound_video_of_every_sort_passes(tmp_path: Path, name: str) -> None:
    body = SORTS[name]
    path = tmp_path / "a"
    path.write_bytes(body)
    kind = sniff(body[:64])
    assert kind is not None
    structure.check(path, kind)


def _refused(tmp_path: Path, body: bytes) -> str:
    """Return the reason that the structure check gives, without a decoder."""
    path = tmp_path / "a"
    path.write_bytes(body)
    with pytest.raises(Refused) as refusal:
        structure.check(path, WEBM if body.startswith(b"\x1aE") else MP4)
    return str(refusal.value)


@pytest.mark.parametrize(
    "name",
    [name for name in HOSTILE if name.startswith(("U23", "U24", "U27", "U30"))],
)
def test_decoder_never_sees_it(tmp_path: Path, name: str) -> None:
    body, code = HOSTILE[name]
    assert _refused(tmp_path, body) == code


def test_empty_file_is_incomplete(tmp_path: Path) -> None:
    assert _refused(tmp_path, b"") == "incomplete"


def test_depth_is_counted_and_not_recursed_into(tmp_path: Path) -> None:
    inner = b""
    for _ in range(100_000):
        inner = box(b"minf", inner) if len(inner) < 2**20 else inner
    assert _refused(tmp_path, box(b"ftyp", b"isom") + box(b"mdat") + box(b"moov", inner)) == (
        "video_damaged"
    )


def test_last_box_may_reach_to_the_end(tmp_path: Path) -> None:
    body = SORTS["h264 index first"]
    place = body.rindex(b"mdat") - 4
    assert "refused" not in looked_at(tmp_path, body[:place] + b"\0\0\0\0" + body[place + 4 :])


def test_long_sizes_are_read(tmp_path: Path) -> None:
    whole = films.parsed(SORTS["h264 index first"])
    pictures = whole.parts.pop()
    body = films.film(whole)
    # The pictures start eight bytes later, so the room before them is eight bytes smaller.
    free = body.rindex(b"free") - 4
    assert pictures.kind == b"mdat"
    size = (len(pictures.body) + 16).to_bytes(8, "big")
    assert body[free:] == box(b"free")
    moved = body[:free] + b"\0\0\0\1mdat" + size + pictures.body
    assert "refused" not in looked_at(tmp_path, moved)


@pytest.mark.parametrize("lie", [0, 1, 2**31, 2**32 - 1])
@pytest.mark.parametrize("head", [b"mvhd", b"tkhd", b"mdhd"])
def test_length_is_counted_and_not_believed(tmp_path: Path, head: bytes, lie: int) -> None:
    where = {b"mvhd": ((), 16), b"tkhd": ((b"trak",), 20), b"mdhd": ((b"trak", b"mdia"), 16)}

    def change(whole: Box) -> None:
        path, offset = where[head]
        part = whole.find(b"moov", *path, head)
        part.body = part.body[:offset] + lie.to_bytes(4, "big") + part.body[offset + 4 :]

    assert looked_at(tmp_path, films.edited(change))["milliseconds"] == 500


def test_length_that_a_webm_claims_is_not_believed(tmp_path: Path) -> None:
    body = SORTS["vp9"]
    place = body.index(b"\x44\x89\x88") + 3
    for lie in (b"\xc1\xcd\xcd\x65\0\0\0\0", b"\x7f\xf8" + bytes(6), bytes(8)):
        assert looked_at(tmp_path, body[:place] + lie + body[place + 8 :])["milliseconds"] == 499


@pytest.mark.parametrize(
    ("matrix", "size"),
    [
        ((1, 0, 0, 1), (64, 48)),
        ((0, 1, -1, 0), (48, 64)),
        ((-1, 0, 0, -1), (64, 48)),
        ((0, -1, 1, 0), (48, 64)),
        ((0, 0, 0, 0), (64, 48)),
        ((32767, -32768, 5, 9), (64, 48)),
    ],
)
def test_turned_video_is_measured_as_people_see_it(
    tmp_path: Path, matrix: tuple[int, int, int, int], size: tuple[int, int]
) -> None:
    found = looked_at(tmp_path, films.turned(SORTS["h264"], matrix))
    assert (found["width"], found["height"]) == size
