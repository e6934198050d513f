"""Following generations at the API: one by one after a callback, all together in a list pass."""

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
from generations.tasks import luma
from generations.tasks.doubting import (
    FORGET_AFTER,
    attempts_in_doubt,
    due_for_list_pass,
    note_list_pass,
)
from studio.clock import now

log = structlog.get_logger(__name__)

Outcome = Attempt.Outcome

MOST_PAGES = 200
"""Pages of the list that one pass reads while an attempt is in doubt."""

PAGES_TO_FOLLOW = 2
"""Pages that a pass reads otherwise. What they do not show is fetched by its id."""

MOST_GETS = 20
"""Generations that one pass fetches by their ids."""

SLACK = timedelta(hours=24)
"""How far behind the oldest attempt in doubt a pass reads on: clocks differ."""

GONE_AFTER = timedelta(minutes=5)
"""How long the API has to answer 404 before a generation counts as lost there."""

COALESCE = timedelta(seconds=0.5)
"""Least time between two requests about one attempt.

No longer, because a picture can be finished a second after it was begun.
"""

ELSEWHERE = "It is being made under another address than the one set now, so it cannot be followed."


def follow_attempt(attempt_id: int) -> None:
    """Act on the unprocessed callbacks of one attempt: ask the API, and believe only its answer.

    May run twice. Without an answer the callbacks stay for the watcher.
    """
    attempt = Attempt.objects.select_related("generation").filter(pk=attempt_id).first()
    pending = list(
        CallbackDelivery.objects.filter(attempt_id=attempt_id, processed_at__isnull=True)
    )
    if attempt is None or not pending:
        return
    # The watcher's next sweep takes these, so that a leaked address causes at most two requests a
    # second.
    if attempt.callbacks.filter(processed_at__gt=now() - COALESCE).exists():
        return
    if attempt.remote_id is None or attempt.generation.facts.at_api:
        with luma.open_client() as client:
            try:
                changed = [
                    _fetch(client, attempt, remote_id, Actor.CALLBACK)
                    for remote_id in _ids_to_fetch(attempt, pending)
                ]
            except LumaError as error:
                log.info("callback kept for later", attempt=attempt_id, reason=str(error)[:200])
                return
            if any(changed):
                luma.refresh_balance(client)
    _mark_processed(pending)


def _mark_processed(deliveries: Iterable[CallbackDelivery]) -> None:
    CallbackDelivery.objects.filter(pk__in=[row.pk for row in deliveries]).update(
        processed_at=now()
    )


def _ids_to_fetch(attempt: Attempt, deliveries: list[CallbackDelivery]) -> list[str]:
    """Return the id that is bound to the attempt, else at most three that the bodies claim."""
    if attempt.remote_id:
        return [attempt.remote_id]
    claimed = [claimed_id(bytes(row.body)) for row in deliveries]
    return list(dict.fromkeys(one for one in claimed if one))[:3]


def claimed_id(body: bytes) -> str | None:
    """Return the id that a callback's body claims, if it is a UUID. Nothing else of it is read."""
    try:
        parsed = json.loads(body)
        return str(UUID(str(parsed["id"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _fetch(client: LumaClient, attempt: Attempt, remote_id: str, actor: Actor) -> bool:
    """Fetch one generation and write what the API says. Return whether the state changed."""
    try:
        answer = client.get_generation(remote_id)
    except LumaNotFound:
        if attempt.remote_id == remote_id:
            _note_not_found(attempt)
        return False
    if attempt.remote_id is None and not _bind_if_ours(attempt, answer, actor):
        return False
    if _newly_failed(attempt, answer):
        # Before the state: the header shows the refund no later than the card shows the failure.
        luma.refresh_balance(client)
    return apply_answer(attempt, answer, actor)


def _newly_failed(attempt: Attempt | None, answer: RemoteGeneration) -> bool:
    """Whether the API says "failed" of a generation that is still at the API for us."""
    failed = answer.generation.state == "failed"
    return failed and attempt is not None and attempt.generation.facts.at_api


def _bind_if_ours(attempt: Attempt, answer: RemoteGeneration, actor: Actor) -> bool:
    """Bind the answer's id if it carries this attempt's callback token. Return whether it did.

    The id that a callback claims proves nothing.
    """
    token = echoed_token(answer)
    if token is None or answer.generation.id is None or attempt_of(token) != attempt:
        log.warning("callback claims a foreign generation", attempt=attempt.pk)
        return False
    remote_id = str(answer.generation.id)
    if not progress.bind(attempt, remote_id, answer.raw, actor):
        return False
    attempt.remote_id = remote_id
    return True


def echoed_token(answer: RemoteGeneration) -> CallbackToken | None:
    """Return the genuine callback token in the address that the API echoes, if there is one."""
    request: dict[str, Any] = answer.generation.request or {}
    return read_token(str(request.get("callback_url") or ""))


def apply_answer(attempt: Attempt, answer: RemoteGeneration, actor: Actor) -> bool:
    """Write what the API says, and hint at storing a result. Return whether the state changed."""
    state = progress.apply_answer(attempt, answer.raw, answer.generation, actor)
    if state == State.STORING:
        hints.give("store_assets", attempt.generation_id)
    return state is not None


def _note_not_found(attempt: Attempt) -> None:
    """Write that the API answered 404; after GONE_AFTER the generation is stalled."""
    Attempt.objects.filter(pk=attempt.pk).update(
        seen_at=now(), missing_since=attempt.missing_since or now()
    )
    if attempt.missing_since and now() - attempt.missing_since > GONE_AFTER:
        note = "Luma no longer knows this generation. We keep asking."
        move(attempt.generation_id, State.STALLED, actor=Actor.POLLER, note=note)


@dataclass
class ListPass:
    """The state of one list pass.

    `expected` are the attempts at the API, by their ids there; `seen` the ids that the list has
    shown. `doubt_since` is when the oldest attempt in doubt was sent; None when nothing is in
    doubt. `changed`: a state changed. `clean`: the pages had no gap, so that what they do not show
    is not in the list.
    """

    expected: dict[str, Attempt]
    doubt_since: datetime | None = None
    changed: bool = False
    seen: set[str] = field(default_factory=set)
    clean: bool = True
    _last_id: str | None = None
    _oldest: datetime | None = None
    _ordered: bool = True

    def is_done(self, *, more: bool) -> bool:
        """Whether further pages cannot show anything that the pass looks for."""
        if not more:
            return True
        if self.doubt_since is None:
            return self.seen >= self.expected.keys()
        last = self.doubt_since - SLACK
        return self._ordered and self._oldest is not None and self._oldest < last

    def add_page(self, rows: tuple[RemoteGeneration, ...], *, whole: bool) -> None:
        """Note the ids and the order of a page. `whole`: each of its rows could be read."""
        ids = [str(row.generation.id) for row in rows if row.generation.id]
        # Pages overlap by a row. Without it, rows that moved meanwhile may have been passed over.
        if self._last_id is not None and self._last_id not in ids:
            self.clean = False
        if not whole or len(ids) != len(rows):
            self.clean = False
        for row in rows:
            if str(row.generation.id) not in self.seen:
                self._note_age(row.generation.created_at)
        self.seen.update(ids)
        self._last_id = ids[-1] if ids else None

    def _note_age(self, created: datetime | None) -> None:
        # The API does not document its order. After one row that is not older than the one
        # before, all pages are read.
        if created is None or (self._oldest and created > self._oldest + timedelta(seconds=1)):
            self._ordered = False
        elif self._oldest is None or created < self._oldest:
            self._oldest = created


def run_list_pass(client: LumaClient, key: ApiKey) -> int:
    """Read the list once for everything of this key that is at the API or in doubt.

    Return how many attempts were looked for; without any there is no request. Raises LumaError.
    """
    at_api = list(_attempts_at_api(key))
    in_doubt = list(due_for_list_pass(attempts_in_doubt(key)))
    if not at_api and not in_doubt:
        return 0
    list_pass = ListPass({str(row.remote_id): row for row in at_api})
    if in_doubt:
        list_pass.doubt_since = min(row.marked_at or now() for row in in_doubt)
    started = now()
    _read_pages(client, list_pass)
    note_list_pass(in_doubt, started, clean=list_pass.clean)
    unseen = [row for rid, row in list_pass.expected.items() if rid not in list_pass.seen]
    changed = _fetch_unseen(client, unseen)
    _stall_slow(at_api)
    if list_pass.changed or changed:
        luma.refresh_balance(client)
    return len(at_api) + len(in_doubt)


def _read_pages(client: LumaClient, list_pass: ListPass) -> None:
    most = PAGES_TO_FOLLOW if list_pass.doubt_since is None else MOST_PAGES
    for page in islice(pages(client), most):
        list_pass.add_page(page.rows, whole=page.answer.whole)
        bound = _bound_ids(page.rows)
        expected = [(list_pass.expected.get(str(row.generation.id)), row) for row in page.rows]
        if any(_newly_failed(attempt, row) for attempt, row in expected):
            luma.refresh_balance(client)
        for answer in page.rows:
            _apply_row(list_pass, answer, bound)
        if list_pass.is_done(more=page.more):
            return
    list_pass.clean = False


def _bound_ids(rows: tuple[RemoteGeneration, ...]) -> set[str]:
    """Return those of a page's ids that are bound to an attempt. One query."""
    ids = [str(row.generation.id) for row in rows]
    found = Attempt.objects.filter(remote_id__in=ids).values_list("remote_id", flat=True)
    return {str(remote_id) for remote_id in found}


def _apply_row(list_pass: ListPass, answer: RemoteGeneration, bound: set[str]) -> None:
    remote_id = str(answer.generation.id)
    attempt = list_pass.expected.get(remote_id)
    if attempt is None and remote_id not in bound:
        attempt = _bind_by_token(answer)
    if attempt is not None and apply_answer(attempt, answer, Actor.POLLER):
        list_pass.changed = True


def _bind_by_token(answer: RemoteGeneration) -> Attempt | None:
    """Bind a row of the list to the attempt that its callback token names, and return that.

    A row whose token names no attempt is written as an orphan. A row without a token is not ours.
    """
    token = echoed_token(answer)
    if token is None or answer.generation.id is None:
        return None
    remote_id = str(answer.generation.id)
    attempt = attempt_of(token)
    if attempt is None:
        progress.record_orphan(remote_id, str(token), answer.raw)
        return None
    bound = progress.bind(attempt, remote_id, answer.raw, Actor.RECONCILER)
    return attempt if bound else None


def _fetch_unseen(client: LumaClient, attempts: list[Attempt]) -> bool:
    """Fetch by id what the list did not show, the longest unseen first.

    At most MOST_GETS requests. Return whether a state changed.
    """
    oldest = sorted(attempts, key=lambda row: row.seen_at or row.created_at)
    changes = [
        _fetch(client, attempt, str(attempt.remote_id), Actor.POLLER)
        for attempt in oldest[:MOST_GETS]
    ]
    return any(changes)


def _attempts_at_api(key: ApiKey) -> QuerySet[Attempt]:
    """Return the accepted attempts that the API has not finished, with their generations.

    Among them are those whose generation got its result from another attempt.
    """
    unfinished = ~Q(remote_state__in=progress.FINAL_REMOTE_STATES) & Q(
        marked_at__gt=now() - FORGET_AFTER
    )
    rows = Attempt.objects.filter(
        Q(generation__state__in=AT_API) | unfinished,
        # By address: a new key at the same address mostly belongs to the same account.
        key__base_url=key.base_url,
        outcome=Outcome.ACCEPTED,
    ).select_related("generation")
    hour_ago = now() - timedelta(hours=1)
    return rows.exclude(generation__state=State.STALLED, seen_at__gt=hour_ago)


def _stall_slow(attempts: list[Attempt]) -> None:
    """Move generations that take far longer than usual to "stalled". They are still followed."""
    for attempt in attempts:
        generation = attempt.generation
        limit = settings.STALL_AFTER / (6 if generation.media_type == "image" else 1)
        age = (now() - generation.state_since).total_seconds()
        if generation.state == State.DREAMING and age > limit:
            move(generation.pk, State.STALLED, actor=Actor.POLLER)


def stall_elsewhere(key: ApiKey) -> int:
    """Move what is being made under another address than the key's to "stalled".

    Return how many.
    """
    rows = Attempt.objects.filter(
        outcome=Outcome.ACCEPTED, generation__state=State.DREAMING
    ).exclude(key__base_url=key.base_url)
    return sum(
        move(attempt.generation_id, State.STALLED, actor=Actor.POLLER, note=ELSEWHERE)
        for attempt in rows
    )


def resume_paused(client: LumaClient, key: ApiKey) -> bool:
    """Resume a paused key, and queue what waited for it, if the API accepts the key again.

    One request. Return whether it did.
    """
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
