"""A team's uploads: listed with the room they take, and deleted where nothing uses them."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations.media import store
from generations.media.models import StoredFile, Upload
from generations.models import GenerationInput
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import as_person, make, make_upload, of_team, text


def page(client: Client, team: Team, user: User, **query: str) -> Any:
    return as_person(client, user).get(of_team("uploads", team), query)


def remove(client: Client, team: Team, user: User, upload: Upload) -> Any:
    url = f"{of_team('uploads', team)}{upload.uuid}/remove/"
    return as_person(client, user).post(url, follow=True)


def use(upload: Upload, team: Team, user: User) -> None:
    GenerationInput.objects.create(
        generation=make(team, user), slot="start_frame", position=0, upload=upload
    )


def test_an_unused_one_is_deleted_with_its_file(
    client: Client, team: Team, ed: User, django_capture_on_commit_callbacks: Any
) -> None:
    upload = make_upload(team, ed)
    path = store.path_of(upload.file)
    assert path.exists()
    assert f"Delete {upload.title}" in text(page(client, team, ed))
    with django_capture_on_commit_callbacks(execute=True):
        assert f"Deleted: {upload.title}" in text(remove(client, team, ed, upload))
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()
    assert not path.exists()


def test_one_in_use_stays_and_says_so(client: Client, team: Team, ed: User) -> None:
    upload = make_upload(team, ed)
    use(upload, team, ed)
    body = text(page(client, team, ed))
    assert "used in 1 generation, so it stays" in body
    assert "Delete for good" not in body
    answer = remove(client, team, ed, upload)
    assert answer.status_code == 409
    assert "In use by A quiet harbour." in text(answer)
    assert Upload.objects.exists()


def test_an_editor_deletes_only_their_own(
    client: Client, team: Team, ed: User, ada: User, ben: User, cleo: User
) -> None:
    theirs = make_upload(team, ada)
    assert "Delete for good" not in text(page(client, team, ed))
    assert remove(client, team, ed, theirs).status_code == 403
    assert remove(client, team, ben, theirs).status_code == 403
    assert remove(client, team, cleo, theirs).status_code == 404
    assert "Delete for good" in text(page(client, team, ada))
    assert remove(client, team, ada, theirs).status_code == 200
    assert not Upload.objects.exists()


def test_one_of_another_team_is_not_found(client: Client, team: Team, ed: User, cleo: User) -> None:
    theirs = make_upload(cleo.memberships.get().team, cleo)
    assert str(theirs.uuid) not in text(page(client, team, ed))
    assert remove(client, team, ed, theirs).status_code == 404


def test_pages_follow_each_other_and_cost_the_same(
    client: Client, team: Team, ed: User, settings: LazySettings
) -> None:
    settings.LIBRARY_PAGE_SIZE = 3
    made = [make_upload(team, ed) for _ in range(5)]
    use(made[0], team, ed)
    first = page(client, team, ed)
    shown = [row.pk for row, _, _ in first.context["items"]]
    following = first.context["next"]
    rest = page(client, team, ed, before=str(following.uuid)).context["items"]
    assert shown + [row.pk for row, _, _ in rest] == [one.pk for one in reversed(made)]
    counts = []
    for size in (1, 5):
        settings.LIBRARY_PAGE_SIZE = size
        with CaptureQueriesContext(connection) as queries:
            client.get(of_team("uploads", team))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("bytes_used", "said"), [(0, "0 of 20 GB"), (1_540_000_000, "1.5 of 20 GB")]
)
def test_it_says_how_much_room_is_taken(
    client: Client, team: Team, ed: User, bytes_used: int, said: str
) -> None:
    if bytes_used:
        upload = make_upload(team, ed)
        StoredFile.objects.filter(pk=upload.file.pk).update(size=bytes_used)
    assert f"The team has used {said}" in text(page(client, team, ed))
