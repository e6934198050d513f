"""Callback tokens: they name an attempt in the address of its callback, proved by a MAC."""

import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass

from django.conf import settings

from generations.access import attempt_named
from generations.models import Attempt

_PATTERN = re.compile(
    r"([0-9a-f]{16})\.([0-9a-f]{32})\.([0-9a-f]{32})\.([0-9]{1,5})\.([0-9a-f]{64})", re.IGNORECASE
)


@dataclass(frozen=True)
class CallbackToken:
    """What a genuine token names. Its text form is signed with CALLBACK_KEY.

    A token permits one thing: to ask the API about this attempt again. It names key, team and
    generation too, so that a result finds its owner even after a backup was restored.
    """

    key: str
    team: uuid.UUID
    generation: uuid.UUID
    attempt: int

    def __str__(self) -> str:
        text = self._text()
        return f"{text}.{_mac(text)}"

    def _text(self) -> str:
        return f"{self.key}.{self.team.hex}.{self.generation.hex}.{self.attempt}"


def read_token(text: str) -> CallbackToken | None:
    """Return the genuine token in a text (a path, an echoed address), or None.

    Case does not matter, because some servers change it. The comparison takes constant time.
    """
    found = _PATTERN.search(text)
    if found is None:
        return None
    key, team, generation, attempt, mac = (part.lower() for part in found.groups())
    token = CallbackToken(key, uuid.UUID(team), uuid.UUID(generation), int(attempt))
    genuine = str(token).rpartition(".")[2]
    return token if hmac.compare_digest(genuine, mac) else None


def attempt_of(token: CallbackToken) -> Attempt | None:
    """Return the attempt that a genuine token names, if its row exists. One query."""
    return attempt_named(token.team, token.generation, token.attempt)


def callback_url(token: CallbackToken) -> str | None:
    """Return the address that the API calls for this attempt; None without PUBLIC_BASE_URL."""
    base: str | None = settings.PUBLIC_BASE_URL
    return f"{base}/hooks/luma/{token}" if base else None


def _mac(text: str) -> str:
    return hmac.new(settings.CALLBACK_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
