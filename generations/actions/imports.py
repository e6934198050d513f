"""Importing generations that were made elsewhere with the same key."""

import hashlib
import json
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F

from generations.lifecycle import hints
from generations.lifecycle.api_key import current_key
from generations.lifecycle.callback_tokens import read_token
from generations.lifecycle.progress import asset_addresses
from generations.luma import schema
from generations.models import (
    AccountImport,
    Asset,
    Attempt,
    Event,
    Generation,
    GenerationInput,
    Kind,
    Orphan,
    State,
)
from generations.recipes.echo import Json, kind_of, media_type_of, named_sources, recipe_from
from generations.recipes.kinds import KINDS
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat

IMPORTED = "import"
"""The worker's name on attempts that were not sent from here."""

UNDER_WAY = frozenset({"queued", "dreaming"})
"""States at the API of what is imported unfinished."""

NAMESPACE = UUID("5b1c4a52-8f0e-4a6c-9f39-1d6f0a3d8c11")
"""The submit key follows from the id at the API, so that nothing is imported twice."""


def begin_import(seat: Seat) -> AccountImport:
    """Begin an import into the team. Raises Conflict while one of this key is running."""
    try:
        with transaction.atomic():
            found = AccountImport.objects.create(
                team=seat.team, author=seat.user, key=current_key()
            )
            Event.objects.create(team=seat.team, actor=seat.user, verb="user.import")
    except IntegrityError:
        raise Conflict("An import is running already.") from None
    hints.give("import_account", found.pk)
    return found


def import_generation(account_import: AccountImport, remote: schema.Generation, raw: Json) -> str:
    """Import one row of the list. Return what was done: taken, known or left.

    A row with our token, or with an id that is bound here, is known; one that failed or has no
    file is left. No money moves: it was spent elsewhere. One transaction. The worker then fetches
    the files.
    """
    request: Json = remote.request or {}
    remote_id = str(remote.id or "")
    if not remote_id:
        return "left"
    if read_token(str(request.get("callback_url") or "")) or _known(remote_id):
        return "known"
    state = _state(remote)
    if state is None:
        return "left"
    try:
        with transaction.atomic():
            _write(account_import, remote, raw, state)
    except IntegrityError:
        return "known"
    return "taken"


def _known(remote_id: str) -> bool:
    return (
        Attempt.objects.filter(remote_id=remote_id).exists()
        or Orphan.objects.filter(remote_id=remote_id).exists()
    )


def _state(remote: schema.Generation) -> State | None:
    """Return the state to import it in; None for one that failed or has no file."""
    if remote.state == "completed" and _addresses(remote):
        return State.STORING
    return State.DREAMING if remote.state in UNDER_WAY else None


def _addresses(remote: schema.Generation) -> dict[str, str]:
    """Return the addresses of the result's files by kind; empty without the original."""
    found = asset_addresses(remote)
    return found if media_type_of(remote) in found else {}


def _write(
    account_import: AccountImport, remote: schema.Generation, raw: Json, state: State
) -> Generation:
    remote_id, request = str(remote.id), remote.request or {}
    kind = kind_of(remote)
    recipe = recipe_from(remote, kind)
    made = Generation.objects.create(
        **_fields(account_import, kind, recipe, request),
        media_type=media_type_of(remote),
        submit_key=uuid5(NAMESPACE, remote_id),
        state=state,
        created_at=remote.created_at or now(),
    )
    Attempt.objects.create(
        generation=made,
        key=account_import.key,
        outcome=Attempt.Outcome.ACCEPTED,
        worker=IMPORTED,
        response=raw,
        remote_id=remote_id,
        remote_state=str(remote.state or "")[:20],
    )
    for name, url in _addresses(remote).items() if state == State.STORING else ():
        required = name == made.media_type
        Asset.objects.create(generation=made, kind=name, url=url, required=required)
    Event.objects.create(
        team=account_import.team,
        generation=made,
        actor=account_import.author,
        verb="user.imported",
        to_state=state,
        detail={"remote_id": remote_id},
    )
    return made


def _fields(account_import: AccountImport, kind: Kind, recipe: Json, request: Json) -> Json:
    length = str(recipe.get("duration") or "").removesuffix("s")
    canonical = json.dumps([kind, recipe, request], sort_keys=True, default=str)
    return {
        "team": account_import.team,
        "author": account_import.author,
        "kind": kind,
        "recipe": recipe,
        "prompt": recipe["prompt"],
        "model": str(recipe.get("model") or "")[:20],
        "aspect_ratio": str(recipe.get("aspect_ratio") or "")[:5],
        "resolution": str(recipe.get("resolution") or "")[:8],
        "seconds": int(length) if length.isdecimal() else None,
        "fingerprint": hashlib.sha256(canonical.encode()).hexdigest(),
    }


def link_sources(account_import: AccountImport) -> None:
    """Write the inputs of the team's imported generations, as their echoed requests name them.

    A source is found by its id, or by the address of a result of the team; another address is
    written as it is. A second call does nothing for generations that have inputs.
    """
    rows = Attempt.objects.filter(
        worker=IMPORTED, generation__team=account_import.team, generation__inputs__isnull=True
    ).select_related("generation")
    for attempt in rows:
        request = (attempt.response or {}).get("request") or {}
        with transaction.atomic():
            for slot, position, named in named_sources(request):
                _link(attempt.generation, slot, position, named)


def _weight(generation: Generation, slot: str, named: Json) -> float | None:
    """Return the weight of an input, from 0 to 1; None where its slot has none."""
    place, weight = KINDS[Kind(generation.kind)].slot(slot), named.get("weight")
    if place is None or place.weight is None or not isinstance(weight, int | float):
        return None
    return float(weight) if 0 <= weight <= 1 else None


def _link(generation: Generation, slot: str, position: int, named: Json) -> None:
    url = str(named.get("url") or "")
    source = _source(generation, str(named.get("id") or ""), url)
    if source is None and not url.startswith("https://"):
        return
    GenerationInput.objects.get_or_create(
        generation=generation,
        slot=slot,
        position=position,
        defaults={
            "source": source,
            "url": "" if source else url[:2000],
            "weight": _weight(generation, slot, named),
        },
    )


def _source(generation: Generation, remote_id: str, url: str) -> Generation | None:
    ours = Generation.objects.filter(team_id=generation.team_id).exclude(pk=generation.pk)
    if remote_id:
        return ours.filter(attempts__remote_id=remote_id).first()
    return ours.filter(assets__url=url).first() if url else None


def note_import_slice(account_import: AccountImport, counts: dict[str, int], offset: int) -> None:
    """Write what one slice did and where the next begins, and end the lease."""
    AccountImport.objects.filter(pk=account_import.pk).update(
        offset=offset,
        seen=F("seen") + sum(counts.values()),
        taken=F("taken") + counts.get("taken", 0),
        known=F("known") + counts.get("known", 0),
        left=F("left") + counts.get("left", 0),
        lease_until=None,
    )


def end_import(account_import: AccountImport, *, note: str = "") -> None:
    """End a running import: finished, or stopped with a note that says why."""
    state = AccountImport.State.STOPPED if note else AccountImport.State.FINISHED
    AccountImport.objects.filter(pk=account_import.pk, state=AccountImport.State.RUNNING).update(
        state=state, note=note[:300], finished_at=now(), lease_until=None
    )
