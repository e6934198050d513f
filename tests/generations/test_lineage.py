"""Lineage: made from and used in, as a drawing and as a list, on the pages and in the trash."""

import random
import re
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from generations.models import Generation, Kind, Visibility
from generations.pages.lineage import (
    COLUMN,
    DEEPEST,
    MARGIN,
    MOST_DRAWN,
    MOST_FOUND,
    Graph,
    lineage_of,
)
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Role, Team
from tests.generations.making import HTMX, address, as_person, make, text


@pytest.fixture
def seat(team: Team, ed: User) -> Seat:
    return Seat(team, ed, Role.EDITOR)


def made(seat: Seat, prompt: str, *sources: Generation, slot: str = "source", **more: Any) -> Any:
    """A generation made from others."""
    row = make(seat.team, seat.user, prompt=prompt, **more)
    for position, source in enumerate(sources):
        row.inputs.create(slot=slot, position=position, source=source)
    return row


def line(seat: Seat, count: int) -> list[Generation]:
    """One after the other, each made from the one before."""
    rows = [made(seat, "Step 0")]
    for number in range(1, count):
        rows.append(made(seat, f"Step {number}", rows[-1], slot="start_frame"))
    return rows


def names(graph: Graph) -> list[str]:
    return [node.generation.prompt for node in graph.nodes]


def page(client: Client, row: Generation, name: str = "lineage") -> str:
    answer = client.get(address(name, row))
    assert answer.status_code == 200
    return text(answer)


def test_all_before_and_after_are_found_and_siblings_are_not(seat: Seat) -> None:
    rows = line(seat, 4)
    made(seat, "A sibling", rows[0])
    made(seat, "A stranger")
    assert names(lineage_of(seat, rows[2])) == ["Step 0", "Step 1", "Step 2", "Step 3"]


def test_layers_go_from_left_to_right_after_every_source(seat: Seat) -> None:
    first, second = made(seat, "One"), made(seat, "Two")
    middle = made(seat, "Middle", first)
    last = made(seat, "Last", middle, second)
    graph = lineage_of(seat, last)
    layers = {node.generation.prompt: node.layer for node in graph.nodes}
    assert layers == {"One": 0, "Two": 0, "Middle": 1, "Last": 2}
    assert {node.x for node in graph.nodes} == {MARGIN, MARGIN + COLUMN, MARGIN + 2 * COLUMN}
    for edge in graph.edges:
        assert edge.source.x < edge.target.x


def test_no_two_nodes_lie_on_each_other_and_all_lie_on_the_drawing(seat: Seat) -> None:
    root = made(seat, "Root")
    for number in range(5):
        made(seat, f"Leaf {number}", made(seat, f"Middle {number}", root), root)
    graph = lineage_of(seat, root)
    places = {(node.x, node.y) for node in graph.nodes}
    assert len(places) == len(graph.nodes) == 11
    assert all(x + 96 <= graph.width and y + 64 <= graph.height for x, y in places)


def test_one_is_marked_as_the_one_in_question(seat: Seat) -> None:
    rows = line(seat, 3)
    marked = [node.generation for node in lineage_of(seat, rows[1]).nodes if node.here]
    assert marked == [rows[1]]


@pytest.mark.parametrize(
    ("kind", "slot", "label"),
    [
        (Kind.UPSCALE, "source", "Source"),
        (Kind.ADD_AUDIO, "source", "Source"),
        (Kind.MODIFY_VIDEO, "first_frame", "First frame"),
        (Kind.REFRAME_VIDEO, "source", "Source"),
        (Kind.EXTEND, "start_frame", "Start frame"),
        (Kind.IMAGE, "style_ref", "Style reference"),
    ],
)
def test_parents_are_kept_for_every_kind_with_the_slot_in_words(
    seat: Seat, kind: Kind, slot: str, label: str
) -> None:
    source = made(seat, "Source")
    row = made(seat, "Made", source, slot=slot)
    Generation.objects.filter(pk=row.pk).update(kind=kind)
    (edge,) = lineage_of(seat, row).edges
    assert (edge.source.generation, edge.slot) == (source, label)


def test_what_lies_in_two_slots_has_two_edges_and_one_node(seat: Seat) -> None:
    source = made(seat, "Source")
    row = made(seat, "Loop", source, slot="start_frame")
    row.inputs.create(slot="end_frame", source=source)
    graph = lineage_of(seat, row)
    assert (len(graph.nodes), len(graph.edges)) == (2, 2)


def test_private_work_of_others_is_left_out(seat: Seat, ada: User) -> None:
    first = made(seat, "Hidden")
    last = made(seat, "Seen", first)
    Generation.objects.filter(pk=first.pk).update(author=ada, visibility=Visibility.PRIVATE)
    assert names(lineage_of(seat, last)) == ["Seen"]


def test_more_than_forty_are_collapsed_to_the_nearest(seat: Seat, client: Client) -> None:
    root = made(seat, "Root")
    for number in range(MOST_DRAWN + 5):
        made(seat, f"Leaf {number}", root)
    graph = lineage_of(seat, root)
    assert (len(graph.nodes), graph.more) == (MOST_DRAWN, 6)
    shown = page(as_person(client, seat.user), root)
    assert "6 more that are farther away are not shown" in shown


def test_the_number_of_queries_does_not_grow(
    seat: Seat, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 12):
        rows = line(seat, count)
        with django_assert_num_queries(4):
            lineage_of(seat, rows[0])


def test_a_very_long_line_ends_somewhere(seat: Seat) -> None:
    rows = line(seat, 36)
    assert len(lineage_of(seat, rows[0], most=400).nodes) == 31


def tangle(seat: Seat, size: int) -> dict[int, set[int]]:
    """Generations made from up to three older ones each; the ids of each one's sources."""
    chance = random.Random(7)
    rows: list[Generation] = []
    sources: dict[int, set[int]] = {}
    for number in range(size):
        given = chance.sample(rows, min(len(rows), chance.randrange(4)))
        rows.append(made(seat, f"Node {number}", *given, slot="image_ref"))
        sources[rows[-1].pk] = {one.pk for one in given}
    return sources


def distances(start: int, steps: dict[int, set[int]]) -> dict[int, int]:
    """How far each is, walked layer by layer."""
    found, edge, depth = {start: 0}, {start}, 0
    while edge and depth < DEEPEST:
        depth += 1
        edge = {there for here in edge for there in steps[here]} - found.keys()
        found.update(dict.fromkeys(edge, depth))
    return found


def test_the_database_walks_as_a_person_would_on_paper(seat: Seat) -> None:
    back = tangle(seat, 40)
    onward = {pk: {other for other, given in back.items() if pk in given} for pk in back}
    for pk in list(back)[::8]:
        wanted = {**distances(pk, onward), **distances(pk, back)}
        drawn = lineage_of(seat, Generation.objects.get(pk=pk), most=MOST_FOUND).nodes
        assert {node.generation.pk: node.distance for node in drawn} == wanted


def test_the_page_draws_and_lists_the_same(seat: Seat, client: Client) -> None:
    rows = line(seat, 3)
    shown = page(as_person(client, seat.user), rows[1])
    assert shown.count("<image ") + shown.count('class="lineage__box"') == 3
    assert shown.count("lineage__edge") == 2
    assert shown.count("Start frame: <a") == 2
    assert "this one" in shown
    assert not re.search(r"\sstyle=", shown)


def test_without_any_relation_the_page_says_so(seat: Seat, client: Client) -> None:
    shown = page(as_person(client, seat.user), made(seat, "Alone"))
    assert "Nothing before it, nothing after it" in shown
    assert "<path class=" not in shown


def test_a_stranger_finds_nothing(seat: Seat, client: Client, cleo: User) -> None:
    row = made(seat, "Ours")
    assert as_person(client, cleo).get(address("lineage", row)).status_code == 404


def test_the_page_of_a_source_says_where_it_is_used(seat: Seat, client: Client) -> None:
    source = made(seat, "Source")
    after = made(seat, "What came of it", source, slot="start_frame")
    shown = page(as_person(client, seat.user), source, "generation")
    used = shown[shown.index('id="used-in"') :]
    assert f'href="{after.get_absolute_url()}"' in used
    assert "Text to video · Start frame" in used
    assert address("lineage", source) in used


def test_twelve_are_shown_and_the_rest_counted(seat: Seat, client: Client) -> None:
    source = made(seat, "Source")
    for number in range(15):
        made(seat, f"Leaf {number}", source)
    assert "And 3 more." in page(as_person(client, seat.user), source, "generation")


def test_throwing_a_source_away_says_that_what_came_from_it_goes_on(
    seat: Seat, client: Client
) -> None:
    source = made(seat, "Source")
    as_person(client, seat.user)
    row = made(seat, "One", source)
    answer = text(client.post(address("trash", source), headers=HTMX))
    assert "1 item came from this; they keep working." in answer
    assert "keep working" not in text(client.post(address("trash", row), headers=HTMX))


def test_without_javascript_the_warning_stands_on_the_next_page(seat: Seat, client: Client) -> None:
    source = made(seat, "Source")
    for name in ("One", "Two"):
        made(seat, name, source)
    as_person(client, seat.user)
    answer = client.post(address("trash", source), follow=True)
    assert "2 items came from this; they keep working." in text(answer)


def test_a_source_may_not_vanish_under_what_uses_it(seat: Seat) -> None:
    source = made(seat, "Source")
    made(seat, "One", source)
    with pytest.raises(ProtectedError):
        source.delete()
