"""A real gunicorn under clients that open a video and stop reading: pages still answer."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGE = 64 * 1024 * 1024
THREADS, STREAMS = 16, 8


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One process of 16 threads on a free port, serving one large and one small file."""
    folder = tmp_path_factory.mktemp("stalling")
    with (folder / "film.mp4").open("wb") as film:
        film.truncate(LARGE)
    (folder / "poster.webp").write_bytes(b"\x01" * 40_000)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
        os.set_inheritable(listener.fileno(), True)
        with _gunicorn(listener.fileno(), folder):
            _await(number)
            yield number


@contextmanager
def _gunicorn(descriptor: int, folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{descriptor}"]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "critical"]
    command += ["--no-control-socket", "tests.media.stalling:application"]
    environment = {**os.environ, "STALLING_ROOT": str(folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=(descriptor,))
    try:
        yield
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if get(port, "/page")[1] == b"page":
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("gunicorn did not answer")


def get(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """Status and body."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def stall(port: int) -> tuple[socket.socket, bytes]:
    """Ask for the film, read the head of the answer, and read no more."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    client.settimeout(30)
    client.connect(("127.0.0.1", port))
    client.sendall(b"GET /media/film.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return client, client.recv(200).split(b"\r\n", 1)[0]


def test_pages_answer_while_32_clients_stall(port: int) -> None:
    with ExitStack() as stack:
        lines = []
        for _ in range(32):
            client, line = stall(port)
            stack.enter_context(closing(client))
            lines.append(line)
        for _ in range(40):
            assert get(port, "/page") == (200, b"page")
        assert get(port, "/media/poster.webp")[0] == 200
        assert get(port, "/media/film.mp4", Range="bytes=0-1")[0] == 206
        assert lines.count(b"HTTP/1.1 200 OK") == STREAMS
        assert sum(b" 503 " in line for line in lines) == 32 - STREAMS


def test_slots_come_back_when_the_clients_go(port: int) -> None:
    for _ in range(3):
        clients = [stall(port) for _ in range(STREAMS)]
        for client, line in clients:
            assert line == b"HTTP/1.1 200 OK"
            client.close()
        _await_free(port)


def _await_free(port: int) -> None:
    """Wait until all permits are free: that many streams at once are answered."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        clients = [stall(port) for _ in range(STREAMS)]
        for client, _ in clients:
            client.close()
        if all(line == b"HTTP/1.1 200 OK" for _, line in clients):
            time.sleep(0.2)
            return
        time.sleep(0.1)
    pytest.fail("slots stayed taken")


def test_range_through_the_server_s_own_file_sending_is_exact(port: int) -> None:
    _await_free(port)
    status, body = get(port, "/media/film.mp4", Range=f"bytes={LARGE - 300_000}-")
    assert (status, len(body)) == (206, 300_000)
    status, body = get(port, "/media/film.mp4", Range="bytes=100-250099")
    assert (status, len(body)) == (206, 250_000)


def test_connection_stays_usable_after_a_range(port: int) -> None:
    _await_free(port)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        for _ in range(3):
            client.sendall(
                b"GET /media/film.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-99999\r\n\r\n"
            )
            answer = b""
            while len(answer.partition(b"\r\n\r\n")[2]) < 100_000:
                answer += client.recv(65536)
            assert answer.startswith(b"HTTP/1.1 206 ")
            assert len(answer.partition(b"\r\n\r\n")[2]) == 100_000
