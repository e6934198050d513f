"""The quota of a team, and which unused uploads are deleted."""

import random
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from generations.media import quota, store, uploads
from generations.media.models import StoredFile, Upload
from generations.media.quota import QuotaReached, check_room, used_bytes
from generations.media.uploads import add_image_upload, add_upload, purge_unused, remove_upload
from generations.models import Generation, GenerationInput, Kind
from studio import clock
from studio.accounts.models import User
from studio.errors import Conflict, NotFound, Unavailable
from studio.teams.models import Team
from tests.media import films, samples

pytestmark = pytest.mark.usefixtures("in_process")

DAY = timedelta(hours=24)


def picture(seed: int = 1) -> bytes:
    return samples.encoded(samples.noise((64, 64), seed=seed), "JPEG")


@pytest.fixture
def add(team: Team, ed: User) -> Callable[..., Upload]:
    return lambda seed=1: add_image_upload(team, ed, SimpleUploadedFile("a.jpg", picture(seed)))


def use(upload: Upload) -> Generation:
    generation = Generation.objects.create(
        team=upload.team,
        author=upload.author,
        kind=Kind.IMAGE_TO_VIDEO,
        media_type="video",
        prompt="a red fox in snow",
        model="ray-2",
        submit_key=uuid4(),
    )
    GenerationInput.objects.create(generation=generation, slot="start_frame", upload=upload)
    return generation


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_everything_a_team_keeps_counts(add: Callable[..., Upload], team: Team, cleo: User) -> None:
    assert used_bytes(team) == 0
    upload = add()
    result = store.keep(films.sorts()["h264"], team=team, purpose="original", uuid=uuid4())
    store.keep(picture(9), team=cleo.teams.get(), purpose="original", uuid=uuid4())
    assert upload.poster is not None
    assert used_bytes(team) == upload.file.size + upload.poster.size + result.size


def test_room_is_counted_in_one_query(
    add: Callable[..., Upload], team: Team, django_assert_num_queries: Any
) -> None:
    for seed in range(3):
        add(seed)
    with django_assert_num_queries(1):
        check_room(team, 1)


def test_full_team_is_told_how_full_and_what_to_do(
    add: Callable[..., Upload], team: Team, settings: Settings
) -> None:
    settings.MEDIA_QUOTA = 20 * 1000**3
    add()
    StoredFile.objects.filter(purpose="upload").update(size=20 * 1000**3)
    with pytest.raises(QuotaReached) as refusal:
        check_room(team, 0)
    assert refusal.value.sentence == (
        "Your team has used 20 of 20 GB. "
        "Delete uploads and results that you no longer need, then try again."
    )
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    ("used", "shown"), [(0, "0"), (1_500_000_000, "1.5"), (19_950_000_001, "20"), (7 * 10**9, "7")]
)
def test_sizes_are_shown_short(used: int, shown: str) -> None:
    assert str(QuotaReached(used, 20 * 10**9)).startswith(f"Your team has used {shown} of 20 GB.")


def test_quota_is_twenty_gigabytes(settings: Settings) -> None:
    assert settings.MEDIA_QUOTA == 20 * 1000**3


def test_picture_that_does_not_fit_leaves_nothing(
    add: Callable[..., Upload], settings: Settings, media_root: Path
) -> None:
    settings.MEDIA_QUOTA = 100
    with pytest.raises(QuotaReached):
        add()
    assert not StoredFile.objects.exists()
    assert files(media_root) == []


def test_video_that_does_not_fit_is_refused_before_it_is_written(
    team: Team, ed: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_QUOTA = 1000
    monkeypatch.setattr(store, "disk", pytest.fail)
    monkeypatch.setattr(store, "work_file", ExitStack)
    with pytest.raises(QuotaReached):
        add_upload(team, ed, SimpleUploadedFile("a.mp4", films.sorts()["h264"]))


def test_result_is_kept_although_the_team_is_full(team: Team, settings: Settings) -> None:
    settings.MEDIA_QUOTA = 0
    assert store.keep(picture(), team=team, purpose="original", uuid=uuid4()).size


def test_removing_makes_room(
    add: Callable[..., Upload],
    ed: User,
    settings: Settings,
    django_capture_on_commit_callbacks: Any,
) -> None:
    first = add(1)
    settings.MEDIA_QUOTA = used_bytes(first.team) + 2000
    with pytest.raises(QuotaReached):
        add(2)
    with django_capture_on_commit_callbacks(execute=True):
        remove_upload(first, acting_user=ed)
    assert add(2).file.size


def test_same_picture_fits_although_another_would_not(
    add: Callable[..., Upload], team: Team, settings: Settings
) -> None:
    first = add(1)
    settings.MEDIA_QUOTA = used_bytes(team) + 10
    assert add(1) == first


@pytest.mark.django_db(transaction=True)
def test_uploads_at_once_never_exceed_the_quota(
    team: Team, ed: User, settings: Settings, media_root: Path
) -> None:
    one = add_image_upload(team, ed, SimpleUploadedFile("a.jpg", picture(100)))
    settings.MEDIA_QUOTA = used_bytes(team) * 4
    endings: list[str] = []
    start = threading.Barrier(8)

    def come(seed: int) -> None:
        try:
            start.wait(10)
            add_image_upload(team, ed, SimpleUploadedFile("a.jpg", picture(seed)))
            endings.append("kept")
        except QuotaReached:
            endings.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(set(endings)) == ["kept", "refused"]
    assert len(endings) == 8
    assert used_bytes(team) <= settings.MEDIA_QUOTA
    assert len(files(media_root)) == StoredFile.objects.count() == 2 * (endings.count("kept") + 1)
    assert Upload.objects.filter(pk=one.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_same_picture_at_once_is_one_upload(team: Team, ed: User, media_root: Path) -> None:
    found: list[int] = []
    start = threading.Barrier(5)

    def come() -> None:
        try:
            start.wait(10)
            found.append(add_image_upload(team, ed, SimpleUploadedFile("a.jpg", picture())).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 5
    assert len(set(found)) == Upload.objects.count() == 1
    assert len(files(media_root)) == StoredFile.objects.count() == 2


def test_failure_while_rows_are_written_leaves_nothing(
    add: Callable[..., Upload], media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_fields: object) -> None:
        raise Unavailable("no")

    monkeypatch.setattr(Upload.objects, "create", fail)
    with pytest.raises(Unavailable):
        add()
    assert files(media_root) == []
    assert not StoredFile.objects.exists()


def test_unused_upload_goes_after_a_day_and_not_before(
    add: Callable[..., Upload], media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    add()
    assert purge_unused() == 0
    clock.shift(timedelta(hours=23, minutes=59))
    assert purge_unused() == 0
    clock.shift(timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_unused() == 1
    assert not Upload.objects.exists()
    assert files(media_root) == []
    assert purge_unused() == 0


def test_used_upload_stays(add: Callable[..., Upload]) -> None:
    used, unused = add(1), add(2)
    use(used)
    clock.shift(timedelta(days=400))
    assert purge_unused(DAY) == 1
    assert list(Upload.objects.all()) == [used]
    assert unused.pk != used.pk


def test_upload_of_a_draft_stays(add: Callable[..., Upload]) -> None:
    first, second, third = (add(seed) for seed in range(3))
    clock.shift(timedelta(days=2))
    assert purge_unused(DAY, keep={first.uuid, second.uuid, uuid4()}) == 1
    assert set(Upload.objects.all()) == {first, second}
    kept = Upload.objects.filter(pk=first.pk).values_list("uuid")
    assert purge_unused(DAY, keep=kept) == 1
    assert list(Upload.objects.all()) == [first]
    assert third.pk != first.pk


def test_upload_brought_again_is_young_again(add: Callable[..., Upload]) -> None:
    upload = add()
    clock.shift(timedelta(hours=23))
    assert add() == upload
    clock.shift(timedelta(hours=2))
    assert purge_unused(DAY) == 0
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_upload_that_somebody_took_meanwhile_stays(
    add: Callable[..., Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = add()
    clock.shift(timedelta(days=2))
    real = uploads._purge

    def late(idle: Any, pk: int) -> bool:
        use(upload)
        return real(idle, pk)

    monkeypatch.setattr(uploads, "_purge", late)
    assert purge_unused(DAY) == 0
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_one_that_cannot_be_deleted_does_not_stop_the_others(
    add: Callable[..., Upload], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, free = add(1), add(2)
    clock.shift(timedelta(days=2))
    real = uploads._delete

    def delete(upload: Upload) -> None:
        if upload == stuck:
            use(upload)
        real(upload)

    monkeypatch.setattr(uploads, "_delete", delete)
    assert purge_unused(DAY) == 1
    assert not Upload.objects.filter(pk=free.pk).exists()
    assert store.path_of(stuck.file).is_file()


def test_more_uploads_in_use_cost_no_more_queries(
    add: Callable[..., Upload], django_assert_num_queries: Any
) -> None:
    for seed in range(5):
        use(add(seed))
    clock.shift(timedelta(days=2))
    with django_assert_num_queries(1):
        purge_unused(DAY)


def test_upload_in_use_is_not_removed(add: Callable[..., Upload], ed: User) -> None:
    upload = add()
    use(upload)
    with pytest.raises(Conflict, match=r"^In use by a red fox in snow\.$"):
        remove_upload(upload, acting_user=ed)


def test_upload_removed_twice_is_not_found(add: Callable[..., Upload], ed: User) -> None:
    upload = add()
    again = Upload.objects.get(pk=upload.pk)
    remove_upload(upload, acting_user=ed)
    with pytest.raises(NotFound):
        remove_upload(again, acting_user=ed)


def test_chance_finds_no_way_to_lose_or_leak_a_file(
    add: Callable[..., Upload],
    ed: User,
    media_root: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Rows and files agree after any sequence of adding, using, deleting and purging."""
    chance = random.Random(5)
    used: set[int] = set()
    for _ in range(60):
        step = chance.choice(("add", "add", "use", "remove", "purge", "wait"))
        present = list(Upload.objects.all())
        with django_capture_on_commit_callbacks(execute=True):
            if step == "add":
                add(chance.randrange(12))
            elif step == "use" and present:
                used.add(use(chance.choice(present)).inputs.get().upload_id or 0)
            elif step == "remove" and present:
                upload = chance.choice(present)
                if upload.pk not in used:
                    remove_upload(upload, acting_user=ed)
            elif step == "purge":
                purge_unused(DAY)
            else:
                clock.shift(timedelta(hours=9))
        on_disk = {str(path.relative_to(media_root)) for path in files(media_root)}
        assert on_disk == set(StoredFile.objects.values_list("path", flat=True))
        assert used <= set(Upload.objects.values_list("pk", flat=True))
    assert quota.used_bytes(ed.teams.get()) == sum(
        path.stat().st_size for path in files(media_root)
    )
