"""The tier's limits and the account's balance."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Thread

import pytest

from .conftest import Api, sandbox_in


def age(directory: Path, seconds: float, *, state: str) -> None:
    """Make every generation older and give it a state."""
    with sqlite3.connect(directory / "sandbox.sqlite3") as connection:
        sql = "update generations set created_at = created_at - ?, state = ?"
        connection.execute(sql, [seconds, state])
    connection.close()


def test_ten_videos_in_progress_and_no_more(limited: Api) -> None:
    assert [limited.video().status_code for _ in range(10)] == [201] * 10
    refused = limited.video()
    assert refused.status_code == 429
    assert "10 video generations in progress" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) >= 1


def test_images_have_limits_of_their_own(limited: Api) -> None:
    for _ in range(10):
        limited.video()
    assert [limited.image().status_code for _ in range(40)] == [201] * 40
    assert limited.image().status_code == 429


def test_a_finished_generation_frees_its_place(limited: Api, tmp_path: Path) -> None:
    for _ in range(10):
        limited.video()
    age(tmp_path, 0, state="completed")
    assert limited.video().status_code == 201


def test_a_deleted_generation_frees_its_place(limited: Api) -> None:
    created = [limited.video().json()["id"] for _ in range(10)]
    limited.delete(f"/generations/{created[0]}")
    assert limited.video().status_code == 201


def test_twenty_videos_a_minute_and_no_more(limited: Api, tmp_path: Path) -> None:
    for _ in range(20):
        age(tmp_path, 0, state="completed")
        assert limited.video().status_code == 201
    age(tmp_path, 20, state="completed")
    refused = limited.video()
    assert refused.status_code == 429
    assert "20 video creates per minute" in refused.json()["detail"]
    assert 35 <= int(refused.headers["retry-after"]) <= 40
    age(tmp_path, 41, state="completed")
    assert limited.video().status_code == 201


def test_what_is_refused_counts_for_nothing(limited: Api) -> None:
    for _ in range(30):
        assert limited.video(prompt="ab").status_code == 400
    assert limited.video().status_code == 201


def test_limits_off_lifts_both(idle: Api) -> None:
    assert {idle.video().status_code for _ in range(25)} == {201}


def test_many_at_once_do_not_slip_past_a_limit(limited: Api) -> None:
    statuses: list[int] = []
    threads = [Thread(target=lambda: statuses.append(limited.video().status_code))
               for _ in range(16)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] * 10 + [429] * 6


def test_too_little_credit_is_402_and_creates_nothing(tmp_path: Path) -> None:
    with sandbox_in(tmp_path, working=False, credits=40) as api:
        assert api.video().status_code == 201
        left = api.balance()
        refused = api.video()
        assert refused.status_code == 402
        assert refused.json() == {"detail": "Insufficient credits"}
        assert api.balance() == left
        assert len(api.truth()["generations"]) == 1


def test_a_price_equal_to_the_balance_can_be_paid(tmp_path: Path) -> None:
    with sandbox_in(tmp_path, working=False, credits=39.8131) as api:
        assert api.video().status_code == 201
        assert api.balance() == pytest.approx(0, abs=0.001)


def test_credits_count_only_for_a_new_directory(tmp_path: Path) -> None:
    with sandbox_in(tmp_path, working=False, credits=100) as api:
        api.image()
        left = api.balance()
    with sandbox_in(tmp_path, working=False, credits=9000) as api:
        assert api.balance() == left < 100


def test_a_new_account_holds_five_thousand_dollars(idle: Api) -> None:
    assert idle.balance() == 500_000
