"""Posters, previews and measures."""

import errno
import io
import struct
import time
import zlib
from pathlib import Path

import av
import pytest
from PIL import Image

from generations.media import derivatives
from generations.media.derivatives import Measures, make_poster, make_preview, measure, probe_video
from generations.media.footage import Unreadable
from generations.media.posters import POSTER_BYTES, fitted, poster_of, thumb_of
from generations.media.sniffing import JPEG, MP4, PNG
from studio.errors import Unavailable
from tests.media import samples


def _open(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def test_probe_names_size_length_and_sound(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4", frames=48, sound=True)
    found = probe_video(film)
    assert (found.width, found.height, found.has_audio) == (320, 180, True)
    assert found.milliseconds == pytest.approx(2000, abs=40)


def test_silent_video_has_no_sound(tmp_path: Path) -> None:
    assert not probe_video(samples.video(tmp_path / "a.mp4")).has_audio


@pytest.mark.parametrize(
    ("container", "codec"), [("mp4", "libx264"), ("mov", "libx264"), ("webm", "libvpx-vp9")]
)
def test_each_container_is_read_as_itself(tmp_path: Path, container: str, codec: str) -> None:
    film = samples.video(tmp_path / f"a.{container}", container=container, codec=codec, frames=12)
    found = probe_video(film)
    assert (found.width, found.height) == (320, 180)
    assert _open(make_poster(film, "video")).size == (320, 180)


def test_measures_of_a_picture_come_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(samples.encoded(samples.picture((300, 200)), "JPEG"))
    assert measure(path, JPEG) == Measures(300, 200)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (5000, 100), (100, 5000), (16, 16)])
def test_poster_of_a_picture_is_small_in_pixels_and_bytes(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(samples.encoded(samples.picture(size), "JPEG"))
    body = make_poster(path, "image")
    poster = _open(body)
    assert poster.format == "WEBP"
    assert poster.width <= 480
    assert poster.height <= 960
    assert len(body) <= POSTER_BYTES


def test_poster_keeps_the_shape() -> None:
    poster = _open(poster_of(samples.picture((1536, 1024))))
    assert poster.size == (480, 320)


def test_thumb_fits_the_stage_of_a_card() -> None:
    for size, small in {
        (1536, 1024): (288, 192),
        (720, 1280): (108, 192),
        (64, 48): (64, 48),
    }.items():
        thumb = _open(thumb_of(poster_of(samples.picture(size))))
        assert (thumb.format, thumb.size) == ("WEBP", small)


def test_poster_of_noise_still_fits() -> None:
    assert len(poster_of(samples.noise((1280, 2560)))) <= POSTER_BYTES


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK", "1"])
def test_poster_takes_every_mode(mode: str) -> None:
    assert _open(poster_of(samples.picture((64, 64), mode))).size == (64, 64)


def test_small_picture_is_never_enlarged() -> None:
    assert fitted((100, 50), 480, 960) == (100, 50)


def test_video_poster_is_its_first_frame(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4", size=(640, 360), frames=30)
    poster = _open(make_poster(film, "video")).convert("RGB")
    assert poster.size == (480, 270)
    red, green, _ = poster.getpixel((100, 40))  # type: ignore[misc]
    assert red > 150 > 90 > green


def test_preview_is_muted_small_and_as_long(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4", size=(1280, 720), frames=120, sound=True)
    preview = make_preview(film, tmp_path / "p.mp4")
    found = probe_video(preview)
    assert preview.stat().st_size <= 400_000
    assert not found.has_audio
    assert (found.width, found.height) == (640, 360)
    assert found.milliseconds == pytest.approx(5000, abs=60)


def test_preview_can_be_played_before_it_is_whole(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4")
    body = make_preview(film, tmp_path / "p.mp4").read_bytes()
    assert 0 < body.index(b"moov") < body.index(b"mdat")


def test_preview_plays_in_browsers(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.webm", container="webm", codec="libvpx-vp9", frames=12)
    with av.open(str(make_preview(film, tmp_path / "p.mp4"))) as preview:
        stream = preview.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"


def test_preview_of_noise_still_fits(tmp_path: Path) -> None:
    fast = {"preset": "ultrafast", "crf": "30"}
    film = samples.video(tmp_path / "a.mp4", size=(640, 360), frames=72, wild=True, options=fast)
    preview = make_preview(film, tmp_path / "p.mp4")
    assert preview.stat().st_size <= 400_000
    assert probe_video(preview).milliseconds == pytest.approx(3000, abs=150)


def test_fast_frames_are_thinned_and_not_slowed(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4", frames=120, rate=60)
    preview = make_preview(film, tmp_path / "p.mp4")
    with av.open(str(preview)) as container:
        assert 55 <= sum(1 for _ in container.decode(video=0)) <= 65
    assert probe_video(preview).milliseconds == pytest.approx(2000, abs=60)


def test_odd_sizes_are_encoded_even(tmp_path: Path) -> None:
    film = samples.video(tmp_path / "a.mp4", size=(1000, 302), frames=6)
    found = probe_video(make_preview(film, tmp_path / "p.mp4"))
    assert found.width % 2 == 0
    assert found.height % 2 == 0


def _damaged(tmp_path: Path) -> list[Path]:
    whole = samples.video(tmp_path / "whole.mp4").read_bytes()
    bodies = {
        "cut": whole[: len(whole) // 3],
        "headless": b"\0\0\0\x18ftypmp42" + b"\0" * 400,
        "garbage": b"\0\0\0\x18ftypisom" + bytes(range(256)) * 20,
        "list": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/x\n",
        "script": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "empty": b"",
        "picture": samples.encoded(samples.picture()),
    }
    paths = []
    for name, body in bodies.items():
        path = tmp_path / f"{name}.mp4"
        path.write_bytes(body)
        paths.append(path)
    return paths


def test_damaged_and_disguised_videos_are_unreadable(tmp_path: Path) -> None:
    for path in _damaged(tmp_path):
        with pytest.raises(Unreadable):
            probe_video(path)
        with pytest.raises(Unreadable):
            make_poster(path, "video")
        with pytest.raises(Unreadable):
            make_preview(path, tmp_path / "p.mp4")


def test_sound_alone_is_not_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        samples.tone(output, output.add_stream("aac", rate=44100), 1)
    with pytest.raises(Unreadable):
        measure(path, MP4)


def test_damaged_pictures_have_no_poster(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(samples.encoded(samples.noise((400, 400)), "JPEG")[:9000])
    with pytest.raises(Unreadable):
        make_poster(path, "image")


@pytest.mark.parametrize("size", [(40_000, 40_000), (8000, 8000), (0, 0)])
def test_bomb_has_no_poster_and_no_measures(tmp_path: Path, size: tuple[int, int]) -> None:
    body = bytearray(samples.encoded(samples.picture()))
    body[16:24] = struct.pack(">II", *size)
    body[29:33] = struct.pack(">I", zlib.crc32(body[12:29]))
    path = tmp_path / "a.png"
    path.write_bytes(body)
    with pytest.raises(Unreadable):
        make_poster(path, "image")
    with pytest.raises(Unreadable):
        measure(path, PNG)


def test_full_disk_is_not_the_file_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = samples.video(tmp_path / "a.mp4", frames=3)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(derivatives, "_encode", full)
    with pytest.raises(Unavailable, match="Storage is full"):
        make_preview(film, tmp_path / "p.mp4")


def test_poster_costs_a_fraction_of_an_encode(tmp_path: Path) -> None:
    """P15: at most 1/25 of a veryfast encode of the same 5 s 720p clip; 1/12 where others work."""
    begun = time.process_time()
    film = samples.video(
        tmp_path / "a.mp4", size=(1280, 720), frames=120, options={"preset": "veryfast"}
    )
    encode = time.process_time() - begun
    begun = time.process_time()
    make_poster(film, "video")
    poster = time.process_time() - begun
    print(f"encode {encode:.3f} s, poster {poster:.3f} s, 1/{encode / poster:.0f}")
    assert poster < encode / 12
