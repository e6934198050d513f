"""The inputs of a draft: the objects they refer to, their measures and their problems."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings

from generations import access
from generations.luma.sizes import image_size, video_size
from generations.media.access import usable_uploads
from generations.media.address_checks import AddressCheck, known_result
from generations.media.models import Upload
from generations.media.preflight import reachable_from_outside
from generations.media.public_hosts import address_problem
from generations.models import Attempt, Generation, State
from generations.recipes.choice import InputChoice
from generations.recipes.kinds import KindEntry
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO, FoundInput, Slot
from studio.errors import NotFound
from studio.teams.access import Seat

LONGEST_ADDRESS = 2000
InputRows = Mapping[UUID, Generation | Upload]

MADE_HERE = "Only a video made here can lie here. Choose one from the library."
TOO_LONG = f"The address is too long: {LONGEST_ADDRESS:,} characters at most."
GONE = "is not there any more, or is not yours. Clear it or choose another."


def rows_of(seat: Seat, choices: Iterable[InputChoice]) -> InputRows:
    """Return what choices refer to, by uuid, without what the person may not use.

    Two queries at most, however many choices there are.
    """
    named = list(choices)
    results = [one.generation for one in named if one.generation]
    uploads = [one.upload for one in named if one.upload]
    rows: dict[UUID, Generation | Upload] = {}
    if results:
        rows.update({row.uuid: row for row in access.usable_generations(seat, results)})
    if uploads:
        rows.update({row.uuid: row for row in usable_uploads(seat.team, uploads)})
    return rows


def row_in(rows: InputRows, choice: InputChoice) -> Generation | Upload | None:
    """Return what a choice refers to, None for an address. Raises NotFound if `rows` lacks it."""
    uuid = choice.generation or choice.upload
    if uuid is None:
        return None
    row = rows.get(uuid)
    if not isinstance(row, Generation if choice.generation else Upload):
        raise NotFound
    return row


def find_inputs(
    seat: Seat, entry: KindEntry, choices: Iterable[InputChoice], rows: InputRows | None = None
) -> list[FoundInput]:
    """Return every input of a draft, in order, without choices for which the kind has no slot.

    `rows` is what the choices refer to, if the caller has it. Two queries at most, none with
    `rows`. The result stays valid if the kind changes because of it: the kinds that a draft can
    change between have the same slots.
    """
    choices = tuple(choices)
    rows = rows_of(seat, choices) if rows is None else rows
    named = ((entry.slot(choice.slot), choice) for choice in choices)
    return [find_input(slot, choice, rows) for slot, choice in named if slot is not None]


def find_input(slot: Slot, choice: InputChoice, rows: InputRows) -> FoundInput:
    """Return one input; it is `gone` if `rows` lacks it."""
    try:
        row = row_in(rows, choice)
    except NotFound as error:
        return FoundInput(slot, choice, problem=error.sentence, gone=True)
    if isinstance(row, Generation):
        found = _found_generation(slot, choice, row)
    elif isinstance(row, Upload):
        found = _found_upload(slot, choice, row)
    else:
        found = _found_address(slot, choice)
    weight, sentence = _read_weight(slot, choice.weight)
    return replace(found, weight=weight, problem=found.problem or sentence)


def contents_of(inputs: Iterable[FoundInput]) -> dict[str, list[FoundInput]]:
    """Return the inputs of each slot, by the name of the slot, without those that are gone."""
    contents: dict[str, list[FoundInput]] = {}
    for one in inputs:
        if not one.gone:
            contents.setdefault(one.slot.name, []).append(one)
    return contents


def input_problems(inputs: Iterable[FoundInput]) -> dict[str, str]:
    """Return the problems of inputs, by slot."""
    return {one.slot.name: one.problem for one in inputs if one.problem}


def require_found(inputs: Iterable[FoundInput]) -> None:
    """Raise NotFound for an input that does not exist or that the person may not use."""
    for one in inputs:
        if one.gone:
            raise NotFound(f"{one.slot.label} {GONE}")


def measures_of(row: Generation | Upload) -> dict[str, Any]:
    """Return the measures of a row for a FoundInput: of its file, else as asked for."""
    file = row.file if isinstance(row, Upload) else row.original
    if file is not None:
        seconds = file.milliseconds / 1000 if file.milliseconds else None
        measures = {"width": file.width, "height": file.height, "seconds": seconds}
        resolution = None if isinstance(row, Upload) else row.resolution or None
        return {**measures, "resolution": resolution, "size": file.size}
    assert isinstance(row, Generation)  # noqa: S101 - an upload always has its file
    ratio, tier = row.aspect_ratio, row.resolution or "720p"
    size = image_size(ratio) if row.media_type == "image" else video_size(ratio, tier)
    width, height = size or (None, None)
    return {
        "width": width,
        "height": height,
        "seconds": float(row.seconds) if row.seconds else None,
        "resolution": tier,
        "ready": row.state == State.COMPLETED,
    }


def source_input(slot: Slot, choice: InputChoice, source: Generation) -> FoundInput:
    """Return a generation as an input of a slot, whatever its state."""
    kind = _kind_in(slot, source.media_type) or IMAGE
    return FoundInput(slot, choice, kind, source=source, **measures_of(source))


def _found_generation(slot: Slot, choice: InputChoice, source: Generation) -> FoundInput:
    found = source_input(slot, choice, source)
    problem = _source_problem(slot, source)
    if problem:
        return replace(found, problem=problem)
    if found.kind == CLIP or source.state != State.COMPLETED:
        return found
    return _with_luma_address(found, source)


def _with_luma_address(found: FoundInput, source: Generation) -> FoundInput:
    """Return the input with Luma's own address of it, if Luma cannot fetch it from the studio."""
    here = reachable_from_outside(settings.PUBLIC_BASE_URL)
    if here.ok:
        return found
    address = address_at_luma(source)
    if address:
        check = AddressCheck(address, "image" if found.kind == IMAGE else "video", at_luma=True)
        return found.with_check(check)
    return replace(found, problem=here.sentence)


def _source_problem(slot: Slot, source: Generation) -> str:
    why = source.facts.why_unusable
    if why or _kind_in(slot, source.media_type) is not None:
        return why
    if source.media_type == "video":
        return f"{slot.label} takes a picture; this is a video. Use one of its frames."
    return f"{slot.label} takes a video; this is a picture."


def _kind_in(slot: Slot, media_type: str) -> str | None:
    """Return IMAGE, CLIP or VIDEO: how a slot uses a generation. None if it does not accept it."""
    if media_type == "image":
        return IMAGE if IMAGE in slot.accepts else None
    return next((kind for kind in (CLIP, VIDEO) if kind in slot.accepts), None)


def _found_upload(slot: Slot, choice: InputChoice, upload: Upload) -> FoundInput:
    media_type = upload.file.content_type.partition("/")[0]
    kind = {"image": IMAGE, "video": VIDEO}[media_type]
    problem = "" if kind in slot.accepts else _upload_problem(slot, kind)
    problem = problem or reachable_from_outside(settings.PUBLIC_BASE_URL).sentence
    return FoundInput(slot, choice, kind, upload=upload, problem=problem, **measures_of(upload))


def _upload_problem(slot: Slot, kind: str) -> str:
    if slot.accepts == (CLIP,):
        return MADE_HERE
    if kind == VIDEO and CLIP in slot.accepts:
        return "An uploaded video cannot be extended. Use its last frame as a start frame instead."
    return f"{slot.label} takes {slot.takes}."


def _found_address(slot: Slot, choice: InputChoice) -> FoundInput:
    choice = replace(choice, url=choice.url.strip())
    kind = VIDEO if VIDEO in slot.accepts else IMAGE
    found = FoundInput(slot, choice, kind)
    if kind not in slot.accepts:
        return replace(found, problem=MADE_HERE)
    if len(choice.url) > LONGEST_ADDRESS:
        return replace(found, problem=TOO_LONG)
    check = AddressCheck(choice.url, "video" if kind == VIDEO else "image")
    problem = address_problem(choice.url) if known_result(check) is None else None
    return replace(found, problem=problem) if problem else found.with_check(check)


def _read_weight(slot: Slot, weight: float | None) -> tuple[float | None, str]:
    if slot.weight is None:
        return None, ""
    if weight is None:
        return slot.weight, ""
    return (weight, "") if 0 <= weight <= 1 else (None, "Between 0 and 1.")


def address_at_luma(source: Generation) -> str:
    """Return the address of a result at Luma by its last answer, or "". One query, no network."""
    last = source.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-number").first()
    assets = (last.response or {}).get("assets") if last else None
    return str((assets or {}).get(source.media_type) or "")
