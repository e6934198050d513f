"""A chain of seven while its worker is killed twice: it finishes by itself, paid seven times."""

import pytest

from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import Studio, wait_for

LINKS = 7


def begun(studio: Studio, count: int) -> bool:
    """Whether so many links have left the queue."""
    return sum(state not in ("waiting", "queued") for state in studio.states()[8:]) >= count


@pytest.mark.faults
def test_a_chain_of_seven_outlives_two_kills_of_its_worker(open_studio: Open) -> None:
    studio = open_studio(HEARTBEAT_INTERVAL="2", WATCHDOG_AFTER="8")
    studio.inside("chain", str(LINKS))
    for number, worker in ((1, "worker 0"), (4, "worker 1")):
        wait_for(lambda: begun(studio, number), 30, f"{number} links are on their way")  # noqa: B023
        studio.kill(worker)
    states = studio.settle(8 + LINKS, 75)
    assert states == ["completed"] * (8 + LINKS)
    check_books(studio, made=8 + LINKS, settled={"completed"})
    assert len(studio.truth()["ledger"]) == LINKS
