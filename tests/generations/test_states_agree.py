"""Menu, picker, server and drag agree about every state with the one table of facts."""

import re
from dataclasses import fields
from html import unescape
from types import MappingProxyType
from uuid import uuid4

import pytest

from generations.actions.submission import submit
from generations.models import Generation, Kind, State
from generations.models.states import (
    AT_API,
    BEFORE_SENDING,
    FACTS,
    HOLDING_PLACE,
    IN_DOUBT,
    IN_PROGRESS,
    TERMINAL,
    WITHOUT_RESULT,
    StateFacts,
    states_where,
)
from generations.pages.cards import offered_uses, render_card
from generations.pages.generation import ShownGeneration
from generations.queries.library import pickable_rows
from generations.recipes.check import order_of
from generations.recipes.choice import InputChoice
from generations.recipes.draft import Draft
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.access import Seat
from studio.teams.models import Role, Team
from tests.generations.making import RECIPE, make, make_image

# The table written a second time and by hand. P in progress, T terminal, C completed, B before
# sending, D in doubt, A at the API, U waits for a person's decision, W working, L holds a place,
# S usable as a source, X went wrong, F its files may be fetched once more. The last column is
# what stands in place of the price.
LISTED = """
    waiting           P B S
    awaiting_approval B U
    queued            P B S
    sending           P D W L S
    unconfirmed       P D W S      Charge not confirmed
    needs_decision    D U          Charge not confirmed
    dreaming          P A W L S
    stalled           P A W S
    storing           P W S
    completed         T C S
    failed            T X          Refunded
    refused           T X          Not charged
    cancelled         T            Not charged
    media_lost        T X F
    given_up          T            Charge not confirmed
"""
LETTERS = MappingProxyType(
    {
        "in_progress": "P",
        "terminal": "T",
        "completed": "C",
        "before_sending": "B",
        "in_doubt": "D",
        "at_api": "A",
        "undecided": "U",
        "working": "W",
        "holds_place": "L",
        "usable_as_source": "S",
        "went_wrong": "X",
        "fetchable": "F",
    }
)
NOTICES = {
    "needs_decision": "needs your decision",
    "completed": "finished",
    "failed": "failed",
    "refused": "refused by Luma",
    "media_lost": "lost its file",
}
LINE = re.compile(r"(\w+) +((?:[A-Z] ?)+)(?: {2,}(.+))?")


def listed() -> dict[State, tuple[set[str], str]]:
    """The words of each state, and those in place of its price."""
    found = [LINE.fullmatch(line.strip()) for line in LISTED.strip().splitlines()]
    lines = [line.groups("") for line in found if line]
    return {State(name): (set(letters.split()), price) for name, letters, price in lines}


def letters_of(facts: StateFacts) -> set[str]:
    return {letter for name, letter in LETTERS.items() if getattr(facts, name)}


def test_every_state_has_every_fact() -> None:
    assert list(FACTS) == list(State)
    for state, facts in FACTS.items():
        assert state.facts is facts
        assert all(getattr(facts, field.name) is not None for field in fields(StateFacts))
        assert facts.icon, state
        assert facts.tone, state


def test_the_table_says_what_is_written_here_a_second_time() -> None:
    said = {state: (letters_of(facts), str(facts.charge.label)) for state, facts in FACTS.items()}
    assert said == listed()
    assert {str(state): facts.notice for state, facts in FACTS.items() if facts.notice} == NOTICES


def test_the_named_sets_are_those_of_the_table() -> None:
    named = {
        "T": TERMINAL,
        "P": IN_PROGRESS,
        "B": BEFORE_SENDING,
        "D": IN_DOUBT,
        "A": AT_API,
        "L": HOLDING_PLACE,
    }
    for letter, states in named.items():
        assert states == {state for state, (letters, _) in listed().items() if letter in letters}
    assert TERMINAL - {State.COMPLETED} == WITHOUT_RESULT
    assert states_where(lambda facts: facts.free) == {
        State.FAILED,
        State.REFUSED,
        State.CANCELLED,
    }


def test_a_reason_is_given_exactly_where_it_is_due() -> None:
    for facts in FACTS.values():
        assert facts.usable_as_source == (facts.completed or facts.in_progress)
        assert facts.why_unusable.startswith("It did not come to be") == facts.without_result
        assert facts.why_unusable.startswith("It cannot be used before") == facts.undecided


@pytest.fixture
def seat(team: Team, ed: User) -> Seat:
    return Seat(team, ed, Role.EDITOR)


def refused_by_server(seat: Seat, source: Generation) -> dict[str, str]:
    """Why a press refuses a source, by field; empty when it made something from it."""
    choice = InputChoice("start_frame", generation=source.uuid)
    settings = {**RECIPE["image_to_video"], "prompt": "It goes on"}
    draft = Draft(Kind.IMAGE_TO_VIDEO, settings, (choice,))
    try:
        made, _ = submit(seat, order_of(seat, draft), submit_key=uuid4(), quoted_micros=10**12)
    except StudioError as error:
        return error.fields
    assert made[0].inputs.get().source == source
    return {}


def drag_says(seat: Seat, source: Generation) -> str:
    """What st-drop.js reads from the card."""
    found = re.search(r'data-unusable="([^"]*)"', render_card(seat, source))
    return unescape(found.group(1)) if found else ""


@pytest.mark.parametrize("media", ["image", "video"])
@pytest.mark.parametrize("state", State)
def test_menu_picker_server_and_drag_give_the_same_answer(
    state: State, media: str, seat: Seat
) -> None:
    made = {"image": make_image, "video": make}[media]
    source = made(seat.team, seat.user, state=state)
    usable = state.facts.usable_as_source
    assert bool(offered_uses(source)) == usable
    assert pickable_rows(seat, ["image", "clip"]).filter(pk=source.pk).exists() == usable
    assert drag_says(seat, source) == state.facts.why_unusable
    why = state.facts.why_unusable
    assert refused_by_server(seat, source) == ({} if usable else {"start_frame": why})


@pytest.mark.parametrize("state", State)
def test_card_shows_the_facts_of_its_state(state: State, seat: Seat) -> None:
    row = make(seat.team, seat.user, state=state)
    card = render_card(seat, row)
    assert f'data-state="{state}"' in card
    assert ("data-busy" in card) == state.facts.in_progress
    assert str(state.facts.charge.label) in card
    assert state.facts.card_note in unescape(card)
    assert (f'data-tone="{state.facts.tone}"' in card) == (not state.facts.completed)
    assert row.facts == ShownGeneration(row).state.facts == state.facts
