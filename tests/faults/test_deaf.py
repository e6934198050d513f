"""A cluster that takes no more tasks while its processes live (django-q2 #23) is restarted."""

import pytest

from tests.faults.conftest import Open
from tests.faults.studios import Studio, wait_for

SOON = {"HEARTBEAT_INTERVAL": "1", "WATCHDOG_AFTER": "4"}


@pytest.fixture(scope="module")
def studio(open_studio: Open) -> Studio:
    return open_studio(**SOON)


def _after_a_restart(studio: Studio, main: int) -> bool:
    roles = studio.roles()
    return "pusher" in roles and roles["cluster main"].pid != main


def _last_heartbeat(studio: Studio) -> str:
    rows = studio.rows("select at from generations_heartbeat where name = 'cluster'")
    return str(rows[0]["at"]) if rows else ""


def _kill_the_reader(studio: Studio) -> None:
    """Just after a heartbeat, when the queue is empty and one worker waits at its pipe."""
    before = _last_heartbeat(studio)
    wait_for(lambda: _last_heartbeat(studio) != before, 10, "a heartbeat comes through")
    for reader in wait_for(studio.idle_readers, 10, "a worker waits at the queue"):
        reader.kill()


def test_a_dead_queue_reader_gets_the_cluster_restarted_and_work_goes_on(studio: Studio) -> None:
    wait_for(studio.whole, 20, "every process is there")
    main = studio.roles()["cluster main"].pid
    _kill_the_reader(studio)
    wait_for(lambda: _after_a_restart(studio, main), 20, "the watchdog restarts the cluster")
    assert "went deaf" in studio.log.read_text()
    studio.inside("submit", "1", "image")
    assert studio.settle(1, 45) == ["completed"]


def test_a_dead_monitor_that_leaves_hints_unacknowledged_is_noticed_too(studio: Studio) -> None:
    wait_for(studio.whole, 20, "every process is there")
    main = studio.roles()["cluster main"].pid
    before = _last_heartbeat(studio)
    wait_for(lambda: _last_heartbeat(studio) != before, 20, "a heartbeat comes through")
    studio.kill("monitor")
    wait_for(lambda: _after_a_restart(studio, main), 20, "the watchdog restarts the cluster")
