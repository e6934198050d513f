"""The trash: into it, back out of it, what it shows, and purging."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from generations.models import Generation
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team
from tests.generations.making import act, address, as_person, make, make_image, of_team, text


def trashed(team: Team, user: User, **fields: Any) -> Generation:
    return make(team, user, **{"trashed_at": now(), "trashed_by": user, **fields})


def test_card_leaves_and_the_toast_offers_undo(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, prompt="Farewell")
    body = text(act(client, ed, "trash", row))
    row.refresh_from_db()
    assert row.trashed_at is not None
    assert row.trashed_by == ed
    assert f'<li id="card-{row.uuid}" hx-swap-oob="delete">' in body
    assert "Moved to trash: <bdi>Farewell</bdi>" in body
    assert f'hx-post="{address("restore", row)}"' in body
    assert ">Undo</button>" in body


def test_without_javascript_the_next_page_offers_undo(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, prompt="Farewell")
    answer = as_person(client, ed).post(address("trash", row), follow=True)
    body = text(answer)
    assert "Moved to trash: Farewell" in body
    assert f'<form method="post" action="{address("restore", row)}">' in body


def test_what_is_under_way_cannot_be_trashed(client: Client, team: Team, ed: User) -> None:
    answer = act(client, ed, "trash", make(team, ed, state="dreaming"))
    assert answer.status_code == 409
    assert "It is still under way." in text(answer)


def test_undo_puts_the_card_back_in_its_place(client: Client, team: Team, ed: User) -> None:
    make(team, ed)
    row = trashed(team, ed)
    newer = make(team, ed)
    body = text(act(client, ed, "restore", row))
    row.refresh_from_db()
    assert row.trashed_at is None
    assert f'hx-swap-oob="afterend:#card-{newer.uuid}"' in body
    assert f'<li class="grid__item" id="card-{row.uuid}">' in body


def test_newest_comes_back_to_the_front(client: Client, team: Team, ed: User) -> None:
    make(team, ed)
    body = text(act(client, ed, "restore", trashed(team, ed)))
    assert 'hx-swap-oob="afterbegin:#grid"' in body


def test_purged_cannot_come_back(client: Client, team: Team, ada: User) -> None:
    row = trashed(team, ada, purged_at=now())
    answer = act(client, ada, "restore", row)
    assert answer.status_code == 409
    assert "gone for good" in text(answer)


@pytest.mark.parametrize("name", ["trash", "restore"])
def test_only_author_admin_or_owner(
    client: Client, team: Team, ada: User, ed: User, ben: User, cleo: User, name: str
) -> None:
    row = trashed(team, ada) if name == "restore" else make(team, ada)
    refused = act(client, ed, name, row)
    assert refused.status_code == 403
    assert f"may {'move this to the trash' if name == 'trash' else 'restore this'}." in text(
        refused
    )
    assert act(client, ben, name, row).status_code == 403
    assert act(client, cleo, name, row).status_code == 404
    assert act(client, None, name, row).status_code == 401
    assert act(client, ada, name, row).status_code == 200


def test_list_says_how_long_things_stay(client: Client, team: Team, ed: User) -> None:
    body = text(as_person(client, ed).get(of_team("trash_list", team)))
    assert "Items stay 30 days." in body
    assert "The trash is empty" in body


def test_list_shows_what_was_trashed_last_first(client: Client, team: Team, ed: User) -> None:
    early = trashed(team, ed, trashed_at=now() - timedelta(hours=1), prompt="Early")
    late = trashed(team, ed, prompt="Late")
    make(team, ed, prompt="Alive")
    trashed(team, ed, prompt="Purged", purged_at=now())
    body = text(as_person(client, ed).get(of_team("trash_list", team)))
    assert body.index(str(late.uuid)) < body.index(str(early.uuid))
    assert "Alive" not in body
    assert "Purged" not in body
    assert 'aria-label="Restore Late"' in body


def test_things_trashed_at_one_moment_are_paged_without_gap_or_repeat(
    client: Client, team: Team, ed: User, settings: Any
) -> None:
    settings.LIBRARY_PAGE_SIZE = 2
    moment = now()
    rows = [trashed(team, ed, trashed_at=moment) for _ in range(5)]
    seen: list[str] = []
    query = ""
    for _ in range(3):
        body = text(as_person(client, ed).get(of_team("trash_list", team) + query))
        seen += [part[:36] for part in body.split('class="media-row" id="card-')[1:]]
        query = f"?before={body.split('?before=')[1][:36]}" if "?before=" in body else ""
    assert seen == [str(row.uuid) for row in reversed(rows)]


def test_viewer_looks_but_does_not_touch(client: Client, team: Team, ed: User, ben: User) -> None:
    trashed(team, ed, prompt="Lying there")
    body = text(as_person(client, ben).get(of_team("trash_list", team)))
    assert "Lying there" in body
    assert "Restore Lying there" not in body
    assert "for good" not in body


def test_stranger_does_not_see_the_list(client: Client, team: Team, cleo: User) -> None:
    assert as_person(client, cleo).get(of_team("trash_list", team)).status_code == 404


def test_admin_deletes_for_good_and_editor_may_not(
    client: Client, team: Team, ada: User, ed: User
) -> None:
    row = make_image(team, ed, trashed_at=now(), trashed_by=ed)
    refused = act(client, ed, "purge", row)
    assert refused.status_code == 403
    body = text(act(client, ada, "purge", row))
    row.refresh_from_db()
    assert row.purged_at is not None
    assert row.original is None
    assert "Deleted for good" in body


def test_only_from_the_trash_is_anything_deleted_for_good(
    client: Client, team: Team, ada: User
) -> None:
    answer = act(client, ada, "purge", make(team, ada))
    assert answer.status_code == 409
    assert "Only what lies in the trash" in text(answer)


def test_more_rows_cost_no_more_queries(
    client: Client, team: Team, ed: User, django_assert_max_num_queries: Any
) -> None:
    trashed(team, ed)
    as_person(client, ed).get(of_team("trash_list", team))
    with django_assert_max_num_queries(10) as few:
        client.get(of_team("trash_list", team))
    for _ in range(20):
        trashed(team, ed)
    with django_assert_max_num_queries(10) as many:
        client.get(of_team("trash_list", team))
    assert len(few) == len(many)
