"""Attempts at the API, the keys they use, the callbacks they get, and orphans."""

import hashlib
import uuid

from django.conf import settings
from django.db import models

from generations.models.generation import Generation
from studio.clock import now


def configured_fingerprint() -> str:
    """Return a name for the configured key and address that does not reveal the key."""
    identity = f"{settings.LUMAAI_BASE_URL}\n{settings.LUMAAI_API_KEY}"
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


class ApiKey(models.Model):
    """An API key, with its balance and its last check. The secret itself is never stored."""

    fingerprint = models.CharField(max_length=16, unique=True, help_text="start of its SHA-256")
    last_four = models.CharField(max_length=4)
    base_url = models.CharField(max_length=300)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(max_length=300, blank=True)
    balance_micros = models.BigIntegerField(null=True, blank=True, help_text="as the API last said")
    balance_at = models.DateTimeField(null=True, blank=True)
    echoes_callback = models.BooleanField(null=True, help_text="list echoes callback_url")
    check_asked_at = models.DateTimeField(null=True, blank=True, help_text='"Check connection"')
    checked_at = models.DateTimeField(null=True, blank=True)
    check_passed = models.BooleanField(null=True)
    check_result = models.CharField(max_length=300, blank=True, help_text="in a sentence")
    concepts = models.JSONField(default=list, help_text="camera moves, as the API last listed")
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"…{self.last_four}"


class Attempt(models.Model):
    """One POST of a generation to the API.

    It is marked before its first byte is sent. A generation has a second unresolved attempt only
    after a person has consented to it.
    """

    class Outcome(models.TextChoices):
        """The result of the POST. DROPPED: it was never sent and its money is released."""

        PLANNED = "planned", "Not sent"
        SENDING = "sending", "Being sent"
        IN_DOUBT = "in_doubt", "In doubt"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        DROPPED = "dropped", "Not sent, released"
        GIVEN_UP = "given_up", "Given up"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField(default=1)
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="attempts")
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.PLANNED)
    marked_at = models.DateTimeField(null=True, blank=True, help_text="before the first byte")
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    request = models.JSONField(null=True, blank=True, help_text="what was sent, without the key")
    response = models.JSONField(null=True, blank=True, help_text="the API's last word")
    remote_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    remote_state = models.CharField(max_length=20, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    clean_scans = models.PositiveSmallIntegerField(default=0)
    scanned_at = models.DateTimeField(null=True, blank=True)
    missing_since = models.DateTimeField(null=True, blank=True, help_text="GET answers 404")
    delete_asked_at = models.DateTimeField(null=True, blank=True, help_text="at the API, too")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="the API has it no more")
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("generation", "number"), name="one_attempt_a_number"),
        )
        indexes = (
            models.Index(
                fields=("outcome", "marked_at"),
                condition=models.Q(outcome__in=("sending", "in_doubt")),
                name="attempt_in_doubt",
            ),
            models.Index(fields=("-marked_at",), name="attempt_last_marked"),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.generation_id}"


class CallbackDelivery(models.Model):
    """A callback that arrived. It only leads to a GET of the generation; its body is not used"""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="callbacks")
    received_at = models.DateTimeField(default=now)
    body = models.BinaryField(max_length=262144)
    sha256 = models.CharField(max_length=64)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("id",),
                condition=models.Q(processed_at__isnull=True),
                name="callback_unprocessed",
            ),
        )

    def __str__(self) -> str:
        return f"callback for {self.attempt_id}"


class Orphan(models.Model):
    """A generation at the API with our token and no attempt here: after a restore, or a bug."""

    remote_id = models.CharField(max_length=64, unique=True)
    token = models.CharField(max_length=200)
    raw = models.JSONField()
    seen_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.remote_id
