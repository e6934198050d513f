"""Two hundred kills at random moments: nothing lost, nothing paid twice, working again soon."""

import random
import time

import pytest

from tests.conftest import Figure
from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import Studio, wait_for

pytestmark = pytest.mark.proof

KILLS = 200
BATCH = 20
"""Kills between two checks; ten generations run in each."""

ROLES = (
    *("web worker 0", "web master", "worker 0", "worker 1", "monitor", "pusher", "sentinel"),
    *("cluster main", "watcher", "sandbox renderer", "sandbox", "supervisor"),
)
SOON = {"HEARTBEAT_INTERVAL": "2", "WATCHDOG_AFTER": "10"}


@pytest.fixture(scope="module")
def studio(open_studio: Open) -> Studio:
    return open_studio(**SOON)


def _strike(studio: Studio, role: str) -> None:
    if role == "idle reader":
        for reader in studio.idle_readers():
            reader.kill()
        return
    studio.kill(role, 30)
    if role == "supervisor":
        assert studio.popen is not None
        studio.popen.wait(10)
        wait_for(lambda: not studio.left(), 10, "nothing is left without its supervisor")
        studio.start()


def test_two_hundred_random_kills(studio: Studio, figure: Figure) -> None:
    chance = random.Random(2)
    made = 0
    for _ in range(KILLS // BATCH):
        studio.inside("submit", "10")
        made += 10
        for _ in range(BATCH):
            chosen = chance.choice([*ROLES, "idle reader"])
            _strike(studio, chosen)
            time.sleep(chance.uniform(0.05, 1.5))
        studio.settle(made, 90)
        check_books(studio, made=made)
    figure("random kills: generations lost or paid twice", f"{KILLS} kills, 0 of {made}")
