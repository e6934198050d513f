"""Storing a result: fetched, checked, stored, with its poster, whatever the file server does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from django.conf import LazySettings

from generations import tasks
from generations.actions import fetch_again
from generations.lifecycle.transitions import Actor, move
from generations.media import derivatives, store
from generations.media.footage import Unreadable
from generations.media.models import StoredFile
from generations.models import Asset, Generation, State
from generations.tasks import storing
from generations.tasks.storing import NAMESPACE
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, attempt_of, fresh, later, press, run, still
from tests.generations.core.wire import Wire
from tests.generations.host import File, Host
from tests.media.samples import encoded, noise, picture, video
from tests.spending.ledger import check_books, entries_of


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of 320 x 180 video."""
    return video(tmp_path_factory.mktemp("film") / "a.mp4").read_bytes()


@pytest.fixture
def storing_row(dreaming: Generation, wire: Wire, host: Host, film: bytes) -> Generation:
    """A generation whose file is at the host and is to be fetched."""
    return finished(dreaming, wire, host.put("/a.mp4", film))


def finished(row: Generation, wire: Wire, url: str) -> Generation:
    """Let the API complete it with its file at `url`."""
    wire.complete(attempt_of(row).remote_id, **{row.media_type: url})
    assert move(row.pk, State.STORING, actor=Actor.POLLER)
    Asset.objects.create(generation=row, kind=row.media_type, url=url)
    return fresh(row, State.STORING)


def again(row: Generation, seconds: float = 1000) -> Generation:
    """Run the task again when the row is due."""
    later(seconds)
    tasks.store_assets(row.pk)
    return fresh(row)


def test_a_video_is_stored_with_poster_and_preview(
    storing_row: Generation, film: bytes, queue: Queue
) -> None:
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.original is not None
    assert row.poster is not None
    assert row.preview is not None
    assert store.path_of(row.original).read_bytes() == film
    assert (row.original.width, row.original.height, row.original.milliseconds) == (320, 180, 1000)
    assert (row.poster.content_type, row.preview.content_type) == ("image/webp", "video/mp4")
    assert row.thumb is not None
    assert (row.thumb.width, row.thumb.height) == (288, 162)
    assert row.completed_at is not None
    assert row.assets.get().file == row.original
    assert queue == []


def test_a_picture_is_stored_with_its_poster(
    seat: Seat, wire: Wire, host: Host, queue: Queue
) -> None:
    row = press(seat, still())[0]
    tasks.submit_generation(row.pk)
    finished(row, wire, host.put("/a.jpg", encoded(picture((640, 360)), "JPEG")))
    tasks.store_assets(row.pk)
    found = fresh(row, State.COMPLETED)
    assert found.original is not None
    assert found.poster is not None
    assert found.preview is None
    assert found.original.content_type == "image/jpeg"


def test_a_second_hint_does_nothing_more(storing_row: Generation, host: Host) -> None:
    for _ in range(3):
        tasks.store_assets(storing_row.pk)
    assert host.asked == ["/a.mp4"]
    assert StoredFile.objects.count() == 4
    assert fresh(storing_row).version == storing_row.version + 1


@pytest.mark.parametrize("state", sorted(set(State) - {State.STORING}))
def test_only_a_storing_row_is_stored(state: State, storing_row: Generation, host: Host) -> None:
    Generation.objects.update(state=state)
    tasks.store_assets(storing_row.pk)
    assert host.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_ran_out_is_replaced_by_a_fresh_one(
    status: int, storing_row: Generation, wire: Wire, host: Host, film: bytes
) -> None:
    host.put("/a.mp4", status=status)
    wire.complete(attempt_of(storing_row).remote_id, video=host.put("/fresh.mp4", film))
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.STORING)
    assert f"The address answered {status}." in row.note
    assert again(row).state == State.COMPLETED
    assert host.asked == ["/a.mp4", "/fresh.mp4"]


@pytest.mark.parametrize("instead", [b"<html>Error", b'<?xml version="1.0"?><Error/>', b'{"e": 1}'])
def test_an_error_page_in_place_of_the_video_counts_as_a_stale_address(
    instead: bytes, storing_row: Generation, wire: Wire, host: Host, film: bytes
) -> None:
    host.put("/a.mp4", instead)
    wire.complete(attempt_of(storing_row).remote_id, video=host.put("/fresh.mp4", film))
    tasks.store_assets(storing_row.pk)
    assert not StoredFile.objects.exists()
    assert again(storing_row).state == State.COMPLETED


@pytest.mark.parametrize(
    "spoil",
    [
        File(status=500),
        File(status=503),
        File(b"", 200),
        File(b"\x00" * 5000, 200),
        File(b"x" * 100, 200, announce=10_000_000_000),
        File(status=302, headers={"Location": "http://127.0.0.1:1/a.mp4"}),
        File(status=302, headers={"Location": "http://169.254.169.254/a.mp4"}),
        File(status=302, headers={"Location": "file:///etc/passwd"}),
        File(status=302, headers={"Location": "/a.mp4"}),
        File(b"x" * 100, 200, headers={"Content-Encoding": "br"}),
    ],
    ids=["500", "503", "nothing", "zeros", "huge", "port", "cloud", "file", "loop", "packed"],
)
def test_a_file_server_that_misbehaves_is_asked_again(
    spoil: File, storing_row: Generation, host: Host, film: bytes
) -> None:
    host.files["/a.mp4"] = spoil
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.STORING)
    assert row.note.startswith("Finished, but copying to your library failed. Trying again.")
    asset = Asset.objects.get()
    assert (asset.tries, asset.file) == (1, None)
    assert asset.last_error
    assert not StoredFile.objects.exists()
    host.put("/a.mp4", film)
    found = again(row)
    assert found.state == State.COMPLETED
    assert found.note == ""
    assert Asset.objects.get().last_error == ""


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_torn_download_is_thrown_away(
    share: float, storing_row: Generation, host: Host, film: bytes
) -> None:
    host.put("/a.mp4", film[: int(len(film) * share)], announce=len(film))
    tasks.store_assets(storing_row.pk)
    fresh(storing_row, State.STORING)
    assert not StoredFile.objects.exists()
    assert not [path for path in Path(store.disk().root).rglob("*") if path.is_file()]


def test_a_picture_in_place_of_a_video_is_not_kept(storing_row: Generation, host: Host) -> None:
    host.put("/a.mp4", encoded(picture()))
    tasks.store_assets(storing_row.pk)
    fresh(storing_row, State.STORING)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.org/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://user:secret@127.0.0.1/a.mp4",
        "https://cdn.example.org/" + "a" * 3900,
        "https://cdn.example.org/ä b#c@d",
    ],
)
def test_an_address_of_another_kind_is_not_followed(
    url: str, storing_row: Generation, host: Host
) -> None:
    Asset.objects.update(url=url)
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.STORING)
    assert row.note.startswith("Finished, but copying to your library failed.")
    assert host.asked == []


def test_the_pauses_grow(storing_row: Generation, host: Host) -> None:
    host.put("/a.mp4", status=500)
    pauses = []
    for _ in range(12):
        tasks.store_assets(storing_row.pk)
        pause = (fresh(storing_row).not_before - now()).total_seconds()
        pauses.append(round(pause))
        later(pause + 1)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_after_seven_days_it_is_said_plainly_that_it_is_lost(
    storing_row: Generation, host: Host
) -> None:
    host.put("/a.mp4", status=404)
    tasks.store_assets(storing_row.pk)
    assert again(storing_row, 6 * 86_400).state == State.STORING
    row = again(storing_row, 2 * 86_400)
    assert row.state == State.MEDIA_LOST
    assert "for seven days" in row.note


def test_fetch_again_finds_it_after_all(
    storing_row: Generation,
    host: Host,
    film: bytes,
    ed: User,
    queue: Queue,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Generation.objects.update(state=State.MEDIA_LOST)
    Asset.objects.update(tries=60)
    with django_capture_on_commit_callbacks(execute=True):
        fetch_again(storing_row, acting_user=ed)
    assert queue == [("store_assets", storing_row.pk)]
    with pytest.raises(Conflict):
        fetch_again(storing_row, acting_user=ed)
    run(queue)
    row = fresh(storing_row, State.COMPLETED)
    assert row.poster is not None


def test_what_came_late_has_a_poster_like_anything_else(
    storing_row: Generation, host: Host, film: bytes
) -> None:
    """Failed downloads are no reason to leave its picture out."""
    host.put("/a.mp4", status=500)
    for _ in range(6):
        again(storing_row)
    host.put("/a.mp4", film)
    row = again(storing_row)
    assert row.state == State.COMPLETED
    assert row.poster is not None
    assert row.preview is not None


# Crashes


def test_a_file_that_was_stored_before_the_crash_is_not_fetched_again(
    storing_row: Generation, host: Host, film: bytes
) -> None:
    identity = uuid5(NAMESPACE, f"{storing_row.uuid} original")
    store.place(film, identity)
    assert not StoredFile.objects.exists()
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.original is not None
    assert row.original.uuid == identity
    assert host.asked == []


def test_a_worker_that_dies_over_a_file_is_followed_by_another_after_its_lease(
    storing_row: Generation, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object) -> bytes:
        raise SystemExit

    monkeypatch.setattr(derivatives, "make_poster", killed)
    for _ in range(storing.DERIVE_TRIES):
        with pytest.raises(SystemExit):
            tasks.store_assets(storing_row.pk)
        tasks.store_assets(storing_row.pk)
        fresh(storing_row, State.STORING)
        later(121)
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.poster is None
    assert row.original is not None
    assert host.asked == ["/a.mp4"]


@pytest.mark.parametrize("maker", ["make_poster", "make_preview"])
def test_a_picture_that_cannot_be_made_does_not_keep_the_video_out(
    maker: str, storing_row: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*args: object) -> bytes:
        raise Unreadable("torn")

    monkeypatch.setattr(derivatives, maker, unreadable)
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.original is not None
    assert (row.poster is None) == (maker == "make_poster")
    assert (row.preview is None) == (maker == "make_preview")


def test_a_video_that_does_not_decode_is_kept_without_pictures(
    storing_row: Generation, host: Host, queue: Queue
) -> None:
    host.put("/a.mp4", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 5000)
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.original is not None
    assert (row.poster, row.preview, row.original.width) == (None, None, None)
    run(queue)


def test_the_preview_of_a_large_video_comes_after_it_is_in_the_library(
    storing_row: Generation, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "PREVIEW_AT_ONCE", 100)
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.COMPLETED)
    assert row.preview is None
    assert queue == [("make_preview", row.pk)]
    run(queue)
    found = fresh(row)
    assert found.preview is not None
    assert found.version == row.version + 1
    tasks.make_preview(row.pk)
    assert fresh(row).version == found.version
    tasks.make_preview(10**9)


def test_a_disk_that_is_full_makes_it_wait_and_says_so(
    storing_row: Generation, settings: LazySettings
) -> None:
    settings.MEDIA_RESERVE = 10**18
    tasks.store_assets(storing_row.pk)
    row = fresh(storing_row, State.STORING)
    assert "Saving is waiting" in row.note
    settings.MEDIA_RESERVE = 0
    assert again(row).state == State.COMPLETED


def test_a_large_file_is_cut_at_the_cap(
    storing_row: Generation, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(storing.MOST_BYTES, "video", 1000)
    tasks.store_assets(storing_row.pk)
    assert "larger than 1,000 bytes" in fresh(storing_row, State.STORING).note


def test_an_image_of_another_type_is_kept_as_what_it_is(
    seat: Seat, wire: Wire, host: Host, queue: Queue
) -> None:
    row = press(seat, still())[0]
    tasks.submit_generation(row.pk)
    finished(row, wire, host.put("/a.jpg", encoded(noise((64, 64)), "PNG")))
    tasks.store_assets(row.pk)
    found = fresh(row, State.COMPLETED)
    assert found.original is not None
    assert found.original.content_type == "image/png"


def test_while_the_api_is_down_the_old_address_is_tried_again(
    storing_row: Generation, wire: Wire, host: Host, film: bytes
) -> None:
    host.put("/a.mp4", status=404)
    wire.forgotten.add(str(attempt_of(storing_row).remote_id))
    tasks.store_assets(storing_row.pk)
    fresh(storing_row, State.STORING)
    host.put("/a.mp4", film)
    assert again(storing_row).state == State.COMPLETED


def test_storing_costs_nothing(storing_row: Generation) -> None:
    tasks.store_assets(storing_row.pk)
    assert entries_of(attempt_of(storing_row)) == "hold post"
    check_books()


@pytest.fixture(autouse=True)
def whole_store(db: None) -> Iterator[None]:
    """A row exists if and only if its file does, and no work is left lying about."""
    yield
    root = Path(store.disk().root)
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert files == set(StoredFile.objects.values_list("path", flat=True))
