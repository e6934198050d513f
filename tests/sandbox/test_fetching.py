"""Fetching inputs: which addresses, how much and how long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generations.sandbox import fetching
from generations.sandbox.fetching import UNREADABLE, Unreadable, fetch, fetch_inputs

from .conftest import Listener


@contextmanager
def speaking(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes to the first connection and nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                for piece in pieces:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a"
        thread.join(5)


def refused(url: str, target: Path, limit: int = 1000) -> str:
    with pytest.raises(Unreadable) as error:
        fetch(url, target, limit)
    return str(error.value)


class StoredVideos:
    """Finished videos by id."""

    def __init__(self, **videos: Path) -> None:
        self._videos = videos

    def video_of(self, generation_id: str) -> Path | None:
        return self._videos.get(generation_id)


def test_what_stands_there_is_written(listener: Listener, tmp_path: Path) -> None:
    listener.files["/a"] = b"x" * 1000
    fetch(f"{listener.origin}/a", tmp_path / "a", 1000)
    assert (tmp_path / "a").read_bytes() == b"x" * 1000


def test_one_byte_over_the_limit_is_too_much(listener: Listener, tmp_path: Path) -> None:
    listener.files["/a"] = b"x" * 1001
    assert refused(f"{listener.origin}/a", tmp_path / "a").startswith(f"{UNREADABLE}: larger")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"not http\r\n\r\n",
        b"HTTP/1.1 404 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\n\r\n",
        b"HTTP/1.1 302 Go\r\nLocation: ftp://127.0.0.1/x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntorn",
    ],
)
def test_every_bad_answer_is_unreadable(head: bytes, tmp_path: Path) -> None:
    with speaking(head) as url:
        assert refused(url, tmp_path / "a") == UNREADABLE


def test_a_redirect_in_circles_ends(tmp_path: Path) -> None:
    head = b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:9/\r\n\r\n"
    with speaking(head) as url:
        assert refused(url, tmp_path / "a") == UNREADABLE


def test_a_drip_ends_at_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_SECONDS", 0.3)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    with speaking(head, *[b"x"] * 12, pause=0.05) as url:
        assert "took longer" in refused(url, tmp_path / "a")


def test_silence_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SILENCE_SECONDS", 0.2)
    with speaking(b"", pause=0.6) as url:
        assert refused(url, tmp_path / "a") == UNREADABLE


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nobody.invalid/", "http://[::1"])
def test_nobody_there_is_unreadable(url: str, tmp_path: Path) -> None:
    assert refused(url, tmp_path / "a") == UNREADABLE


def test_inputs_are_gathered_in_their_order(listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"film")
    listener.files["/a"] = b"picture"
    inputs = [
        {"kind": "video", "generation": "one"},
        {"kind": "image", "url": f"{listener.origin}/a"},
    ]
    fetch_inputs(inputs, tmp_path / "inputs", StoredVideos(one=tmp_path / "video.mp4"))
    assert [(tmp_path / "inputs" / name).read_bytes() for name in "01"] == [b"film", b"picture"]


def test_a_linked_video_outlives_its_generation(tmp_path: Path) -> None:
    video = tmp_path / "video.mp4"
    video.write_bytes(b"film")
    fetch_inputs(
        [{"kind": "video", "generation": "one"}], tmp_path / "inputs", StoredVideos(one=video)
    )
    video.unlink()
    assert (tmp_path / "inputs" / "0").read_bytes() == b"film"


def test_a_generation_without_a_video_is_unreadable(tmp_path: Path) -> None:
    for videos in (StoredVideos(), StoredVideos(one=tmp_path / "missing.mp4")):
        with pytest.raises(Unreadable):
            fetch_inputs([{"kind": "video", "generation": "one"}], tmp_path / "inputs", videos)


def test_gathering_again_starts_over(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "7").write_bytes(b"left over")
    fetch_inputs([], tmp_path / "inputs", StoredVideos())
    assert list((tmp_path / "inputs").iterdir()) == []
