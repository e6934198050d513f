"""The composer as its page shows it: kinds, settings, panels, and what is wrong."""

from functools import cached_property
from typing import Any, Protocol

from generations.luma.concepts import moves_offered
from generations.luma.sizes import image_size, video_size
from generations.media.store import file_address
from generations.models import Kind
from generations.pages.slots import ShownSlot, check_name, unchecked
from generations.recipes.check import Order
from generations.recipes.concepts import offered_camera_moves
from generations.recipes.draft import Draft
from generations.recipes.kinds import KINDS, KindEntry
from generations.recipes.kinds.settings import GEOMETRY
from generations.recipes.price import Price, price_of
from generations.spending.queries import Balance
from studio.teams.access import Seat

GROUPS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (
        "Video",
        (
            Kind.TEXT_TO_VIDEO,
            Kind.IMAGE_TO_VIDEO,
            Kind.KEYFRAMES,
            Kind.EXTEND,
            Kind.EXTEND_BACKWARDS,
            Kind.BRIDGE,
        ),
    ),
    ("Rework", (Kind.MODIFY_VIDEO, Kind.REFRAME_VIDEO, Kind.UPSCALE, Kind.ADD_AUDIO)),
    ("Picture", (Kind.IMAGE, Kind.REFRAME_IMAGE)),
)
"""The kinds under their headings, in the order in which they are offered."""


class ShownForm(Protocol):
    """What the composer's page reads of its form."""

    said: dict[str, str]

    @property
    def is_bound(self) -> bool:
        """Whether it was posted."""

    @property
    def errors(self) -> Any:
        """Sentences by field."""

    @property
    def fields(self) -> Any:
        """Django's fields by name."""

    def problem_at(self, name: str) -> str:
        """What is wrong at a field or a slot."""

    def __getitem__(self, name: str) -> Any: ...


class ShownComposer:
    """The composer of one person, from the order of its draft. No query.

    `checked`: the addresses in its slots were checked just now. `picking` is the slot whose picker
    is open, `opened` the open list, `asking` whether the press is asked about once more.
    `replaced`: it holds another draft than before, so nothing of its last form may stay.
    """

    def __init__(self, seat: Seat, order: Order, balance: Balance | None, form: ShownForm) -> None:
        self.seat = seat
        self.order = order
        self.form = form
        self.balance = balance
        self.notes = order.draft.replaced_settings()
        self.focus = False
        self.replaced = False
        self.picking = ""
        self.checked = False
        self.opened = ""
        self.undo = False
        self.asking = False

    @property
    def draft(self) -> Draft:
        return self.order.draft

    @property
    def entry(self) -> KindEntry:
        """The kind that is open."""
        return self.draft.entry

    @property
    def kinds(self) -> list[KindEntry]:
        """All kinds that are offered."""
        return list(KINDS.values())

    @property
    def word(self) -> str:
        """The API's name of the kind, where its label is another."""
        return "" if self.entry.api_name == self.entry.label.lower() else self.entry.api_name

    @property
    def groups(self) -> list[tuple[str, list[KindEntry]]]:
        """All kinds under their headings."""
        return [(heading, [KINDS[kind] for kind in kinds]) for heading, kinds in GROUPS]

    @property
    def settings(self) -> list[Any]:
        """The kind's settings as bound fields; those with a panel of their own are left out."""
        apart = {"concepts", *GEOMETRY}
        return [self.form[name] for name in self.entry.setting_names if name not in apart]

    @cached_property
    def camera(self) -> dict[str, Any] | None:
        """What the camera panel shows, where the kind has one."""
        if "concepts" not in self.entry.setting_names:
            return None
        field = self.form["concepts"]
        chosen = field.value() or []
        groups = moves_offered(offered_camera_moves(), chosen)
        return {"groups": groups, "chosen": chosen, "problems": field.errors}

    @cached_property
    def reframe(self) -> dict[str, Any] | None:
        """What the reframe canvas shows, where the kind has one: pixels of the target frame."""
        if GEOMETRY[0] not in self.entry.setting_names:
            return None
        ratio = str(self.form["aspect_ratio"].value())
        video = self.entry.media_type == "video"
        size = (video_size(ratio, "720p") if video else image_size(ratio)) or (1280, 720)
        fields = [self.form[name] for name in GEOMETRY]
        return {"width": size[0], "height": size[1], "source": self._shape(), "fields": fields}

    def _shape(self) -> dict[str, Any] | None:
        """The source of a reframe for its canvas, where there is a picture to show."""
        sources = self.order.contents.get("source", ())
        if not sources or sources[0].problem:
            return None
        source = sources[0]
        if source.picture is None or not source.width:
            return None
        return {
            "src": file_address(source.picture),
            "width": source.width,
            "height": source.height,
            "name": source.name,
        }

    @cached_property
    def slots(self) -> list[ShownSlot]:
        return [
            ShownSlot(
                slot,
                [one for one in self.order.inputs if one.slot.name == slot.name],
                self.form.problem_at(slot.name),
                self.checked,
                self.order.wanted.get(slot.name, ""),
            )
            for slot in self.entry.slots
        ]

    @property
    def rows_problem(self) -> str:
        """What is wrong with the rows, or with the file that they came in."""
        return self.form.problem_at("rows")

    @property
    def unchecked(self) -> str:
        """A name for the addresses that are still to be checked; "" where there are none."""
        names = [check_name(one) for one in self.order.inputs if unchecked(one)]
        return "" if self.checked else "-".join(dict.fromkeys(names))

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every reason why it cannot be sent: where it belongs, and the sentence."""
        slots = {slot.name for slot in self.entry.slots}
        by_sentence = {
            said: f"slot-{name}" for name, said in self.form.said.items() if name in slots
        }
        found = []
        for name, sentences in self.form.errors.items():
            for sentence in sentences:
                target = self.form[name].id_for_label if name in self.form.fields else ""
                found.append((target or by_sentence.get(str(sentence), ""), str(sentence)))
        return found

    @property
    def price(self) -> Price:
        """The price of a press now. Its reasons are left out where the form names problems."""
        price = price_of(self.order, self.balance)
        if self.form.is_bound or self.form.said:
            price.reasons = ()
        price.asking = self.asking
        return price
