"""The API away, slow, broken or silent after taking the money: rows wait and find their way."""

from collections.abc import Iterator

import pytest

from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import Api, Studio

WAITS = "This will go out by itself. Nothing was charged."
CREATE = "generateImage"
KINDS = ("close", "reset", "status", "html", "truncate", "garbage")
NOBODY = "http://127.0.0.1:1"
"""A public address where nobody listens: no callback arrives, only looking can find anything."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("api"))
    api.start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def studio(open_studio: Open, api: Api) -> Studio:
    base = f"{api.address}/dream-machine/v1"
    studio = open_studio(LUMAAI_BASE_URL=base, PUBLIC_BASE_URL=NOBODY, DOUBT_HORIZON="12")
    studio.sandbox_data = api.data
    api.misbehave({"operation": CREATE, "kind": "close", "after": False})
    _submit(studio, 1)
    studio.wait_for(lambda: studio.states() == ["unconfirmed"], 20, "the first one is lost")
    return studio


@pytest.fixture(autouse=True)
def well_again(api: Api) -> Iterator[None]:
    """Every test leaves an API that works."""
    yield
    if api.popen is None or api.popen.poll() is not None:
        api.start()
    api.misbehave()


def _submit(studio: Studio, count: int) -> int:
    """Submit images; return how many generations there are then."""
    studio.inside("submit", str(count), "image")
    return len(studio.states())


def _notes(studio: Studio) -> list[str]:
    return [
        row["note"] for row in studio.rows("select note from generations_generation order by id")
    ]


def test_rows_wait_while_the_api_is_down_and_go_out_by_themselves(studio: Studio, api: Api) -> None:
    api.stop()
    _submit(studio, 4)
    studio.wait_for(
        lambda: [WAITS in note for note in _notes(studio)].count(True) == 4,
        20,
        "each says why it waits",
    )
    assert studio.states()[-4:] == ["queued"] * 4
    api.start()
    studio.wait_for(lambda: studio.states()[-4:] == ["completed"] * 4, 60, "all four went out")


def test_a_slow_api_is_waited_for(studio: Studio, api: Api) -> None:
    api.misbehave({"operation": CREATE, "kind": "delay", "seconds": 3, "times": 2})
    count = _submit(studio, 2)
    studio.wait_for(lambda: studio.states()[count - 2 :] == ["completed"] * 2, 40, "both arrive")


DOUBT = " worker.unconfirmed"
FOUND = f"user.queued worker.sending{DOUBT} reconciler.dreaming poller.storing downloader.completed"
"""No answer, and then seen in the list, which may be looked at just before it is in doubt."""


def _steps(studio: Studio, generation: int) -> str:
    """Who took it to which state, in order."""
    (found,) = studio.rows(
        "select group_concat(verb, ' ') as steps from (select verb from generations_event"
        f" where generation_id = {generation} order by id)"
    )
    return str(found["steps"])


def test_what_was_taken_but_not_answered_is_found_by_its_token(studio: Studio, api: Api) -> None:
    """One of each fault, all in doubt at the same time."""
    api.misbehave(*({"operation": CREATE, "kind": kind, "after": True} for kind in KINDS))
    count = _submit(studio, len(KINDS))
    done = ["completed"] * len(KINDS)
    studio.wait_for(lambda: studio.states()[-len(KINDS) :] == done, 60, "all are found")
    steps = {_steps(studio, generation) for generation in range(count - len(KINDS) + 1, count + 1)}
    assert FOUND in steps <= {FOUND, FOUND.replace(DOUBT, "")}


def test_what_was_lost_without_a_trace_asks_a_person_and_costs_nothing(studio: Studio) -> None:
    """The first one was lost when the module began: nobody has found it since."""
    count = len(studio.states())
    assert studio.settle(count, 45)[0] == "needs_decision"
    assert "does not show it" in _notes(studio)[0]
    assert len(studio.truth()["ledger"]) == count - 1
    check_books(studio, made=count)
