"""kill -9 of every process while ten generations run: nothing is lost, nothing is paid twice."""

import time

import pytest

from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import Studio, wait_for

TEN = 10
SOON = {"HEARTBEAT_INTERVAL": "2", "WATCHDOG_AFTER": "8"}
IN_TURN = (
    *("web worker 0", "web master", "worker 0", "worker 1", "monitor", "pusher", "sentinel"),
    *("cluster main", "watcher", "sandbox renderer", "sandbox"),
)


@pytest.fixture(scope="module")
def struck(open_studio: Open) -> dict[str, Studio]:
    """Two studios at work: in one each process is killed in turn, in one the supervisor.

    They heal side by side, as a lease of a killed worker takes half a minute to run out.
    """
    beheaded = open_studio(**SOON)
    beheaded.inside("submit", str(TEN))
    wait_for(lambda: "dreaming" in beheaded.states(), 20, "something dreams")
    beheaded.kill("supervisor")
    assert beheaded.popen is not None
    beheaded.popen.wait(30)
    wait_for(lambda: not beheaded.left(), 5, "nothing is left without its supervisor")
    beheaded.start()
    each = open_studio(**SOON)
    each.inside("submit", str(TEN))
    for role in IN_TURN:
        if role in ("sentinel", "cluster main"):
            wait_for(each.whole, 20, "every process is there")
        each.kill(role)
        time.sleep(0.3)
    reader = wait_for(each.idle_readers, 20, "a worker waits at the queue")
    for process in reader:
        process.kill()
    return {"each": each, "beheaded": beheaded}


def test_killing_each_process_in_turn_loses_nothing_and_pays_nothing_twice(
    struck: dict[str, Studio],
) -> None:
    struck["each"].settle(TEN, 75)
    check_books(struck["each"], made=TEN)


def test_killed_processes_are_back_by_themselves(struck: dict[str, Studio]) -> None:
    studio = struck["each"]
    wait_for(studio.whole, 20, "every process is back")
    assert studio.answers()


def test_work_goes_on_after_every_process_was_killed(struck: dict[str, Studio]) -> None:
    studio = struck["each"]
    studio.settle(TEN, 75)
    studio.inside("submit", "2")
    studio.settle(TEN + 2, 45)
    check_books(studio, made=TEN + 2)


def test_a_new_run_finishes_what_a_killed_supervisor_left(struck: dict[str, Studio]) -> None:
    struck["beheaded"].settle(TEN, 75)
    check_books(struck["beheaded"], made=TEN)


def test_no_process_is_left_after_a_kill_and_an_end(struck: dict[str, Studio]) -> None:
    for studio in struck.values():
        studio.stop()
        assert studio.left() == []
