"""Pressing Generate: from the posted form to generations, or to a composer with problems."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations.actions import PriceChanged, submit
from generations.actions.prompts import remember_prompts
from generations.composer.files import take_files
from generations.composer.form import OLD_FORM, ComposerForm
from generations.composer.reading import read_draft, read_pressed, unread_slots
from generations.composer.saved import save_composer
from generations.media.address_checks import check_addresses
from generations.models import Generation
from generations.pages.composer import ShownComposer
from generations.pages.slots import unchecked_notes
from generations.recipes.check import Order, order_of
from generations.recipes.draft_json import draft_to_json
from generations.recipes.inputs import require_found
from studio.errors import Conflict, StudioError
from studio.teams.access import Seat

REPEATED = "This was sent already; nothing was sent twice. Press again to make another."
INVISIBLE = "Invisible characters were removed."


@dataclass
class Press:
    """The result of a press: the composer to answer with, and the generations; none if refused.

    `repeated`: an earlier press with the same key made them.
    """

    composer: ShownComposer
    made: list[Generation]
    repeated: bool = False


def press(seat: Seat, data: QueryDict, files: MultiValueDict[str, Any]) -> Press:
    """Submit the posted form, or return it with each problem at its field.

    Saves the draft, and again if the press changed it. A press that makes much or costs much asks
    once more, and is sent when that is agreed to. Raises NotFound for inputs that the person may
    not use.
    """
    posted = read_draft(data)
    # Saved first, because the press may fail.
    save_composer(seat, posted)
    pressed = _press(seat, data, files)
    if draft_to_json(pressed.composer.draft) != draft_to_json(posted):
        save_composer(seat, pressed.composer.draft)
    return pressed


def _press(seat: Seat, data: QueryDict, files: MultiValueDict[str, Any]) -> Press:
    draft, file_problems = take_files(seat, read_pressed(data), files)
    order = order_of(seat, draft)
    require_found(order.inputs)
    form = ComposerForm(order.draft, _with_rows(data, order.draft.rows))
    problems = {**order.problems, **unread_slots(order.entry, data), **file_problems}
    accepted = form.accepts(problems)
    if accepted:
        order = _with_addresses_checked(seat, order)
        form.refuse(order.problems)
    composer = ShownComposer(seat, order, None, form)
    composer.checked = accepted and any(one.check for one in order.inputs)
    if form.errors:
        return Press(composer, [])
    composer.asking = composer.price.needs_agreement
    if composer.asking and form.cleaned_data["agreed"] != composer.price.agreement:
        return Press(composer, [])
    return _submit(seat, composer, form)


def _with_addresses_checked(seat: Seat, order: Order) -> Order:
    """Return the order after the address checks that were missing, which use the network."""
    checks = [one.check for one in order.inputs if one.check and one.checked is None]
    if not checks:
        return order
    check_addresses(checks)
    return order_of(seat, order.draft)


def _submit(seat: Seat, composer: ShownComposer, form: ComposerForm) -> Press:
    try:
        made, repeated = submit(
            seat,
            composer.order,
            submit_key=form.cleaned_data["submit_key"],
            quoted_micros=form.cleaned_data["quoted"],
        )
    except PriceChanged as changed:
        return _refused(composer, form, {"": changed.sentence})
    except Conflict:
        composer.order = _under_new_key(composer.order)
        return _refused(composer, form, {"": OLD_FORM})
    except StudioError as error:
        if error.status != StudioError.status:
            raise
        return _refused(composer, form, error.fields or {"": error.sentence})
    if not repeated:
        remember_prompts(seat, str(composer.draft.settings.get("prompt", "")))
    return Press(_next(seat, composer, form, repeated=repeated), made, repeated)


def _refused(composer: ShownComposer, form: ComposerForm, problems: Mapping[str, str]) -> Press:
    composer.asking = False
    form.refuse(problems)
    return Press(composer, [])


def _next(seat: Seat, sent: ShownComposer, form: ComposerForm, *, repeated: bool) -> ShownComposer:
    """Return the composer after a press: the same draft under a new submit key, with notes."""
    order = _under_new_key(sent.order)
    composer = ShownComposer(seat, order, None, ComposerForm(order.draft))
    composer.notes += [INVISIBLE] if form.removed else []
    composer.notes += unchecked_notes(order.inputs)
    composer.notes += [REPEATED] if repeated else []
    return composer


def _under_new_key(order: Order) -> Order:
    return replace(order, draft=replace(order.draft, submit_key=uuid4()))


def _with_rows(data: QueryDict, rows: str) -> QueryDict:
    """Return the posted data with these rows in the place of the text field's."""
    if data.get("rows", "") == rows:
        return data
    changed = data.copy()
    changed["rows"] = rows
    return changed
