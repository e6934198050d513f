"""Fixtures of the core: the sandbox as the API, hints that a test runs, rows in some states."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings

from generations import tasks
from generations.actions import submit
from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.lifecycle.transitions import Actor, move
from generations.models import ApiKey, Attempt, Generation, Kind, State
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS
from generations.sandbox.options import Options
from generations.sandbox.service import Sandbox
from generations.tasks import luma
from generations.tasks.watching import doubt_expired_sends
from studio import clock
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Role, Team
from tests.generations.core.wire import BASE, ORIGIN, Wire
from tests.sandbox.conftest import Live, launched
from tests.spending.ledger import check_books

Queue = list[tuple[str, int]]

PUBLIC = "http://studio.test"
SHOT: dict[str, object] = {
    "prompt": "a calm lake at dawn",
    "model": "ray-2",
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "duration": "5s",
    "loop": False,
}


@pytest.fixture(autouse=True)
def own_world(settings: Settings, tmp_path: Path) -> None:
    """Addresses that do not exist, a media folder of its own, and the timings of settings.py."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_RESERVE = 0
    settings.LUMAAI_BASE_URL = BASE
    settings.LUMAAI_API_KEY = "sandbox"
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.CLAIM_LEASE = 120.0
    settings.DOUBT_HORIZON = 900.0
    cache.clear()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Hints, collected instead of sent: (task, id) in the order in which they were given."""
    given: Queue = []

    def collect(task: str, *ids: int) -> None:
        given.append((task.rpartition(".")[2], *ids))  # type: ignore[arg-type]

    monkeypatch.setattr(hints, "async_task", collect)
    return given


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, queue: Queue) -> Iterator[Wire]:
    """The API: a sandbox that renders nothing, behind a transport that a test may disturb."""
    sandbox = Sandbox(Options(directory=tmp_path / "sandbox", pace=0, limits=False), origin=ORIGIN)
    line = Wire(sandbox)
    monkeypatch.setattr(luma, "open_client", line.client)
    yield line
    sandbox.close()


@pytest.fixture(scope="module")
def alive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """A sandbox as a process of its own; a module's PACE says how fast it renders."""
    pace = getattr(request.module, "PACE", "0")
    folder = tmp_path_factory.mktemp("alive")
    with launched(folder, "--limits", "off", "--pace", pace) as running:
        yield running


@pytest.fixture
def studio(
    alive: Live, live_server: Any, settings: Settings, queue: Queue, own_world: None
) -> Queue:
    """The studio with the live sandbox, which can reach it for callbacks and inputs."""
    settings.LUMAAI_BASE_URL = alive.url
    settings.PUBLIC_BASE_URL = live_server.url
    return queue


@pytest.fixture
def exact_books(db: None) -> Iterator[None]:
    """Check after the test that the accounts equal the ledger."""
    yield
    check_books()


@pytest.fixture
def seat(team: Team, ed: User) -> Seat:
    """Ed's seat."""
    return Seat(team, ed, Role.EDITOR)


@pytest.fixture
def key(db: None, own_world: None) -> ApiKey:
    return current_key()


def shot(prompt: str = "a calm lake at dawn", **settings: object) -> Draft:
    """A draft of a short video."""
    return Draft(Kind.TEXT_TO_VIDEO, {**SHOT, "prompt": prompt, **settings})


def still(prompt: str = "a calm lake at dawn") -> Draft:
    """A draft of an image."""
    chosen = {"prompt": prompt, "model": "photon-1", "aspect_ratio": "16:9", "format": "jpg"}
    return Draft(Kind.IMAGE, chosen)


def animation(*inputs: InputChoice, **settings: object) -> Draft:
    """A draft of a video that starts from an image."""
    return Draft(Kind.IMAGE_TO_VIDEO, {**SHOT, **settings}, inputs)


PRICE = KINDS[Kind.TEXT_TO_VIDEO].price(SHOT).micros or 0
"""Micro-dollars of `shot()`."""


def press(
    seat: Seat, recipe: Draft | None = None, key: UUID | None = None, quoted: int | None = -1
) -> list[Generation]:
    """Press Generate; without `quoted` any price is accepted."""
    made, _ = submit(
        seat,
        order_of(seat, recipe or shot()),
        submit_key=key or uuid4(),
        quoted_micros=10**12 if quoted == -1 else quoted,
    )
    return made


@pytest.fixture
def queued(seat: Seat, queue: Queue) -> Generation:
    """A queued generation whose hint was lost."""
    made = press(seat)[0]
    queue.clear()
    return made


@pytest.fixture
def dreaming(wire: Wire, queued: Generation) -> Generation:
    """One that the API has accepted."""
    tasks.submit_generation(queued.pk)
    return fresh(queued, State.DREAMING)


@pytest.fixture
def doubtful(wire: Wire, queued: Generation) -> Generation:
    """One that was sent and charged, whose answer was lost."""
    wire.lose_answer()
    tasks.submit_generation(queued.pk)
    return fresh(queued, State.UNCONFIRMED)


@pytest.fixture
def undecided(wire: Wire, queued: Generation) -> Generation:
    """One that was marked and never reached the API; a person has to decide."""
    wire.swallow()
    tasks.submit_generation(queued.pk)
    assert move(queued.pk, State.NEEDS_DECISION, actor=Actor.RECONCILER)
    return fresh(queued, State.NEEDS_DECISION)


def fresh(generation: Generation, state: State | None = None) -> Generation:
    """The row as it is now; checks the state if one is given."""
    found = Generation.objects.get(pk=generation.pk)
    if state is not None:
        assert found.state == state, (found.state, found.note, found.failure_reason)
    return found


def attempt_of(generation: Generation, number: int = 1) -> Attempt:
    """Its attempt, as it is now."""
    return generation.attempts.get(number=number)


def later(seconds: float = 0, **more: float) -> None:
    """Move the clock forward."""
    clock.shift(timedelta(seconds=seconds, **more))


def run(queue: Queue) -> None:
    """Run the tasks of all hints, and of those that they give."""
    for _ in range(50 + len(queue)):
        if not queue:
            return
        task, pk = queue.pop(0)
        getattr(tasks, task)(pk)
    raise AssertionError("the tasks give hints without end")


def die_while_sending(generation: Generation) -> None:
    """Mark a row in doubt as after a worker that was killed while sending: its lease expires."""
    later(200)
    doubt_expired_sends()
    fresh(generation, State.UNCONFIRMED)


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"
