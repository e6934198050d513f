"""Pressing Generate: from what was posted to a submission, or to a composer that says why not."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from generations.actions import InputChoice, PriceChanged, Submission, submit
from generations.composer.page import Composer
from generations.composer.slots import contents_in, doubts_in, look_up, looks_of, slot_problems
from generations.concepts import offered_keys
from generations.forms import ComposerForm, Draft, read_draft, read_files
from generations.media.looking import known, look_at
from generations.media.uploads import add_upload
from generations.spending.queries import Balance
from studio.errors import StudioError
from studio.teams.access import Seat


@dataclass
class Sent:
    """What came of pressing Generate: a submission, or a composer that says why not."""

    composer: Composer
    submission: Submission | None = None


def send(
    where: Seat, data: QueryDict, files: MultiValueDict[str, Any], balance: Balance | None
) -> Sent:
    """Submit what was posted. Everything that is wrong comes back at its field, input kept."""
    draft = read_draft(data)
    form = ComposerForm(draft, data)
    composer = Composer(where, draft, balance, form)
    try:
        draft = take_files(where, draft, files)
        fitting = draft.fitting(contents_in(look_up(where, draft, strict=True)))
        if fitting.kind != draft.kind:
            form = ComposerForm(fitting, data)
        composer.draft, composer.form, form.draft = fitting, form, fitting
        valid = form.is_valid()
        problems = _problems(where, form)
        if valid and not problems:
            problems = _problems_outside(where, composer)
        if problems or not valid:
            form.refuse(problems)
            return Sent(composer)
        made = submit(
            where,
            form.recipe,
            submit_key=form.cleaned_data["submit_key"],
            quoted_micros=form.cleaned_data["quoted"],
        )
    except PriceChanged as changed:
        form.add_error(None, changed.sentence)
        return Sent(composer)
    except StudioError as error:
        if error.status != StudioError.status:
            raise
        form.refuse(error.fields or {"": error.sentence})
        return Sent(composer)
    notes = ["Invisible characters were removed."] if form.removed else []
    notes += doubts_in(look_up(where, composer.draft))
    return Sent(fresh(where, composer.draft, balance, notes), made)


def _problems(where: Seat, form: ComposerForm) -> dict[str, str]:
    """What the kind's rules and the slots say, for fields that have no complaint yet."""
    found = look_up(where, form.draft)
    given = {**form.draft.settings, **form.cleaned_data}
    entry, contents = form.draft.entry, contents_in(found)
    problems = {**entry.problems(given, contents, offered_keys()), **slot_problems(found)}
    return {name: said for name, said in problems.items() if name not in form.errors}


def _problems_outside(where: Seat, composer: Composer) -> dict[str, str]:
    """As `_problems`, once the addresses were looked at of which nothing is known. Network."""
    looks = looks_of(look_up(where, composer.draft))
    composer.looked = bool(looks)
    if all(known(look) for look in looks):
        return {}
    look_at(looks)
    return _problems(where, composer.form)


def fresh(where: Seat, draft: Draft, balance: Balance | None, notes: list[str]) -> Composer:
    """The same composition once more, under a new submit key: text and slots stay."""
    composer = Composer(where, replace(draft, submit_key=uuid4()), balance)
    composer.notes += notes
    return composer


def take_files(where: Seat, draft: Draft, files: MultiValueDict[str, Any]) -> Draft:
    """Store the files that came with the form and put them in their slots."""
    for name, file in read_files(draft.entry, files).items():
        where.require("upload")
        try:
            upload = add_upload(where.team, where.user, file)
        except StudioError as error:
            raise StudioError(error.sentence, fields={name: error.sentence}) from error
        draft = draft.put(InputChoice(name, upload=upload.uuid))
    return draft
