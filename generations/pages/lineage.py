"""The lineage of a generation: what it was made from, what was made from it, laid out to draw."""

from dataclasses import dataclass, field

from django.db import connection

from generations import access
from generations.models import Generation, GenerationInput, Kind
from generations.pages.generation import ShownGeneration
from generations.recipes.kinds import KINDS
from studio.teams.access import Seat

MOST_DRAWN = 40
MOST_FOUND = 400
DEEPEST = 30
WIDTH, HEIGHT = 96, 64
COLUMN, ROW = 190, 112
MARGIN = 8

_WALK = """
    WITH RECURSIVE walk(id, depth) AS (
        SELECT CAST(%s AS bigint), 0
        UNION
        SELECT {next}, walk.depth + 1
        FROM {inputs} link JOIN walk ON {here} = walk.id
        WHERE link.source_id IS NOT NULL AND walk.depth < %s
    )
    SELECT id, MIN(depth) FROM walk GROUP BY id ORDER BY 2, 1 LIMIT %s
"""


@dataclass
class Node:
    """One generation of the graph; x and y are the upper left corner of its picture, in pixels."""

    shown: ShownGeneration
    distance: int
    layer: int = 0
    x: int = 0
    y: int = 0
    here: bool = False
    made_from: list["Edge"] = field(default_factory=list)

    @property
    def generation(self) -> Generation:
        """The row."""
        return self.shown.generation

    @property
    def label(self) -> str:
        """The start of its title, as much as fits under the picture."""
        title = self.generation.title
        return title if len(title) <= 16 else f"{title[:15]}…"

    @property
    def label_y(self) -> int:
        """Where the label's line is."""
        return self.y + HEIGHT + 16


@dataclass(frozen=True)
class Edge:
    """One source in one slot of a generation."""

    source: Node
    target: Node
    slot: str

    @property
    def path(self) -> str:
        """The curve from the right of the source to the left of what was made from it."""
        x1, y1 = self.source.x + WIDTH, self.source.y + HEIGHT // 2
        x2, y2 = self.target.x, self.target.y + HEIGHT // 2
        middle = (x1 + x2) // 2
        return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"

    @property
    def label_x(self) -> int:
        """The middle of the curve."""
        return (self.source.x + WIDTH + self.target.x) // 2

    @property
    def label_y(self) -> int:
        """A little above the curve, on the side of the target."""
        return (self.source.y + 3 * self.target.y) // 4 + HEIGHT // 2 - 5


@dataclass
class Graph:
    """Nodes and edges to draw, and how many more there are; sizes in pixels."""

    nodes: list[Node]
    edges: list[Edge]
    more: int = 0

    @property
    def width(self) -> int:
        """Of the drawing."""
        return max((node.x for node in self.nodes), default=0) + WIDTH + MARGIN

    @property
    def height(self) -> int:
        """Of the drawing."""
        return max((node.label_y for node in self.nodes), default=0) + MARGIN


def lineage_of(seat: Seat, generation: Generation, *, most: int = MOST_DRAWN) -> Graph:
    """Return all that it was made from and all that was made from it; the `most` nearest are drawn.

    What the person may not see is left out. Four queries, however large it is.
    """
    distance = {**_walk(generation, back=False), **_walk(generation, back=True)}
    rows = access.visible_generations(seat).filter(pk__in=distance)
    found = sorted(rows, key=lambda row: (distance[row.pk], row.pk))
    nodes = {
        row.pk: Node(ShownGeneration(row), distance[row.pk], here=row.pk == generation.pk)
        for row in found[:most]
    }
    edges = _edges(nodes)
    _lay_out(nodes)
    return Graph(sorted(nodes.values(), key=_place), edges, more=max(0, len(found) - most))


def _place(node: Node) -> tuple[int, int]:
    return (node.layer, node.y)


def _walk(generation: Generation, *, back: bool) -> dict[int, int]:
    """Return its sources (back) or what was made from it: ids with distances. One query."""
    step, here = ("source_id", "generation_id") if back else ("generation_id", "source_id")
    table = connection.ops.quote_name(GenerationInput._meta.db_table)  # noqa: SLF001 - Django documents it
    sql = _WALK.format(next=f"link.{step}", here=f"link.{here}", inputs=table)
    with connection.cursor() as cursor:
        cursor.execute(sql, [generation.pk, DEEPEST, MOST_FOUND])
        return dict(cursor.fetchall())


def _edges(nodes: dict[int, Node]) -> list[Edge]:
    rows = GenerationInput.objects.filter(source__in=nodes, generation__in=nodes)
    edges = []
    for row in rows.order_by("generation_id", "slot", "position"):
        source, target = nodes[row.source_id or 0], nodes[row.generation_id]
        edge = Edge(source, target, slot_label(target.generation, row.slot))
        target.made_from.append(edge)
        edges.append(edge)
    return edges


def slot_label(generation: Generation, name: str) -> str:
    """Return the label of a slot, as in the composer."""
    entry = KINDS.get(Kind(generation.kind))
    slot = entry.slot(name) if entry else None
    return slot.label if slot else name.replace("_", " ").capitalize()


def _lay_out(nodes: dict[int, Node]) -> None:
    """Layers from left to right, each after all it was made from; rows by the middle of those.

    A source is always older than what was made from it, so ids are an order to go through.
    """
    filled: dict[int, int] = {}
    for pk in sorted(nodes):
        node = nodes[pk]
        sources = [edge.source for edge in node.made_from]
        node.layer = 1 + max((source.layer for source in sources), default=-1)
        wanted = sum(source.y for source in sources) // len(sources) if sources else 0
        node.x = MARGIN + node.layer * COLUMN
        node.y = max(filled.get(node.layer, MARGIN), wanted)
        filled[node.layer] = node.y + ROW


@dataclass(frozen=True)
class UsedIn:
    """A generation that was made from another, and the label of the slot it was used in."""

    shown: ShownGeneration
    slot: str


MOST_USED = 12


def used_in(seat: Seat, generation: Generation) -> tuple[list[UsedIn], int]:
    """Return what was made from it, newest first, and how many more there are. Two queries."""
    seen = access.visible_generations(seat).filter(trashed_at=None)
    links = GenerationInput.objects.filter(source=generation).values_list("generation_id", "slot")
    slots = dict(links)
    rows = list(seen.filter(pk__in=slots).order_by("-id"))
    shown = [UsedIn(ShownGeneration(row), slot_label(row, slots[row.pk])) for row in rows]
    return shown[:MOST_USED], max(0, len(rows) - MOST_USED)


def count_used(generation: Generation) -> int:
    """Return how many generations were made from it. One query."""
    return generation.used_in.values("generation").distinct().count()


def used_warning(generation: Generation) -> str:
    """Return the warning for a source that goes to the trash; "" if nothing was made from it."""
    count = count_used(generation)
    if not count:
        return ""
    return f"{count} item{'s' if count > 1 else ''} came from this; they keep working."
