"""Stored files over HTTP: ranges, validators, headers, and the limit of streams."""

import gc
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import HttpResponseBase
from django.test import RequestFactory

from generations.media import serving, store
from generations.media.models import StoredFile
from generations.media.serving import FilePart, StreamLimit, file_response
from studio.errors import NotFound
from studio.teams.models import Team
from tests.media import samples

BODY = b"\xff\xd8\xff" + bytes(range(256)) * 4
SIZE = len(BODY)


@pytest.fixture(autouse=True)
def own_limit(monkeypatch: pytest.MonkeyPatch) -> StreamLimit:
    """A new limit of two streams."""
    fresh = StreamLimit(2)
    monkeypatch.setattr(serving, "stream_limit", lambda: fresh)
    return fresh


def _keep(team: Team, body: bytes) -> StoredFile:
    return store.keep(body, team=team, purpose="original", uuid=uuid4())


@pytest.fixture
def stored(team: Team) -> StoredFile:
    return _keep(team, BODY)


@pytest.fixture
def large(team: Team) -> StoredFile:
    return _keep(team, BODY + b"\0" * 300_000)


def ask(stored: StoredFile, method: str = "GET", **headers: str) -> HttpResponseBase:
    """Return the response to a request. It closes itself when no longer referenced."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return file_response(RequestFactory(headers=named).generic(method, "/"), stored)


def body_of(response: HttpResponseBase) -> bytes:
    body = b"".join(response)
    response.close()
    return body


def test_whole_file_is_sent_with_its_length(stored: StoredFile) -> None:
    response = ask(stored)
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert body_of(response) == BODY


RANGES = [
    ("bytes=0-0", 0, 1),
    ("bytes=0-1", 0, 2),
    ("bytes=0-", 0, SIZE),
    ("bytes=5-9", 5, 10),
    ("bytes=5-", 5, SIZE),
    ("bytes=-1", SIZE - 1, SIZE),
    ("bytes=-100", SIZE - 100, SIZE),
    ("bytes=-99999", 0, SIZE),
    (f"bytes=0-{SIZE - 1}", 0, SIZE),
    (f"bytes=0-{SIZE}", 0, SIZE),
    (f"bytes=10-{10**17}", 10, SIZE),
    (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
    ("BYTES=5-9", 5, 10),
    ("bytes = 5 - 9 ", 5, 10),
]


@pytest.mark.parametrize(("asked", "start", "stop"), RANGES)
def test_one_range_is_answered(stored: StoredFile, asked: str, start: int, stop: int) -> None:
    response = ask(stored, Range=asked)
    partial = stop - start != SIZE
    assert response.status_code == (206 if partial else 200)
    if partial:
        assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert body_of(response) == BODY[start:stop]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_range_outside_of_the_file_is_416(stored: StoredFile, asked: str) -> None:
    response = ask(stored, Range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert body_of(response) == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=9-5",
        "bytes=-",
        "bytes=a-b",
        "bytes",
        "",
        "items=0-5",
        "bytes=0-5;x",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=" + "9" * 400 + "-",
        "bytes=\u00b2-",
    ],
)
def test_other_range_headers_get_the_whole_file(stored: StoredFile, asked: str) -> None:
    response = ask(stored, Range=asked)
    assert response.status_code == 200
    assert body_of(response) == BODY


def test_range_is_kept_when_if_range_names_this_version(stored: StoredFile) -> None:
    whole = ask(stored)
    for validator in (whole["ETag"], whole["Last-Modified"]):
        assert ask(stored, Range="bytes=0-1", If_Range=validator).status_code == 206
    whole.close()


@pytest.mark.parametrize("validator", ['"other"', "W/{etag}", "Thu, 01 Jan 1970 00:00:00 GMT", "x"])
def test_range_is_ignored_when_if_range_names_another(stored: StoredFile, validator: str) -> None:
    given = validator.format(etag=f'"{stored.sha256}"')
    assert ask(stored, Range="bytes=0-1", If_Range=given).status_code == 200


@pytest.mark.parametrize("tags", ["{etag}", "W/{etag}", '"a", {etag}', "*"])
def test_known_tag_is_304_without_a_body(stored: StoredFile, tags: str) -> None:
    response = ask(stored, If_None_Match=tags.format(etag=f'"{stored.sha256}"'))
    assert response.status_code == 304
    assert response["ETag"] == f'"{stored.sha256}"'
    assert body_of(response) == b""


def test_other_tag_gets_the_file_whatever_the_date_says(stored: StoredFile) -> None:
    later = format_datetime(stored.created_at + timedelta(days=1), usegmt=True)
    assert ask(stored, If_None_Match='"other"', If_Modified_Since=later).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(1, 304), (-1, 200)])
def test_date_decides_where_no_tag_is_given(stored: StoredFile, days: int, status: int) -> None:
    date = format_datetime(stored.created_at + timedelta(days=days), usegmt=True)
    assert ask(stored, If_Modified_Since=date).status_code == status


def test_head_says_all_and_sends_nothing(stored: StoredFile) -> None:
    response = ask(stored, "HEAD", Range="bytes=0-1")
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert body_of(response) == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(stored: StoredFile, method: str) -> None:
    response = ask(stored, method)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_headers_keep_the_file_harmless(stored: StoredFile) -> None:
    response = ask(stored)
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Content-Disposition"] == 'inline; filename="original.jpg"'
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_public_file_may_be_kept_by_shared_caches(stored: StoredFile) -> None:
    response = file_response(RequestFactory().get("/"), stored, public=True)
    assert response["Cache-Control"].startswith("public, ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fox.mp4", 'attachment; filename="fox.mp4"'),
        ('a "b".mp4', 'attachment; filename="a \\"b\\".mp4"'),
        ("Füchse.mp4", "attachment; filename*=utf-8''F%C3%BCchse.mp4"),
        ("../../etc/passwd", 'attachment; filename=".._.._etc_passwd"'),
        ("a\r\nSet-Cookie: x", 'attachment; filename="a__Set-Cookie_ x"'),
        ("gnp.\u202eexe", 'attachment; filename="gnp._exe"'),
    ],
)
def test_download_name_is_said_safely(stored: StoredFile, name: str, expected: str) -> None:
    response = file_response(RequestFactory().get("/"), stored, download_name=name)
    assert response["Content-Disposition"] == expected


def test_lost_file_is_not_found_and_takes_no_slot(
    large: StoredFile, own_limit: StreamLimit
) -> None:
    store.path_of(large).unlink()
    for _ in range(4):
        with pytest.raises(NotFound):
            ask(large)
    assert own_limit.acquire()


def test_streams_beyond_the_bound_are_told_to_come_back(large: StoredFile) -> None:
    under_way = [ask(large), ask(large)]
    refused = ask(large)
    assert refused.status_code == 503
    assert refused["Retry-After"] == "2"
    assert refused["Cache-Control"] == "no-store"
    under_way[0].close()
    assert ask(large).status_code == 200


def test_small_bodies_take_no_slot(large: StoredFile, stored: StoredFile) -> None:
    under_way = [ask(large), ask(large)]
    assert ask(stored).status_code == 200
    assert ask(large, Range="bytes=0-1000").status_code == 206
    assert ask(large, "HEAD").status_code == 200
    assert [each.status_code for each in under_way] == [200, 200]


def test_slot_comes_back_once_however_often_it_is_closed(
    large: StoredFile, own_limit: StreamLimit
) -> None:
    response = ask(large)
    for _ in range(3):
        response.close()
    assert own_limit.acquire()
    assert own_limit.acquire()
    assert own_limit.acquire() is None


def test_forgotten_response_gives_its_slot_back(large: StoredFile, own_limit: StreamLimit) -> None:
    ask(large)
    first, second = own_limit.acquire(), own_limit.acquire()
    assert first
    assert second


def test_part_can_be_sent_by_the_kernel(large: StoredFile) -> None:
    part = FilePart(store.open_file(large), (3, 259), None)
    ours, theirs = socket.socketpair()
    assert ours.sendfile(part, offset=3, count=256) == 256
    assert theirs.recv(1000) == BODY[3:259]
    for each in (part, ours, theirs):
        each.close()


def test_no_query_is_made(stored: StoredFile, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        body_of(ask(stored))


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    with socket.socket() as made:
        yield made


def test_silent_client_will_be_dropped_by_the_kernel(
    stored: StoredFile, connection: socket.socket
) -> None:
    request = RequestFactory().get("/", **{"gunicorn.socket": connection})  # type: ignore[arg-type]
    file_response(request, stored).close()
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


def test_slots_are_counted_right_by_many_threads() -> None:
    limit, most, now, lock = StreamLimit(5), [0], [0], threading.Lock()

    def work() -> None:
        for _ in range(200):
            if permit := limit.acquire():
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                with lock:
                    now[0] -= 1
                permit.release()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most[0] <= 5
    assert [bool(limit.acquire()) for _ in range(6)] == [True] * 5 + [False]


def test_video_keeps_its_type(team: Team, tmp_path: object) -> None:
    film = samples.video(tmp_path / "a.mp4", frames=3)  # type: ignore[operator]
    assert ask(_keep(team, film.read_bytes()))["Content-Type"] == "video/mp4"


def test_a_forgotten_part_frees_its_slot_and_tells_nobody(tmp_path: Path) -> None:
    """As Django's WSGI handler leaves it: the response's own `close` in place of the part's."""
    film = tmp_path / "film"
    film.write_bytes(b"0" * 100)
    places = StreamLimit(1)
    part = FilePart(film.open("rb"), (0, 100), places.acquire())
    told: list[str] = []

    def finished() -> None:
        told.append("the request is finished")

    part.close = finished  # type: ignore[method-assign]
    del part
    gc.collect()
    assert told == []
    assert places.acquire() is not None
