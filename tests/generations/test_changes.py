"""The poll: 204 when nothing changed, else the changed cards alone, and when it stops."""

from typing import Any

from django.test import Client

from generations.models import Generation
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Membership, Team
from tests.generations.making import HTMX, as_person, make, of_team, text


def poll(client: Client, team: Team, user: User | None, *rows: Generation, newest: Any = "") -> Any:
    return ask(as_person(client, user), team, *rows, newest=newest)


def ask(client: Client, team: Team, *rows: Generation, newest: Any = "") -> Any:
    seen = ",".join(f"{row.uuid}.{row.version}" for row in rows)
    query = {"seen": seen, "newest": newest.uuid if newest else ""}
    return client.get(of_team("changes", team), query, headers=HTMX)


def move(row: Generation, state: str) -> None:
    Generation.objects.filter(pk=row.pk).update(state=state, version=row.version + 1)


def test_nothing_changed_is_204(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="dreaming")
    answer = poll(client, team, ed, row, newest=row)
    assert answer.status_code == 204
    assert answer.content == b""


def test_changed_card_comes_alone_and_is_morphed(client: Client, team: Team, ed: User) -> None:
    changed = make(team, ed, state="dreaming", prompt="This one")
    still = make(team, ed, state="dreaming", prompt="Not this one")
    move(changed, "storing")
    body = text(poll(client, team, ed, changed, still))
    assert f'hx-target="#generation-{changed.uuid}" hx-swap="outerMorph"' in body
    assert 'data-state="storing"' in body
    assert "Not this one" not in body


def test_poller_comes_back_while_others_are_under_way(client: Client, team: Team, ed: User) -> None:
    done, busy = (make(team, ed, state="dreaming") for _ in range(2))
    move(done, "completed")
    assert 'data-every="2000"' in text(poll(client, team, ed, done, busy))


def test_poller_asks_faster_while_an_unchanged_one_is_stored(
    client: Client, team: Team, ed: User
) -> None:
    done, busy = make(team, ed, state="dreaming"), make(team, ed, state="storing")
    move(done, "completed")
    assert 'data-every="1000"' in text(poll(client, team, ed, done, busy))


def test_poller_rests_when_nothing_is_under_way(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="storing")
    move(row, "completed")
    body = text(poll(client, team, ed, row))
    assert 'id="poller"' in body
    assert "data-every" not in body


def test_finish_is_said_once_for_all(client: Client, team: Team, ed: User) -> None:
    rows = [make(team, ed, state="storing") for _ in range(3)]
    rows.append(make(team, ed, kind="image", state="dreaming"))
    for row in rows:
        move(row, "completed")
    assert "3 videos finished. 1 image finished." in text(poll(client, team, ed, *rows))


def test_new_rows_of_others_come_first_into_the_grid(
    client: Client, team: Team, ed: User, ada: User
) -> None:
    newest = make(team, ed, state="dreaming")
    first, second = make(team, ada), make(team, ada)
    body = text(poll(client, team, ed, newest, newest=newest))
    assert 'hx-swap-oob="afterbegin:#grid"' in body
    assert body.index(str(second.uuid)) < body.index(str(first.uuid))


def test_page_that_shows_older_rows_gets_no_new_ones(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="dreaming")
    make(team, ed)
    assert poll(client, team, ed, row).status_code == 204


def test_trashed_row_leaves_the_page(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="dreaming")
    Generation.objects.filter(pk=row.pk).update(trashed_at=now())
    body = text(poll(client, team, ed, row))
    assert f'<li id="card-{row.uuid}" hx-swap-oob="delete">' in body


def test_balance_comes_for_those_who_may_see_it(
    client: Client, team: Team, ed: User, ben: User
) -> None:
    row = make(team, ed, state="dreaming")
    seen = Generation.objects.get(pk=row.pk)
    move(row, "storing")
    assert 'id="balance"' in text(poll(client, team, ed, seen))
    assert 'id="balance"' not in text(poll(client, team, ben, seen))


def test_revoked_member_sees_nothing_more(client: Client, team: Team, ed: User) -> None:
    row = make(team, ed, state="dreaming")
    assert poll(client, team, ed, row).status_code == 204
    Membership.objects.filter(user=ed).delete()
    assert poll(client, team, ed, row).status_code == 404


def test_rows_of_another_team_are_only_gone(
    client: Client, team: Team, ed: User, cleo: User
) -> None:
    theirs = make(cleo.memberships.get().team, cleo, prompt="Theirs", state="dreaming")
    assert "Theirs" not in text(poll(client, team, ed, theirs))


def test_nonsense_is_nothing_to_follow(client: Client, team: Team, ed: User) -> None:
    query = {"seen": "a.b,,..,x" * 50, "newest": "zzz"}
    assert as_person(client, ed).get(of_team("changes", team), query).status_code == 204


def test_idle_poll_of_many_costs_as_much_as_of_one(
    client: Client, team: Team, ed: User, django_assert_max_num_queries: Any
) -> None:
    rows = [make(team, ed, state="dreaming") for _ in range(40)]
    as_person(client, ed)
    with django_assert_max_num_queries(7) as many:
        assert ask(client, team, *rows, newest=rows[-1]).status_code == 204
    with django_assert_max_num_queries(7) as one:
        assert ask(client, team, rows[-1], newest=rows[-1]).status_code == 204
    assert len(many) == len(one)
