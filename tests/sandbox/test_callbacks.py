"""Callbacks: their content, order and attempts, and that nothing waits for them."""

from __future__ import annotations

import pytest

from generations.sandbox import callbacks

from .conftest import Api, Json, Listener, until

FAILING = "fail: Job failed"


def told(api: Api, count: int) -> list[Json]:
    """The first `count` attempts as the sandbox stored them."""
    found: list[Json] = until(
        lambda: notes if len(notes := api.truth()["callbacks"]) >= count else None
    )
    return found


def test_dreaming_and_completed_are_told_with_the_generation(
    working: Api, listener: Listener
) -> None:
    done = working.finished(working.image(callback_url=f"{listener.origin}/hook/t0ken"))
    notes = told(working, 2)
    assert [(each["state"], each["answer"]) for each in notes] == [
        ("dreaming", "200"),
        ("completed", "200"),
    ]
    first, last = listener.received
    assert (first["state"], first["assets"]) == ("dreaming", None)
    assert last == done


def test_dreaming_and_failed_are_told(working: Api, listener: Listener) -> None:
    working.video(prompt=FAILING, callback_url=f"{listener.origin}/hook")
    told(working, 2)
    assert [each["state"] for each in listener.received] == ["dreaming", "failed"]
    assert listener.received[1]["failure_reason"] == "Job failed"


def test_an_unreadable_input_is_told_too(working: Api, listener: Listener) -> None:
    nowhere = {"type": "image", "url": f"{listener.origin}/missing.jpg"}
    working.video(keyframes={"frame0": nowhere}, callback_url=f"{listener.origin}/hook")
    told(working, 2)
    assert [each["state"] for each in listener.received] == ["dreaming", "failed"]


@pytest.mark.parametrize("status", [201, 204, 301, 404, 500])
def test_only_200_counts_as_heard(working: Api, listener: Listener, status: int) -> None:
    listener.statuses = [status]
    working.video(prompt=FAILING, callback_url=f"{listener.origin}/hook")
    notes = told(working, 3)
    assert [(each["state"], each["attempt"], each["answer"]) for each in notes] == [
        ("dreaming", 1, str(status)),
        ("dreaming", 2, "200"),
        ("failed", 1, "200"),
    ]


def test_three_retries_100_ms_apart_and_then_silence(working: Api, listener: Listener) -> None:
    listener.statuses = [500] * 4
    working.video(prompt=FAILING, callback_url=f"{listener.origin}/hook")
    notes = told(working, 5)
    assert [each["attempt"] for each in notes] == [1, 2, 3, 4, 1]
    gaps = [b - a for a, b in zip(listener.times[:4], listener.times[1:4], strict=False)]
    assert min(gaps) >= 0.1
    assert callbacks.PAUSE_SECONDS == 0.1


def test_an_unreachable_callback_changes_nothing(working: Api) -> None:
    done = working.finished(working.video(prompt=FAILING, callback_url="http://127.0.0.1:9/x"))
    assert done["state"] == "failed"
    assert {each["answer"] for each in told(working, 4)} == {"URLError"}


def test_a_slow_callback_holds_up_no_one(working: Api, listener: Listener) -> None:
    listener.slow.set()
    for _ in range(2):
        working.finished(working.video(prompt=FAILING, callback_url=f"{listener.origin}/x"))
    until(lambda: listener.received)
    assert working.truth()["callbacks"] == [], "both are finished, and none is answered yet"
    listener.slow.clear()
    assert {each["answer"] for each in told(working, 4)} == {"200"}


def test_nothing_is_told_without_an_address(working: Api, listener: Listener) -> None:
    working.finished(working.video(prompt=FAILING))
    assert working.truth()["callbacks"] == []
    assert listener.received == []


def test_the_truth_knows_the_callback_address(idle: Api) -> None:
    idle.video(callback_url="http://127.0.0.1:9/hooks/luma/t0ken")
    [generation] = idle.truth()["generations"]
    assert generation["callback_url"] == "http://127.0.0.1:9/hooks/luma/t0ken"
