"""The API away, slow, broken or silent after taking the money: rows wait and find their way."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import Api, Studio

WAITS = "This will go out by itself. Nothing was charged."
CREATE = "generateImage"
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
    count = _submit(studio, 4)
    studio.wait_for(
        lambda: [WAITS in note for note in _notes(studio)].count(True) == 4,
        20,
        "each says why it waits",
    )
    assert studio.states()[-4:] == ["queued"] * 4
    api.start()
    studio.wait_for(lambda: studio.states()[-4:] == ["completed"] * 4, 60, "all four went out")
    assert count == 5


def test_a_slow_api_is_waited_for(studio: Studio, api: Api) -> None:
    api.misbehave({"operation": CREATE, "kind": "delay", "seconds": 3, "times": 2})
    count = _submit(studio, 2)
    studio.wait_for(lambda: studio.states()[count - 2 :] == ["completed"] * 2, 40, "both arrive")


@pytest.mark.parametrize("kind", ["close", "reset", "status", "html", "truncate", "garbage"])
def test_what_was_taken_but_not_answered_is_found_by_its_token(
    studio: Studio, api: Api, kind: str
) -> None:
    rule: dict[str, Any] = {"operation": CREATE, "kind": kind, "after": True}
    api.misbehave(rule)
    count = _submit(studio, 1)
    studio.wait_for(lambda: studio.states()[-1] == "completed", 30, "it is found")
    (last,) = studio.rows(
        "select group_concat(to_state, ' ') as way from (select to_state from generations_event"
        f" where generation_id = {count} order by id)"
    )
    assert last["way"] == "queued sending unconfirmed dreaming storing completed"


def test_what_was_lost_without_a_trace_asks_a_person_and_costs_nothing(studio: Studio) -> None:
    """The first one was lost when the module began: nobody has found it since."""
    count = len(studio.states())
    assert studio.settle(count, 45)[0] == "needs_decision"
    assert "does not show it" in _notes(studio)[0]
    assert len(studio.truth()["ledger"]) == count - 1
    check_books(studio, made=count)
