"""Deleting for good at the API too: only when asked, once, and not given up when it is away."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from generations import tasks
from generations.actions import purge_generation, trash_generation
from generations.media import store
from generations.media.models import Upload
from generations.models import Attempt, Generation, GenerationInput, Preset, SavedPrompt, State
from generations.tasks.watching import Watcher
from studio.accounts.models import User
from studio.clock import now
from studio.errors import Conflict
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, attempt_of, fresh
from tests.generations.core.wire import Wire, reply
from tests.generations.making import HTMX, address, as_person, make, of_team, picture, text

pytestmark = pytest.mark.usefixtures("wire")


@pytest.fixture
def trashed(dreaming: Generation, ed: User) -> Generation:
    """A finished one in the trash, still at Luma."""
    Generation.objects.filter(pk=dreaming.pk).update(state=State.COMPLETED)
    trash_generation(dreaming, acting_user=ed)
    return fresh(dreaming)


def deletes(wire: Wire) -> list[str]:
    return [one.url.path.rpartition("/")[2] for one in wire.requests if one.method == "DELETE"]


def test_it_is_deleted_at_luma_when_asked(
    trashed: Generation,
    ada: User,
    wire: Wire,
    queue: Queue,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        purge_generation(trashed, acting_user=ada, remotely=True)
    assert ("delete_remotely", trashed.pk) in queue
    tasks.delete_remotely(trashed.pk)
    remote_id = attempt_of(trashed).remote_id
    assert deletes(wire) == [remote_id]
    assert attempt_of(trashed).deleted_at is not None
    assert wire.client().list_generations().rows == ()
    tasks.delete_remotely(trashed.pk)
    assert deletes(wire) == [remote_id], "once is enough"


def test_it_stays_at_luma_when_not_asked(
    trashed: Generation, ada: User, wire: Wire, queue: Queue
) -> None:
    purge_generation(trashed, acting_user=ada)
    tasks.delete_remotely(trashed.pk)
    assert deletes(wire) == []


def test_one_that_luma_does_not_know_is_done(
    trashed: Generation, ada: User, wire: Wire, queue: Queue
) -> None:
    purge_generation(trashed, acting_user=ada, remotely=True)
    wire.next_get.append(lambda request: reply(404, {"detail": "Generation not found"}))
    tasks.delete_remotely(trashed.pk)
    assert attempt_of(trashed).deleted_at is not None


def test_what_luma_could_not_do_is_tried_again_by_the_watcher(
    trashed: Generation, ada: User, wire: Wire, queue: Queue
) -> None:
    purge_generation(trashed, acting_user=ada, remotely=True)
    wire.next_get += [lambda request: reply(503, {"detail": "away"})] * 9
    tasks.delete_remotely(trashed.pk)
    assert attempt_of(trashed).deleted_at is None
    wire.next_get.clear()
    queue.clear()
    Watcher().refresh_account()
    assert ("delete_remotely", trashed.pk) in queue
    tasks.delete_remotely(trashed.pk)
    assert attempt_of(trashed).deleted_at is not None


def test_what_is_not_deleted_here_is_not_deleted_there(
    dreaming: Generation, ada: User, wire: Wire, queue: Queue
) -> None:
    with pytest.raises(Conflict):
        purge_generation(dreaming, acting_user=ada, remotely=True)
    assert attempt_of(dreaming).delete_asked_at is None


def test_the_tick_on_the_trash_page_asks_for_it(
    client: Client, team: Team, ada: User, queue: Queue
) -> None:
    rows = [make(team, ada, trashed_at=now(), trashed_by=ada) for _ in range(2)]
    for row in rows:
        Attempt.objects.create(generation=row, remote_id=str(row.uuid), outcome="accepted")
    body = text(as_person(client, ada).get(of_team("trash_list", team)))
    assert body.count("Delete it at Luma, too") == 2
    ticked = {"remotely": [str(rows[0].uuid)]}
    for row in rows:
        assert client.post(address("purge", row), ticked, headers=HTMX).status_code == 200
    asked = [attempt_of(row).delete_asked_at is not None for row in rows]
    assert asked == [True, False]


# Uploads


def upload(team: Team, author: User, hours: float) -> Upload:
    file = store.keep(picture(), team=team, purpose="upload", uuid=uuid4())
    return Upload.objects.create(
        team=team, author=author, file=file, created_at=now() - timedelta(hours=hours)
    )


def test_uploads_unused_for_a_day_go_and_used_ones_never(
    team: Team, ed: User, wire: Wire, queue: Queue
) -> None:
    used, _, young = (upload(team, ed, hours) for hours in (48, 48, 1))
    row = make(team, ed, state="failed", trashed_at=now())
    GenerationInput.objects.create(generation=row, slot="start_frame", upload=used)
    Watcher().clean_up()
    left = set(Upload.objects.values_list("pk", flat=True))
    assert left == {used.pk, young.pk}


# Presets and prompts


def test_what_was_removed_a_day_ago_goes_by_itself(
    team: Team, ed: User, wire: Wire, queue: Queue
) -> None:
    lately, long_ago = now() - timedelta(hours=23), now() - timedelta(hours=25)
    old = upload(team, ed, 48)
    content = {"kind": "image", "inputs": [{"slot": "image_ref", "of": f"upload:{old.uuid}"}]}
    moments = {"kept": None, "removed": lately, "gone": long_ago}
    for name, moment in moments.items():
        more = {"content": content} if name == "gone" else {}
        Preset.objects.create(
            team=team, author=ed, name=name, name_key=name, removed_at=moment, **more
        )
        SavedPrompt.objects.create(
            team=team, author=ed, text=name, digest=name, used_at=now(), removed_at=moment
        )
    Watcher().clean_up()
    assert set(Preset.objects.values_list("name", flat=True)) == {"kept", "removed"}
    assert set(SavedPrompt.objects.values_list("text", flat=True)) == {"kept", "removed"}
    assert not Upload.objects.filter(pk=old.pk).exists(), "what lay in it goes with it"
