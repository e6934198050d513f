"""The way of a press through the rooms: views, composer, recipes, actions; then tasks and luma."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.test import Client

from generations import tasks
from generations.models import Generation, State
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.core.conftest import Queue, fresh
from tests.generations.core.wire import Wire
from tests.generations.making import HTMX, as_person, of_team, press
from tests.generations.test_press_cost import extend_form

ROOT = Path(tasks.__file__).parents[1]
DOWN = (
    *("views", "composer", "pages", "tasks", "actions"),
    *("lifecycle", "recipes", "access", "models"),
)
"""The rooms from the top down; a call never goes up."""

Call = tuple[str, str, str]
"""The room that calls, the room that is called, and the function."""


@contextmanager
def traced() -> Iterator[list[Call]]:
    """Note every call from one room of the core, or luma, to another."""
    stack: list[str] = []
    calls: list[Call] = []

    def noted(frame: FrameType, event: str, _given: object) -> None:
        path = Path(frame.f_code.co_filename)
        if not path.is_relative_to(ROOT) or event not in ("call", "return"):
            return
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if event == "return":
            stack[-1:] = []
            return
        if stack and stack[-1] != room:
            calls.append((stack[-1], room, frame.f_code.co_qualname))
        stack.append(room)

    sys.setprofile(noted)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def upward(calls: list[Call]) -> set[Call]:
    """Calls to a higher room, values apart: an object that was handed down may be asked."""
    rank = {room: place for place, room in enumerate(DOWN)}
    return {
        (caller, room, name)
        for caller, room, name in calls
        if caller in rank and room in rank and rank[room] < rank[caller] and "." not in name
    }


def test_a_press_passes_each_room_once(client: Client, team: Team, ed: User, queue: Queue) -> None:
    as_person(client, ed)
    form = extend_form(team, ed)
    with traced() as pressed:
        assert client.post(of_team("submit", team), form, headers=HTMX).status_code == 200
    way = [name for _, _, name in pressed if name in ("press", "order_of", "submit")]
    assert way == ["press", "order_of", "submit"]
    assert ("views", "composer", "press") in pressed
    assert ("composer", "recipes", "order_of") in pressed
    assert ("composer", "actions", "submit") in pressed
    assert upward(pressed) == set()


def test_what_was_pressed_goes_from_tasks_to_luma_once(
    client: Client, team: Team, ed: User, queue: Queue, wire: Wire
) -> None:
    press(client, team, ed)
    made = Generation.objects.latest("pk")
    with traced() as sent:
        tasks.submit_generation(made.pk)
    fresh(made, State.DREAMING)
    assert [call for call in sent if call[2].startswith("LumaClient.create_")] == [
        ("tasks", "luma", "LumaClient.create_video")
    ]
    assert upward(sent) == set()


def test_the_detector_sees_a_call_upwards() -> None:
    assert upward([("recipes", "actions", "submit"), ("composer", "recipes", "check")])
    assert not upward([("pages", "composer", "ComposerForm.problem_at")])
