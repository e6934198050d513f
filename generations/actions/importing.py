"""What is written when generations that were made elsewhere with the same key are taken over."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F

from generations import hints
from generations.actions.progress import asset_addresses
from generations.keys import current_key
from generations.kinds import KINDS
from generations.luma import schema
from generations.models import (
    Asset,
    Attempt,
    Event,
    Generation,
    GenerationInput,
    Kind,
    Orphan,
    State,
    Takeover,
)
from generations.tokens import read_token
from studio.clock import now
from studio.errors import Conflict
from studio.teams.access import Seat

IMPORTED = "import"
"""The worker's name on attempts that were not sent from here."""

NAMESPACE = UUID("5b1c4a52-8f0e-4a6c-9f39-1d6f0a3d8c11")
UNDER_WAY = frozenset({"queued", "dreaming"})
IMAGE_SLOTS = {"image_ref": "image_ref", "style_ref": "style_ref"}
BY_OPERATION = {
    "image": Kind.IMAGE,
    "reframe_image": Kind.REFRAME_IMAGE,
    "reframe_video": Kind.REFRAME_VIDEO,
    "modify_video": Kind.MODIFY_VIDEO,
    "upscale_video": Kind.UPSCALE,
    "add_audio": Kind.ADD_AUDIO,
}
BY_ENDS = {
    (None, None): Kind.TEXT_TO_VIDEO,
    ("image", None): Kind.IMAGE_TO_VIDEO,
    (None, "image"): Kind.IMAGE_TO_VIDEO,
    ("image", "image"): Kind.KEYFRAMES,
    ("generation", None): Kind.EXTEND,
    (None, "generation"): Kind.EXTEND_BACKWARDS,
}

Json = dict[str, Any]


def begin_takeover(where: Seat) -> Takeover:
    """Begin an import into the team. Raises Conflict while one of this key is running."""
    try:
        with transaction.atomic():
            found = Takeover.objects.create(team=where.team, author=where.user, key=current_key())
            Event.objects.create(team=where.team, actor=where.user, verb="user.import")
    except IntegrityError:
        raise Conflict("An import is running already.") from None
    hints.give("take_over", found.pk)
    return found


def take(takeover: Takeover, remote: schema.Generation, raw: Json) -> str:
    """Take over one row of the list; return what was done: taken, known or left.

    Never what carries our token or is known here; never what failed. Its files are fetched by
    the worker like any other's; no money moves, for it was spent elsewhere. One transaction.
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
            _write(takeover, remote, raw, state)
    except IntegrityError:
        return "known"
    return "taken"


def _known(remote_id: str) -> bool:
    return (
        Attempt.objects.filter(remote_id=remote_id).exists()
        or Orphan.objects.filter(remote_id=remote_id).exists()
    )


def _state(remote: schema.Generation) -> State | None:
    """Where it goes on from; None for what there is nothing to have from."""
    if remote.state == "completed" and _addresses(remote):
        return State.STORING
    return State.DREAMING if remote.state in UNDER_WAY else None


def _addresses(remote: schema.Generation) -> dict[str, str]:
    """The result's files by kind; empty without the main one."""
    found = asset_addresses(remote)
    return found if media_type_of(remote) in found else {}


def media_type_of(remote: schema.Generation) -> str:
    """Video or image, as the API says."""
    return "image" if str(remote.generation_type) == "image" else "video"


def kind_of(remote: schema.Generation) -> Kind:
    """What it would be called here, from the echoed request; else from its media type."""
    request: Json = remote.request or {}
    named = BY_OPERATION.get(str(request.get("generation_type")))
    if named is not None:
        return named
    if media_type_of(remote) == "image":
        return Kind.IMAGE
    frames = request.get("keyframes") or {}
    ends = tuple(
        (frames.get(name) or {}).get("type") if isinstance(frames, dict) else None
        for name in ("frame0", "frame1")
    )
    return BY_ENDS.get(ends, Kind.BRIDGE)  # type: ignore[arg-type]


def recipe_from(remote: schema.Generation, kind: Kind) -> Json:
    """The settings as the composer would give them; the default for what cannot be read."""
    request: Json = remote.request or {}
    entry = KINDS[kind]
    given = {name: request.get(name) for name in entry.fields if request.get(name) is not None}
    concepts = request.get("concepts")
    if isinstance(concepts, list) and "concepts" in entry.fields:
        given["concepts"] = [str(one.get("key")) for one in concepts if isinstance(one, dict)]
    values, wrong = entry.read(given)
    values.update({name: entry.default(name) for name in wrong})
    return {**values, "prompt": str(request.get("prompt") or "")}


def _write(takeover: Takeover, remote: schema.Generation, raw: Json, state: State) -> Generation:
    remote_id, request = str(remote.id), remote.request or {}
    kind = kind_of(remote)
    recipe = recipe_from(remote, kind)
    made = Generation.objects.create(
        **_fields(takeover, kind, recipe, request),
        media_type=media_type_of(remote),
        submit_key=uuid5(NAMESPACE, remote_id),
        state=state,
        created_at=remote.created_at or now(),
    )
    Attempt.objects.create(
        generation=made,
        key=takeover.key,
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
        team=takeover.team,
        generation=made,
        actor=takeover.author,
        verb="user.imported",
        to_state=state,
        detail={"remote_id": remote_id},
    )
    return made


def _fields(takeover: Takeover, kind: Kind, recipe: Json, request: Json) -> Json:
    length = str(recipe.get("duration") or "").removesuffix("s")
    canonical = json.dumps([kind, recipe, request], sort_keys=True, default=str)
    return {
        "team": takeover.team,
        "author": takeover.author,
        "kind": kind,
        "recipe": recipe,
        "prompt": recipe["prompt"],
        "model": str(recipe.get("model") or "")[:20],
        "aspect_ratio": str(recipe.get("aspect_ratio") or "")[:5],
        "resolution": str(recipe.get("resolution") or "")[:8],
        "seconds": int(length) if length.isdecimal() else None,
        "fingerprint": hashlib.sha256(canonical.encode()).hexdigest(),
    }


def link_sources(takeover: Takeover) -> None:
    """Say what the imported ones were made from, where the echoed request names it.

    By id, or by the address of a result that is known here; other addresses are kept as such.
    Safe to run again: only what has nothing in its slots is looked at.
    """
    rows = Attempt.objects.filter(
        worker=IMPORTED, generation__team=takeover.team, generation__inputs__isnull=True
    ).select_related("generation")
    for attempt in rows:
        request = (attempt.response or {}).get("request") or {}
        with transaction.atomic():
            for slot, position, named in named_sources(request):
                _link(attempt.generation, slot, position, named)


def named_sources(request: Json) -> list[tuple[str, int, Json]]:
    """Slot, position and reference of everything that a request names."""
    found = []
    frames = request.get("keyframes")
    frames = frames if isinstance(frames, dict) else {}
    for name, slot in (("frame0", "start_frame"), ("frame1", "end_frame")):
        found.append((slot, 0, frames.get(name)))
    for name, slot in (("media", "source"), ("first_frame", "first_frame")):
        found.append((slot, 0, request.get(name)))
    found.append(("modify_image_ref", 0, request.get("modify_image_ref")))
    for name, slot in IMAGE_SLOTS.items():
        some = request.get(name)
        found += [(slot, at, one) for at, one in enumerate(some if isinstance(some, list) else [])]
    found += [("character_ref", at, {"url": url}) for at, url in enumerate(_faces(request))]
    return [(slot, at, one) for slot, at, one in found if isinstance(one, dict)]


def _faces(request: Json) -> list[Any]:
    """The addresses of the first character's pictures."""
    some: Any = request.get("character_ref")
    for name in ("identity0", "images"):
        some = some.get(name) if isinstance(some, dict) else None
    return some if isinstance(some, list) else []


def _weight(generation: Generation, slot: str, named: Json) -> float | None:
    """How much it counts, where its slot has weights; none for what is no share."""
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


def note_takeover(takeover: Takeover, counts: dict[str, int], offset: int) -> None:
    """Add what one slice did, and where the next begins."""
    Takeover.objects.filter(pk=takeover.pk).update(
        offset=offset,
        seen=F("seen") + sum(counts.values()),
        taken=F("taken") + counts.get("taken", 0),
        known=F("known") + counts.get("known", 0),
        left=F("left") + counts.get("left", 0),
        lease_until=None,
    )


def end_takeover(takeover: Takeover, *, note: str = "") -> None:
    """It is through; with a note, it stopped before its end."""
    state = Takeover.State.STOPPED if note else Takeover.State.FINISHED
    Takeover.objects.filter(pk=takeover.pk, state=Takeover.State.RUNNING).update(
        state=state, note=note[:300], finished_at=now(), lease_until=None
    )
