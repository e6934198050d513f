"""The form of a chain: reading it, adding its files, and pressing its button."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from generations.actions.chains import submit_chain
from generations.actions.prompts import remember_prompts
from generations.composer.files import take_file
from generations.composer.form import OLD_FORM
from generations.media.names import shown_name
from generations.models import Chain, Kind
from generations.pages.chain_form import found_items
from generations.recipes.chain import ITEM, MOST_LINKS, SHARED_SETTINGS, ChainDraft, chain_order
from generations.recipes.choice import InputChoice, read_reference
from generations.recipes.inputs import rows_of
from generations.recipes.kinds import KINDS
from studio.errors import StudioError
from studio.forms import read_uuid
from studio.teams.access import Seat

FIRST_TIMES = 3


def read_chain(data: QueryDict) -> ChainDraft:
    """Read the posted form, or the items of an address. Values that cannot be read are left out."""
    texts = [*data.getlist(ITEM), f"url:{data.get('item_url', '')}"]
    items = [one for text in texts if (one := _read_item(text)) is not None]
    times = data.get("times", "")
    entry = KINDS[Kind.EXTEND]
    return ChainDraft(
        items=tuple(items[: MOST_LINKS + 2]),
        settings={name: data.get(name, entry.default(name)) for name in SHARED_SETTINGS},
        prompt=data.get("prompt", ""),
        prompts=tuple(data.getlist("link_prompt")[: MOST_LINKS + 2]),
        times=min(int(times[:4]), MOST_LINKS + 1) if times.isdecimal() else FIRST_TIMES,
        title=data.get("title", ""),
        submit_key=read_uuid(data.get("submit_key")) or uuid4(),
    )


def _read_item(text: str) -> InputChoice | None:
    """Read one item: a reference, or the uuid of a generation alone."""
    return read_reference(ITEM, text if ":" in text else f"generation:{text}")


@dataclass
class AddedFiles:
    """A draft with the files that were posted with it.

    `notes` are sentences about files that were added, `problems` those about files that were not,
    by field. Each names its file.
    """

    draft: ChainDraft
    notes: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def add_files(seat: Seat, draft: ChainDraft, files: "Sequence[UploadedFile[bytes]]") -> AddedFiles:
    """Store posted files and add them as items. Files that are refused become problems."""
    added, wrong = AddedFiles(draft), []
    for file in files:
        seat.require("upload")
        name = shown_name(file.name)
        try:
            upload = take_file(seat, file)
        except StudioError as error:
            wrong.append(f"{name}: {error.sentence}")
            continue
        added.draft = added.draft.with_items([InputChoice(ITEM, upload=upload.uuid)])
        added.notes += [f"{name}: {upload.notice}"] if upload.notice else []
    if wrong:
        added.problems["items"] = " ".join(wrong)
    return added


def press_chain(
    seat: Seat, draft: ChainDraft, quoted_micros: int | None, key: UUID | None
) -> tuple[Chain | None, dict[str, str]]:
    """Submit the chain at the price of the button. Return it, or None and the problems by link.

    Raises NotFound for items that the person may not use.
    """
    if key is None:
        return None, {"submit_key": OLD_FORM}
    rows = rows_of(seat, draft.items)
    found_items(draft.items, rows)
    try:
        made = submit_chain(
            seat,
            chain_order(seat, draft, rows),
            title=draft.title,
            submit_key=key,
            quoted_micros=quoted_micros,
        )
    except StudioError as error:
        return None, error.fields or {"price": error.sentence}
    remember_prompts(seat, draft.prompt, *draft.prompts[: draft.links])
    return made, {}
