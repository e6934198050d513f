"""Where Luma can fetch an input: at a signed address here, at its own, or at the pasted one."""

from datetime import timedelta

import structlog
from django.conf import settings

from generations.media import outbound, store
from generations.media.models import StoredFile
from generations.media.preflight import reachable_from_outside
from generations.models import Attempt, Generation, GenerationInput, Kind
from generations.recipes.inputs import address_at_luma
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.entry import ApiInput
from generations.recipes.kinds.slots import CLIP

log = structlog.get_logger(__name__)

LIFETIME = timedelta(hours=24)

NOT_REACHABLE = (
    "Luma cannot open this file from outside, because the studio has no public address. "
    "Nothing was charged. Set PUBLIC_BASE_URL, or paste the address of a public copy."
)

NO_REMOTE = (
    "Luma does not know this video, so it cannot be extended. Nothing was charged. "
    "Use its last frame as a start frame instead."
)


class Unreachable(Exception):
    """An input that Luma could not fetch. str() is the sentence to show."""


def api_inputs(generation: Generation) -> dict[str, list[ApiInput]]:
    """Return every input of a generation as the API takes it, by slot. One query.

    Raises Unreachable for an input that Luma could not open.
    """
    rows = generation.inputs.select_related("source__original", "upload__file").order_by(
        "slot", "position"
    )
    entry = KINDS[Kind(generation.kind)]
    inputs: dict[str, list[ApiInput]] = {}
    for row in rows:
        slot = entry.slot(row.slot)
        by_id = slot is not None and CLIP in slot.accepts
        inputs.setdefault(row.slot, []).append(_api_input(row, by_id=by_id))
    return inputs


def _api_input(row: GenerationInput, *, by_id: bool) -> ApiInput:
    if by_id and row.source is not None and row.source.media_type == "video":
        return {"id": _remote_id(row.source)}
    weight = {} if row.weight is None else {"weight": row.weight}
    return {"url": _address(row), **weight}


def _remote_id(source: Generation) -> str:
    accepted = source.attempts.filter(outcome=Attempt.Outcome.ACCEPTED).order_by("-number")
    remote_id = accepted.values_list("remote_id", flat=True).first()
    if not remote_id:
        raise Unreachable(NO_REMOTE)
    return str(remote_id)


def _address(row: GenerationInput) -> str:
    if row.upload is not None:
        return _signed_address(row.upload.file)
    if row.source is not None:
        if public_base() and row.source.original is not None:
            return _signed_address(row.source.original)
        return _checked_luma_address(row.source)
    return row.url


def public_base() -> str | None:
    """Return PUBLIC_BASE_URL if Luma can reach it, else None."""
    base = settings.PUBLIC_BASE_URL
    return base if base and reachable_from_outside(base).ok else None


def _signed_address(file: StoredFile) -> str:
    base = public_base()
    if base is None:
        raise Unreachable(NOT_REACHABLE)
    return store.signed_address(file, base, LIFETIME)


def _checked_luma_address(source: Generation) -> str:
    address = address_at_luma(source)
    if not address:
        raise Unreachable(NOT_REACHABLE)
    try:
        outbound.head(address)
    except (outbound.FetchGone, outbound.FetchRefused):
        raise Unreachable(NOT_REACHABLE) from None
    except outbound.FetchError:
        log.info("cannot tell whether an asset is still at Luma", generation=source.pk)
    return address
