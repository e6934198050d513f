"""Following what is at Luma: callbacks are hints, one list request per key is the backbone.

The same look at the list also finds what is in doubt, by the token in the echoed callback address.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet

from generations import hints
from generations.access import attempt_of
from generations.actions import progress
from generations.luma.client import Answer, LumaClient
from generations.luma.errors import LumaError, LumaNotFound
from generations.models import ApiKey, Attempt, CallbackDelivery, Generation, Orphan, State
from generations.states import REMOTE, Actor, move
from generations.tasks.luma import open_client, refresh_balance
from generations.tokens import Token, read_token
from studio.clock import now

log = structlog.get_logger(__name__)

Outcome = Attempt.Outcome

PAGE = 100
OVERLAP = 20
MOST_PAGES = 200
MOST_GETS = 20
SLACK = timedelta(hours=24)
FORGET_AFTER = timedelta(days=7)
FULL_SCANS = 3
SCHEDULE = (2, 5, 15, 45, 120, 300, 600, 900, 960, 1020)
"""Seconds after the mark at which the list is scanned, for a horizon of 900 s; then hourly."""

GONE_AFTER = timedelta(minutes=5)
COALESCE = timedelta(seconds=1)


def look_at_attempt(attempt_id: int) -> None:
    """Act on the callbacks of one attempt: ask the API, and believe only its answer.

    Callbacks that follow within a second are left to the watcher's next sweep, so that a leaked
    address causes one request a second at most.
    """
    attempt = Attempt.objects.select_related("generation").filter(pk=attempt_id).first()
    pending = list(
        CallbackDelivery.objects.filter(attempt_id=attempt_id, processed_at__isnull=True)
    )
    if attempt is None or not pending:
        return
    if attempt.seen_at and now() - attempt.seen_at < COALESCE:
        return
    if _still_open(attempt):
        with open_client() as client:
            for remote_id in _ids(attempt, pending):
                _look(client, attempt, remote_id, Actor.CALLBACK)
    _settle(pending)


def _still_open(attempt: Attempt) -> bool:
    if attempt.remote_id is None:
        return attempt.marked_at is not None
    return attempt.generation.state in REMOTE


def _settle(deliveries: Iterable[CallbackDelivery]) -> None:
    CallbackDelivery.objects.filter(pk__in=[row.pk for row in deliveries]).update(
        processed_at=now()
    )


def _ids(attempt: Attempt, deliveries: list[CallbackDelivery]) -> list[str]:
    """The ids worth asking for: the bound one, else those that the bodies claim."""
    if attempt.remote_id:
        return [attempt.remote_id]
    claimed = [claimed_id(bytes(row.body)) for row in deliveries]
    return list(dict.fromkeys(one for one in claimed if one))[:3]


def claimed_id(body: bytes) -> str | None:
    """The id that a callback's body claims, if it is a UUID; nothing else of it is read."""
    try:
        parsed = json.loads(body)
        return str(UUID(str(parsed["id"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _look(client: LumaClient, attempt: Attempt, remote_id: str, actor: Actor) -> None:
    try:
        answer = client.get_generation(remote_id)
    except LumaNotFound:
        if attempt.remote_id == remote_id:
            _missing(attempt)
        return
    if attempt.remote_id is None and not _bind_if_ours(attempt, answer, actor):
        return
    apply_news(client, attempt, answer, actor)


def _bind_if_ours(attempt: Attempt, answer: Answer, actor: Actor) -> bool:
    """Bind only what carries this very attempt's token; a claimed id proves nothing."""
    token = token_of(answer)
    if token is None or attempt_of(token) != attempt:
        log.warning("callback claims a foreign generation", attempt=attempt.pk)
        return False
    remote_id = str(answer.generation.id)
    if not progress.bind(attempt, remote_id, answer.raw, actor):
        return False
    attempt.remote_id = remote_id
    return True


def token_of(answer: Answer) -> Token | None:
    """The genuine token of ours that the API echoes for a generation, if it does."""
    request: dict[str, Any] = answer.generation.request or {}
    return read_token(str(request.get("callback_url") or ""))


def apply_news(client: LumaClient, attempt: Attempt, answer: Answer, actor: Actor) -> None:
    """Write what the API says, and start what follows from it."""
    state = progress.note_news(attempt, answer.raw, answer.generation, actor)
    if state == State.STORING:
        hints.give("store_assets", attempt.generation_id)
    if state is not None:
        refresh_balance(client)


def _missing(attempt: Attempt) -> None:
    """GET says 404: once means nothing, for five minutes it means Luma no longer knows it."""
    if attempt.missing_since is None:
        Attempt.objects.filter(pk=attempt.pk).update(missing_since=now())
    elif now() - attempt.missing_since > GONE_AFTER:
        note = "Luma no longer knows this generation. We keep asking."
        move(attempt.generation_id, State.STALLED, actor=Actor.POLLER, note=note)


@dataclass
class Look:
    """One pass over the list: whom we look for, whom we met, and whether it proves absence."""

    wanted: dict[str, Attempt]
    until: datetime | None = None
    met: set[str] = field(default_factory=set)
    clean: bool = True
    _last_id: str | None = None
    _oldest: datetime | None = None
    _ordered: bool = True

    def done(self, *, more: bool) -> bool:
        """Whether further pages can show nothing new."""
        if not more:
            return True
        if self.until is None:
            return self.met >= self.wanted.keys()
        return self._ordered and self._oldest is not None and self._oldest < self.until - SLACK

    def take(self, rows: tuple[Answer, ...], *, whole: bool) -> None:
        """Note one page: overlap with the page before, order, completeness."""
        ids = [str(row.generation.id) for row in rows if row.generation.id]
        if self._last_id is not None and self._last_id not in ids:
            self.clean = False
        if not whole or len(ids) != len(rows):
            self.clean = False
        self.met.update(ids)
        for row in rows:
            created = row.generation.created_at
            if created is None or (self._oldest and created > self._oldest + timedelta(seconds=1)):
                self._ordered = False
            elif self._oldest is None or created < self._oldest:
                self._oldest = created
        self._last_id = ids[-1] if ids else None


def follow(client: LumaClient, key: ApiKey) -> int:
    """Look once at everything of this key that is at Luma or in doubt; return the rows looked at.

    No request when there is nothing to look for.
    """
    remote = list(_remote(key))
    doubtful = list(_due(_doubtful(key)))
    if not remote and not doubtful:
        return 0
    look = Look({str(row.remote_id): row for row in remote})
    if doubtful:
        look.until = min(row.marked_at or now() for row in doubtful)
    started = now()
    _walk(client, look)
    if doubtful and look.clean:
        _count_scan(doubtful, started)
    _get_missing(client, [row for rid, row in look.wanted.items() if rid not in look.met])
    _stall(remote)
    return len(remote) + len(doubtful)


def _walk(client: LumaClient, look: Look) -> None:
    offset = 0
    for _ in range(MOST_PAGES):
        page = client.list_generations(limit=PAGE, offset=offset)
        look.take(page.rows, whole=page.whole)
        owned = _owned(page.rows) if look.until is not None else set()
        for answer in page.rows:
            _row_seen(client, look, answer, owned)
        more = bool(page.rows) and page.has_more is not False
        if page.has_more is None:
            more = len(page.rows) >= PAGE
        if look.done(more=more):
            return
        offset += max(1, len(page.rows) - OVERLAP)
    look.clean = False


def _owned(rows: tuple[Answer, ...]) -> set[str]:
    """Which of a page's ids belong to attempts already. One query."""
    ids = [str(row.generation.id) for row in rows]
    found = Attempt.objects.filter(remote_id__in=ids).values_list("remote_id", flat=True)
    return {str(remote_id) for remote_id in found}


def _row_seen(client: LumaClient, look: Look, answer: Answer, owned: set[str]) -> None:
    remote_id = str(answer.generation.id)
    attempt = look.wanted.get(remote_id)
    if attempt is None and look.until is not None and remote_id not in owned:
        attempt = _found_by_token(answer)
    if attempt is not None:
        apply_news(client, attempt, answer, Actor.POLLER)


def _found_by_token(answer: Answer) -> Attempt | None:
    """A row of the list that carries our token: bind it, or keep it as an orphan."""
    token = token_of(answer)
    if token is None or answer.generation.id is None:
        return None
    remote_id = str(answer.generation.id)
    attempt = attempt_of(token)
    if attempt is None or (attempt.remote_id and attempt.remote_id != remote_id):
        _, new = Orphan.objects.get_or_create(
            remote_id=remote_id, defaults={"token": str(token), "raw": answer.raw}
        )
        if new:
            log.error("orphan at Luma", remote_id=remote_id)
        return None
    if attempt.remote_id is None:
        bound = progress.bind(attempt, remote_id, answer.raw, Actor.RECONCILER)
        return attempt if bound else None
    return None


def _get_missing(client: LumaClient, attempts: list[Attempt]) -> None:
    """Ask by id for what the list did not show, the longest unseen first."""
    oldest = sorted(attempts, key=lambda row: row.seen_at or row.created_at)
    for attempt in oldest[:MOST_GETS]:
        _look(client, attempt, str(attempt.remote_id), Actor.POLLER)


def _remote(key: ApiKey) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(
        key=key, outcome=Outcome.ACCEPTED, generation__state__in=REMOTE
    ).select_related("generation")
    quiet = now() - timedelta(hours=1)
    return rows.exclude(generation__state=State.STALLED, seen_at__gt=quiet)


def _doubtful(key: ApiKey) -> QuerySet[Attempt]:
    return Attempt.objects.filter(
        key=key,
        remote_id__isnull=True,
        outcome__in=(Outcome.IN_DOUBT, Outcome.GIVEN_UP),
        marked_at__gt=now() - FORGET_AFTER,
    )


def _due(attempts: Iterable[Attempt]) -> Iterable[Attempt]:
    scale = settings.DOUBT_HORIZON / 900
    for attempt in attempts:
        if attempt.marked_at is None:
            continue
        age = (now() - attempt.marked_at).total_seconds()
        marks = [step * scale for step in SCHEDULE if step * scale <= age]
        if age > SCHEDULE[-1] * scale:
            marks.append(age - age % 3600)
        if not marks:
            continue
        last = attempt.marked_at + timedelta(seconds=max(marks))
        if attempt.scanned_at is None or attempt.scanned_at < last:
            yield attempt


def _count_scan(attempts: list[Attempt], started: datetime) -> None:
    for attempt in attempts:
        Attempt.objects.filter(pk=attempt.pk, remote_id__isnull=True).update(
            clean_scans=attempt.clean_scans + 1, scanned_at=started
        )


def _stall(attempts: list[Attempt]) -> None:
    """What takes far longer than usual is said so; it is still followed."""
    for attempt in attempts:
        generation = attempt.generation
        limit = settings.STALL_AFTER / (6 if generation.media_type == "image" else 1)
        age = (now() - generation.state_since).total_seconds()
        if generation.state == State.DREAMING and age > limit:
            move(generation.pk, State.STALLED, actor=Actor.POLLER)


def ask_people(key: ApiKey) -> int:
    """What was looked for long and well enough without a trace needs a person's decision.

    Returns how many. An attempt of another key, or one that carries no token, cannot be looked
    for at all and needs it as soon as the horizon is over.
    """
    horizon = timedelta(seconds=settings.DOUBT_HORIZON)
    asked = 0
    rows = Attempt.objects.filter(
        outcome=Outcome.IN_DOUBT,
        remote_id__isnull=True,
        marked_at__lt=now() - horizon,
        generation__state=State.UNCONFIRMED,
    )
    for attempt in rows:
        note = _verdict(attempt, key, horizon)
        if note:
            asked += move(
                attempt.generation_id, State.NEEDS_DECISION, actor=Actor.RECONCILER, note=note
            )
    return asked


def _verdict(attempt: Attempt, key: ApiKey, horizon: timedelta) -> str:
    if attempt.key_id != key.pk:
        return "The key it was sent with is no longer set, so Luma cannot be asked about it."
    if not (attempt.request or {}).get("callback_url"):
        return "It was sent without a return address, so it cannot be found in Luma's list."
    assert attempt.marked_at is not None  # noqa: S101 - the query says so
    looked = attempt.scanned_at and attempt.scanned_at >= attempt.marked_at + horizon
    if looked and attempt.clean_scans >= FULL_SCANS:
        return "Luma's list was searched and does not show it. It was probably not received."
    return ""


def probe_paused(client: LumaClient, key: ApiKey) -> bool:
    """Ask whether a paused key works again, and let its work go on if it does."""
    try:
        client.credits()
    except LumaError:
        return False
    progress.resume_key(key.pk)
    Generation.objects.filter(state=State.QUEUED, lease_until__isnull=True).update(
        not_before=now(), note=""
    )
    return True
