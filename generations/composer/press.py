"""Pressing Generate: from what was posted to a submission, or to a composer that says why not."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations.actions import PriceChanged, Submission, submit
from generations.actions.prompts import remember_prompts
from generations.composer.form import OLD_FORM, ComposerForm
from generations.composer.reading import read_draft, read_files, unread_slots
from generations.media.address_checks import check_addresses, known_result
from generations.media.models import Upload
from generations.media.quota import QuotaReached
from generations.media.uploads import add_upload
from generations.pages.composer import ShownComposer
from generations.pages.slots import (
    contents_in,
    doubts_in,
    look_up,
    looks_of,
    require,
    slot_problems,
)
from generations.recipes.check import wrong_count, wrong_prompts
from generations.recipes.concepts import offered
from generations.recipes.draft import Draft
from generations.recipes.recipe import InputChoice
from generations.recipes.variables import LARGEST_ROWS, WrongRows, read_file
from generations.spending.queries import Balance
from studio.errors import Conflict, StudioError, TooLarge, Unavailable
from studio.teams.access import Seat

ANOTHER = "Choose another file."
REPEATED = "This was sent already; nothing was sent twice. Press again to make another."


@dataclass
class Sent:
    """What came of pressing Generate: a submission, or a composer that says why not, or asks."""

    composer: ShownComposer
    submission: Submission | None = None


def send(
    seat: Seat, data: QueryDict, files: MultiValueDict[str, Any], balance: Balance | None
) -> Sent:
    """Submit what was posted. Everything that is wrong comes back at its field, input kept.

    A press that makes much or costs much asks once more, and is sent when that is agreed to.
    """
    draft = read_draft(data)
    form = ComposerForm(draft, data)
    composer = ShownComposer(seat, draft, balance, form)
    try:
        draft, unkept = take_files(seat, draft, files)
        composer.found = look_up(seat, draft)
        require(composer.found)
        fitting = draft.fitting(contents_in(composer.found))
        if fitting.kind != draft.kind or files.get("rows_file"):
            form = ComposerForm(fitting, _with_rows(data, fitting.rows))
        composer.draft, composer.form, form.draft = fitting, form, fitting
        valid = form.is_valid()
        problems = {**_problems(composer, form), **unread_slots(fitting.entry, data), **unkept}
        if valid and not problems:
            problems = _problems_outside(composer, form)
        if problems or not valid:
            form.refuse(problems)
            return Sent(composer)
        price = composer.price
        composer.asking = price.much
        if composer.asking and form.cleaned_data["agreed"] != price.agreement:
            return Sent(composer)
        made = submit(
            seat,
            form.recipe,
            submit_key=form.cleaned_data["submit_key"],
            quoted_micros=form.cleaned_data["quoted"],
        )
    except Conflict:
        composer.draft = replace(composer.draft, submit_key=uuid4())
        form.add_error(None, OLD_FORM)
        return Sent(composer)
    except PriceChanged as changed:
        composer.asking = False
        form.add_error(None, changed.sentence)
        return Sent(composer)
    except StudioError as error:
        if error.status != StudioError.status:
            raise
        composer.asking = False
        form.refuse(error.fields or {"": error.sentence})
        return Sent(composer)
    if not made.repeated:
        remember_prompts(seat, str(draft.settings.get("prompt", "")))
    notes = ["Invisible characters were removed."] if form.removed else []
    notes += doubts_in(composer.found)
    notes += [REPEATED] if made.repeated else []
    return Sent(fresh(composer, notes), made)


def _problems(composer: ShownComposer, form: ComposerForm) -> dict[str, str]:
    """What the kind's rules and the slots say, for fields that have no complaint yet."""
    entry, prompts = composer.entry, composer.draft.expansion.prompts
    contents = contents_in(composer.found)
    given = {**composer.draft.settings, **form.cleaned_data}
    problems = {
        **entry.problems(given, contents, offered()),
        **wrong_prompts(entry, prompts, contents),
        **wrong_count(len(prompts), form.cleaned_data.get("variations", 1)),
        **slot_problems(composer.found),
    }
    return {name: said for name, said in problems.items() if name not in form.errors}


def _problems_outside(composer: ShownComposer, form: ComposerForm) -> dict[str, str]:
    """As `_problems`, once the addresses were looked at of which nothing is known. Network."""
    looks = looks_of(composer.found)
    composer.looked = bool(looks)
    if all(known_result(look) for look in looks):
        return {}
    check_addresses(looks)
    composer.found = look_up(composer.seat, composer.draft)
    return _problems(composer, form)


def fresh(sent: ShownComposer, notes: list[str]) -> ShownComposer:
    """The same composition once more, under a new submit key: text and slots stay."""
    draft = replace(sent.draft, submit_key=uuid4())
    composer = ShownComposer(sent.seat, draft, sent.balance, ComposerForm(draft))
    composer.found = sent.found
    composer.notes += notes
    return composer


def take_files(
    seat: Seat, draft: Draft, files: MultiValueDict[str, Any]
) -> tuple[Draft, dict[str, str]]:
    """Store the files that came with the form and put them in their slots; rows are read.

    Returns the draft with those that were taken, and by slot or field why others were not.
    """
    draft, problems = take_rows(draft, files)
    for name, file in read_files(draft.entry, files).items():
        seat.require("upload")
        try:
            draft = draft.put(InputChoice(name, upload=take_file(seat, file).uuid))
        except StudioError as error:
            problems[name] = error.sentence
    return draft, problems


def take_file(seat: Seat, file: "UploadedFile[bytes]") -> Upload:
    """Store one file, as `add_upload`; what is wrong with it comes with what to do now."""
    try:
        return add_upload(seat.team, seat.user, file)
    except (QuotaReached, Unavailable):
        raise
    except TooLarge as error:
        raise TooLarge(f"{error.sentence} {ANOTHER}") from error
    except StudioError as error:
        raise StudioError(f"{error.sentence} {ANOTHER}") from error


def take_rows(draft: Draft, files: MultiValueDict[str, Any]) -> tuple[Draft, dict[str, str]]:
    """The draft with the rows of a file that came with the form, and why not, at its field."""
    file = files.get("rows_file")
    if file is None:
        return draft, {}
    try:
        return replace(draft, rows=read_file(file.read(LARGEST_ROWS + 1))), {}
    except WrongRows as wrong:
        return draft, {"rows": str(wrong)}


def _with_rows(data: QueryDict, rows: str) -> QueryDict:
    """What was posted, with these rows instead of those of the text field."""
    changed = data.copy()
    changed["rows"] = rows
    return changed
