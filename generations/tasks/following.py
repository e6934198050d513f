"""Following what is at Luma: callbacks are hints, one list request per key is the backbone.

The same look at the list also finds what is in doubt, by the token in the echoed callback address.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet

from generations.lifecycle import hints, progress
from generations.lifecycle.callback_tokens import CallbackToken, attempt_of, read_token
from generations.lifecycle.transitions import Actor, move
from generations.luma.client import LumaClient, RemoteGeneration, pages
from generations.luma.errors import LumaError, LumaNotFound
from generations.models import ApiKey, Attempt, CallbackDelivery, Generation, State
from generations.models.states import AT_API
from generations.tasks.doubting import FORGET_AFTER, count_scan, doubtful, due
from generations.tasks.luma import open_client, refresh_balance
from studio.clock import now

log = structlog.get_logger(__name__)

Outcome = Attempt.Outcome

MOST_PAGES = 200
PAGES_TO_FOLLOW = 2
"""Of the list, when nothing is in doubt; what they do not show is asked for by its id."""

MOST_GETS = 20
SLACK = timedelta(hours=24)
GONE_AFTER = timedelta(minutes=5)
COALESCE = timedelta(seconds=0.5)
"""Between two looks at one attempt. A picture can be finished a second after it was begun."""

ELSEWHERE = "It is being made under another address than the one set now, so it cannot be followed."


def follow_attempt(attempt_id: int) -> None:
    """Act on the callbacks of one attempt: ask the API, and believe only its answer.

    Callbacks that follow at once (COALESCE) are left to the watcher's next sweep, so that a leaked
    address causes two requests a second at most.
    """
    attempt = Attempt.objects.select_related("generation").filter(pk=attempt_id).first()
    pending = list(
        CallbackDelivery.objects.filter(attempt_id=attempt_id, processed_at__isnull=True)
    )
    if attempt is None or not pending:
        return
    if attempt.callbacks.filter(processed_at__gt=now() - COALESCE).exists():
        return
    if attempt.remote_id is None or attempt.generation.facts.at_api:
        with open_client() as client:
            try:
                changed = [
                    _look(client, attempt, remote_id, Actor.CALLBACK)
                    for remote_id in _ids(attempt, pending)
                ]
            except LumaError as error:
                log.info("callback kept for later", attempt=attempt_id, reason=str(error)[:200])
                return
            if any(changed):
                refresh_balance(client)
    _settle(pending)


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


def _look(client: LumaClient, attempt: Attempt, remote_id: str, actor: Actor) -> bool:
    """Ask for one generation; whether anything came of it."""
    try:
        answer = client.get_generation(remote_id)
    except LumaNotFound:
        if attempt.remote_id == remote_id:
            _missing(attempt)
        return False
    if attempt.remote_id is None and not _bind_if_ours(attempt, answer, actor):
        return False
    if _refunds(attempt, answer):
        refresh_balance(client)
    return apply_news(attempt, answer, actor)


def _refunds(attempt: Attempt | None, answer: RemoteGeneration) -> bool:
    """Whether it is news that it failed: the header has the money back before the card says so."""
    failed = answer.generation.state == "failed"
    return failed and attempt is not None and attempt.generation.facts.at_api


def _bind_if_ours(attempt: Attempt, answer: RemoteGeneration, actor: Actor) -> bool:
    """Bind only what carries this very attempt's token; a claimed id proves nothing."""
    token = token_of(answer)
    if token is None or answer.generation.id is None or attempt_of(token) != attempt:
        log.warning("callback claims a foreign generation", attempt=attempt.pk)
        return False
    remote_id = str(answer.generation.id)
    if not progress.bind(attempt, remote_id, answer.raw, actor):
        return False
    attempt.remote_id = remote_id
    return True


def token_of(answer: RemoteGeneration) -> CallbackToken | None:
    """The genuine token of ours that the API echoes for a generation, if it does."""
    request: dict[str, Any] = answer.generation.request or {}
    return read_token(str(request.get("callback_url") or ""))


def apply_news(attempt: Attempt, answer: RemoteGeneration, actor: Actor) -> bool:
    """Write what the API says, and start what follows from it; whether the state changed."""
    state = progress.apply_answer(attempt, answer.raw, answer.generation, actor)
    if state == State.STORING:
        hints.give("store_assets", attempt.generation_id)
    return state is not None


def _missing(attempt: Attempt) -> None:
    """GET says 404: once means nothing, for five minutes it means Luma no longer knows it."""
    Attempt.objects.filter(pk=attempt.pk).update(
        seen_at=now(), missing_since=attempt.missing_since or now()
    )
    if attempt.missing_since and now() - attempt.missing_since > GONE_AFTER:
        note = "Luma no longer knows this generation. We keep asking."
        move(attempt.generation_id, State.STALLED, actor=Actor.POLLER, note=note)


@dataclass
class ListPass:
    """One pass over the list: whom we look for, whom we met, and whether it proves absence.

    `until` is when the oldest in doubt was sent; None when nothing is in doubt.
    """

    wanted: dict[str, Attempt]
    until: datetime | None = None
    changed: bool = False
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

    def take(self, rows: tuple[RemoteGeneration, ...], *, whole: bool) -> None:
        """Note one page: overlap with the page before, order, completeness."""
        ids = [str(row.generation.id) for row in rows if row.generation.id]
        if self._last_id is not None and self._last_id not in ids:
            self.clean = False
        if not whole or len(ids) != len(rows):
            self.clean = False
        for row in rows:
            if str(row.generation.id) not in self.met:
                self._note_age(row.generation.created_at)
        self.met.update(ids)
        self._last_id = ids[-1] if ids else None

    def _note_age(self, created: datetime | None) -> None:
        """Newest first is documented nowhere: one row out of order, and all pages are read."""
        if created is None or (self._oldest and created > self._oldest + timedelta(seconds=1)):
            self._ordered = False
        elif self._oldest is None or created < self._oldest:
            self._oldest = created


def follow(client: LumaClient, key: ApiKey) -> int:
    """Read the list once for everything of this key at Luma or in doubt; return how many rows.

    No request when there is nothing to look for.
    """
    remote = list(_remote(key))
    in_doubt = list(due(doubtful(key)))
    if not remote and not in_doubt:
        return 0
    passing = ListPass({str(row.remote_id): row for row in remote})
    if in_doubt:
        passing.until = min(row.marked_at or now() for row in in_doubt)
    started = now()
    _walk(client, passing)
    count_scan(in_doubt, started, clean=passing.clean)
    missing = [row for rid, row in passing.wanted.items() if rid not in passing.met]
    changed = _get_missing(client, missing)
    _stall(remote)
    if passing.changed or changed:
        refresh_balance(client)
    return len(remote) + len(in_doubt)


def _walk(client: LumaClient, passing: ListPass) -> None:
    most = PAGES_TO_FOLLOW if passing.until is None else MOST_PAGES
    for page in islice(pages(client), most):
        passing.take(page.rows, whole=page.answer.whole)
        owned = _owned(page.rows)
        if any(_refunds(passing.wanted.get(str(one.generation.id)), one) for one in page.rows):
            refresh_balance(client)
        for answer in page.rows:
            _row_seen(passing, answer, owned)
        if passing.done(more=page.more):
            return
    passing.clean = False


def _owned(rows: tuple[RemoteGeneration, ...]) -> set[str]:
    """Which of a page's ids belong to attempts already. One query."""
    ids = [str(row.generation.id) for row in rows]
    found = Attempt.objects.filter(remote_id__in=ids).values_list("remote_id", flat=True)
    return {str(remote_id) for remote_id in found}


def _row_seen(passing: ListPass, answer: RemoteGeneration, owned: set[str]) -> None:
    remote_id = str(answer.generation.id)
    attempt = passing.wanted.get(remote_id)
    if attempt is None and remote_id not in owned:
        attempt = _found_by_token(answer)
    if attempt is not None and apply_news(attempt, answer, Actor.POLLER):
        passing.changed = True


def _found_by_token(answer: RemoteGeneration) -> Attempt | None:
    """A row of the list that carries our token: bind it, or keep it as an orphan."""
    token = token_of(answer)
    if token is None or answer.generation.id is None:
        return None
    remote_id = str(answer.generation.id)
    attempt = attempt_of(token)
    if attempt is None:
        progress.record_orphan(remote_id, str(token), answer.raw)
        return None
    bound = progress.bind(attempt, remote_id, answer.raw, Actor.RECONCILER)
    return attempt if bound else None


def _get_missing(client: LumaClient, attempts: list[Attempt]) -> bool:
    """Ask by id for what the list did not show, the longest unseen first; whether news came."""
    oldest = sorted(attempts, key=lambda row: row.seen_at or row.created_at)
    news = [
        _look(client, attempt, str(attempt.remote_id), Actor.POLLER)
        for attempt in oldest[:MOST_GETS]
    ]
    return any(news)


def _remote(key: ApiKey) -> QuerySet[Attempt]:
    """What the API works on: for us, or for a row that got its result from another attempt.

    A new key at the same address mostly belongs to the same account, so the old one's are asked
    for with it.
    """
    unfinished = ~Q(remote_state__in=progress.FINAL_REMOTE_STATES) & Q(
        marked_at__gt=now() - FORGET_AFTER
    )
    rows = Attempt.objects.filter(
        Q(generation__state__in=AT_API) | unfinished,
        key__base_url=key.base_url,
        outcome=Outcome.ACCEPTED,
    ).select_related("generation")
    quiet = now() - timedelta(hours=1)
    return rows.exclude(generation__state=State.STALLED, seen_at__gt=quiet)


def _stall(attempts: list[Attempt]) -> None:
    """What takes far longer than usual is said so; it is still followed."""
    for attempt in attempts:
        generation = attempt.generation
        limit = settings.STALL_AFTER / (6 if generation.media_type == "image" else 1)
        age = (now() - generation.state_since).total_seconds()
        if generation.state == State.DREAMING and age > limit:
            move(generation.pk, State.STALLED, actor=Actor.POLLER)


def say_unreachable(key: ApiKey) -> int:
    """What is being made where the studio no longer asks is said to stand still; how many."""
    rows = Attempt.objects.filter(
        outcome=Outcome.ACCEPTED, generation__state=State.DREAMING
    ).exclude(key__base_url=key.base_url)
    return sum(
        move(attempt.generation_id, State.STALLED, actor=Actor.POLLER, note=ELSEWHERE)
        for attempt in rows
    )


def probe_paused(client: LumaClient, key: ApiKey) -> bool:
    """Ask whether a paused key works again, and let its work go on if it does."""
    try:
        client.credits()
    except LumaError:
        return False
    progress.resume_key(key.pk)
    waiting = Generation.objects.filter(
        state=State.QUEUED, lease_until__isnull=True, note=key.paused_reason
    )
    waiting.update(not_before=now(), note="", version=F("version") + 1)
    return True
