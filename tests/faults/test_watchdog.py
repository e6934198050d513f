"""When the watchdog restarts the cluster, and when it must not: by a clock of the test's own."""

import os
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError

from generations.lifecycle import hints
from generations.models import Heartbeat
from generations.tasks import heartbeat
from studio import clock
from studio.processes import watchdog
from studio.processes.supervisor import RESTART_CLUSTER, SUPERVISED
from studio.processes.watchdog import Watchdog

pytestmark = pytest.mark.django_db


@pytest.fixture
def restarts(settings: Any) -> list[str]:
    settings.HEARTBEAT_INTERVAL, settings.WATCHDOG_AFTER = 30, 90
    return []


@pytest.fixture
def guard(restarts: list[str], monkeypatch: pytest.MonkeyPatch) -> Watchdog:
    """A watchdog that keeps the test's database connection open."""
    monkeypatch.setattr(watchdog, "close_old_connections", lambda: None)
    return Watchdog(lambda: restarts.append("restarted"))


def _finish_something() -> None:
    """Record a finished task, as the cluster's monitor does, later than the last one."""
    at = clock.now() + timedelta(seconds=Heartbeat.objects.count() + 1)
    last = heartbeat.last_heartbeat()
    Heartbeat.objects.update_or_create(
        name=heartbeat.CLUSTER, defaults={"at": last + timedelta(seconds=1) if last else at}
    )


def _pass(guard: Watchdog, start: int, end: int, *, heard: bool) -> None:
    for moment in range(start, end, 5):
        if heard:
            _finish_something()
        guard.tick(float(moment))


def test_cluster_is_restarted_after_a_long_silence(guard: Watchdog, restarts: list[str]) -> None:
    with patch.object(hints, "give", return_value=True):
        _pass(guard, 1000, 1090, heard=False)
        assert restarts == []
        _pass(guard, 1090, 1105, heard=False)
        assert restarts == ["restarted"]


def test_any_finished_task_prevents_a_restart(guard: Watchdog, restarts: list[str]) -> None:
    with patch.object(hints, "give", return_value=True):
        _pass(guard, 1000, 1600, heard=True)
    assert restarts == []


def test_a_new_cluster_gets_the_same_patience(guard: Watchdog, restarts: list[str]) -> None:
    with patch.object(hints, "give", return_value=True):
        _pass(guard, 1000, 1100, heard=False)
        _pass(guard, 1100, 1190, heard=False)
        assert len(restarts) == 1
        _pass(guard, 1190, 1260, heard=False)
        assert len(restarts) == 2


def test_a_queue_that_takes_no_hints_is_nobodys_silence(
    guard: Watchdog, restarts: list[str]
) -> None:
    with patch.object(hints, "give", return_value=False):
        _pass(guard, 1000, 1600, heard=False)
    assert restarts == []


def test_an_unreachable_database_is_nobodys_silence(guard: Watchdog, restarts: list[str]) -> None:
    with (
        patch.object(hints, "give", return_value=True),
        patch.object(watchdog, "last_heartbeat", side_effect=DatabaseError),
    ):
        _pass(guard, 1000, 1600, heard=False)
    assert restarts == []


def test_without_a_supervisor_nobody_is_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SUPERVISED, raising=False)
    with patch.object(os, "kill") as kill:
        watchdog.request_cluster_restart()
    kill.assert_not_called()


def test_the_supervisor_is_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getppid()
    monkeypatch.setenv(SUPERVISED, str(parent))
    with patch.object(os, "kill") as kill:
        watchdog.request_cluster_restart()
    kill.assert_called_once_with(parent, RESTART_CLUSTER)


def test_heartbeat_is_noted_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_last_noted", [0.0])
    heartbeat.note_heartbeat()
    first = heartbeat.last_heartbeat()
    assert first is not None
    assert heartbeat.NOTE_EVERY == 1.0
    monkeypatch.setattr(heartbeat, "NOTE_EVERY", 3600.0)
    heartbeat.note_heartbeat()
    assert heartbeat.last_heartbeat() == first


def test_pulse_that_could_not_be_written_is_written_by_the_next_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "_last_noted", [0.0])
    with patch.object(Heartbeat.objects, "update_or_create", side_effect=DatabaseError):
        heartbeat.note_heartbeat()
    assert heartbeat.last_heartbeat() is None
    heartbeat.note_heartbeat()
    assert heartbeat.last_heartbeat() is not None
