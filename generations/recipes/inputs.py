"""What lies in the slots: found through the doors, known by its measures, or refused in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings

from generations import access
from generations.luma.sizes import image_size, video_size
from generations.media.access import usable_uploads
from generations.media.address_checks import AddressCheck, known_result
from generations.media.models import StoredFile, Upload
from generations.media.preflight import Preflight, reachable_from_outside
from generations.media.public_hosts import address_problem
from generations.models import Attempt, Generation, State
from generations.models.states import DEAD, IN_PROGRESS
from generations.recipes.kinds import KindEntry, Lying, Slot
from generations.recipes.kinds.entry import CLIP, IMAGE, VIDEO, Contents
from generations.recipes.recipe import InputChoice
from studio.errors import NotFound
from studio.teams.access import Seat

LONGEST_ADDRESS = 2000
Rows = Mapping[UUID, Generation | Upload]

MADE_HERE = "Only a video made here can lie here. Choose one from the library."
TOO_LONG = f"The address is too long: {LONGEST_ADDRESS:,} characters at most."


@dataclass
class FoundInput:
    """One input: whose it is, what is known of it, and why it cannot lie there, if it cannot.

    `look` is the address of others where Luma would fetch it, `seen` what was found there.
    """

    slot: Slot
    lying: Lying
    source: Generation | None = None
    upload: Upload | None = None
    url: str = ""
    weight: float | None = None
    problem: str = ""
    look: AddressCheck | None = None
    seen: Preflight | None = None

    def at(self, look: AddressCheck) -> "FoundInput":
        """Note where Luma would fetch it, and what was found there lately: its measures, too."""
        self.look, self.seen = look, known_result(look)
        seen = self.seen
        if seen is None:
            return self
        if not seen.ok and seen.certain:
            self.problem = self.problem or seen.sentence
        if seen.ok and not look.at_luma:
            seconds = _in_seconds(seen.milliseconds)
            self.lying = Lying(self.lying.kind, seen.width, seen.height, seconds)
        return self


def rows_of(seat: Seat, choices: Iterable[InputChoice]) -> Rows:
    """What choices refer to, by uuid; what is not theirs, or gone, is left out.

    Two queries at most, however many there are.
    """
    named = list(choices)
    results = [one.generation for one in named if one.generation]
    brought = [one.upload for one in named if one.upload]
    rows: dict[UUID, Generation | Upload] = {}
    if results:
        rows.update({row.uuid: row for row in access.usable_generations(seat, results)})
    if brought:
        rows.update({row.uuid: row for row in usable_uploads(seat.team, brought)})
    return rows


def row_in(rows: Rows, choice: InputChoice) -> Generation | Upload | None:
    """What a choice refers to, None for an address. Raises NotFound where it is not there."""
    uuid = choice.generation or choice.upload
    if uuid is None:
        return None
    row = rows.get(uuid)
    if not isinstance(row, Generation if choice.generation else Upload):
        raise NotFound
    return row


def find_inputs(entry: KindEntry, choices: Iterable[InputChoice], rows: Rows) -> list[FoundInput]:
    """Find everything that a composition names; what its kind has no slot for is left out.

    Raises NotFound for what is not among the rows.
    """
    named = ((entry.slot(choice.slot), choice) for choice in choices)
    return [find_input(slot, choice, rows) for slot, choice in named if slot is not None]


def find_input(slot: Slot, choice: InputChoice, rows: Rows) -> FoundInput:
    """Find one input. Raises NotFound for what is not among the rows."""
    row = row_in(rows, choice)
    if isinstance(row, Generation):
        found = _generation(slot, row)
    elif isinstance(row, Upload):
        found = _upload(slot, row)
    else:
        found = _address(slot, choice.url.strip())
    found.weight, sentence = _weight(slot, choice.weight)
    found.problem = found.problem or sentence
    return found


def contents_of(found: Iterable[FoundInput]) -> dict[str, list[Lying]]:
    """What lies in each slot, as the table of kinds wants it."""
    contents: dict[str, list[Lying]] = {}
    for one in found:
        contents.setdefault(one.slot.name, []).append(one.lying)
    return contents


def problems_of(found: Iterable[FoundInput]) -> dict[str, str]:
    """Why inputs cannot lie where they do, by slot."""
    return {one.slot.name: one.problem for one in found if one.problem}


def measures(contents: Contents, entry: KindEntry) -> Lying | None:
    """What is known of the source that the kind's price follows from."""
    lying = contents.get(entry.source, ()) if entry.source else ()
    return lying[0] if lying else None


def _generation(slot: Slot, source: Generation) -> FoundInput:
    kind = _kind_in(slot, source.media_type)
    lying = lying_of(source, kind or IMAGE)
    found = FoundInput(slot, lying, source=source, problem=_source_problem(slot, source, kind))
    if found.problem or kind == CLIP or source.state != State.COMPLETED:
        return found
    return _from_outside(found, source)


def _from_outside(found: FoundInput, source: Generation) -> FoundInput:
    """Where Luma would fetch a result: here, or, while it cannot come here, at its own address."""
    here = reachable_from_outside(settings.PUBLIC_BASE_URL)
    if here.ok:
        return found
    address = lumas_address(source)
    if address:
        return found.at(
            AddressCheck(address, "image" if found.lying.kind == IMAGE else "video", at_luma=True)
        )
    found.problem = here.sentence
    return found


def lying_of(source: Generation | Upload, kind: str) -> Lying:
    """What is known of something in a slot: measured, or as it was asked for."""
    if isinstance(source, Upload):
        file = source.file
        return Lying(kind, file.width, file.height, _seconds(file), size=file.size)
    original = source.original
    if original is not None:
        known = Lying(kind, original.width, original.height, _seconds(original))
        return replace(known, resolution=source.resolution or None, size=original.size)
    ratio, tier = source.aspect_ratio, source.resolution or "720p"
    size = image_size(ratio) if source.media_type == "image" else video_size(ratio, tier)
    width, height = size or (None, None)
    seconds = float(source.seconds) if source.seconds else None
    return Lying(kind, width, height, seconds, tier, ready=source.state == State.COMPLETED)


def _source_problem(slot: Slot, source: Generation, kind: str | None) -> str:
    if source.state in DEAD:
        return "It did not come to be, so it cannot be used. Choose another."
    if source.state != State.COMPLETED and source.state not in IN_PROGRESS:
        return "It cannot be used before somebody has decided about it."
    if kind is not None:
        return ""
    if source.media_type == "video":
        return f"{slot.label} takes a picture; this is a video. Use one of its frames."
    return f"{slot.label} takes a video; this is a picture."


def _kind_in(slot: Slot, media_type: str) -> str | None:
    """As what a generation lies in a slot: a picture, a clip by its id, or a video by address."""
    if media_type == "image":
        return IMAGE if IMAGE in slot.accepts else None
    return next((kind for kind in (CLIP, VIDEO) if kind in slot.accepts), None)


def _upload(slot: Slot, upload: Upload) -> FoundInput:
    media_type = upload.file.content_type.partition("/")[0]
    kind = {"image": IMAGE, "video": VIDEO}[media_type]
    problem = "" if kind in slot.accepts else _wrong_upload(slot, kind)
    problem = problem or reachable_from_outside(settings.PUBLIC_BASE_URL).sentence
    return FoundInput(slot, lying_of(upload, kind), upload=upload, problem=problem)


def _wrong_upload(slot: Slot, kind: str) -> str:
    if slot.accepts == (CLIP,):
        return MADE_HERE
    if kind == VIDEO and CLIP in slot.accepts:
        return "An uploaded video cannot be extended. Use its last frame as a start frame instead."
    return f"{slot.label} takes {slot.takes}."


def _address(slot: Slot, url: str) -> FoundInput:
    kind = VIDEO if VIDEO in slot.accepts else IMAGE
    found = FoundInput(slot, Lying(kind), url=url)
    if kind not in slot.accepts:
        found.problem = MADE_HERE
    elif len(url) > LONGEST_ADDRESS:
        found.problem = TOO_LONG
    else:
        look = AddressCheck(url, "video" if kind == VIDEO else "image")
        if known_result(look) is None:
            found.problem = address_problem(url) or ""
        return found if found.problem else found.at(look)
    return found


def _weight(slot: Slot, weight: float | None) -> tuple[float | None, str]:
    if slot.weight is None:
        return None, ""
    if weight is None:
        return slot.weight, ""
    return (weight, "") if 0 <= weight <= 1 else (None, "Between 0 and 1.")


def _seconds(file: StoredFile) -> float | None:
    return _in_seconds(file.milliseconds)


def _in_seconds(milliseconds: int | None) -> float | None:
    return milliseconds / 1000 if milliseconds else None


def lumas_address(source: Generation) -> str:
    """Luma's own address of a result as it last told it, or nothing. One query, no network."""
    last = source.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-number").first()
    assets = (last.response or {}).get("assets") if last else None
    return str((assets or {}).get(source.media_type) or "")
