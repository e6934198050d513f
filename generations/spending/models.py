"""The account of a team and its ledger. All amounts are in micro-dollars."""

from django.db import models
from django.db.models import F, Q

from studio.clock import now
from studio.teams.models import Team


class Account(models.Model):
    """The sums of a team's ledger, stored so that a limit is one conditional update."""

    team = models.OneToOneField(Team, on_delete=models.PROTECT, related_name="account")
    limit_micros = models.BigIntegerField(null=True, blank=True, help_text="none: no limit")
    pending_micros = models.BigIntegerField(default=0, help_text="held for what is under way")
    posted_micros = models.BigIntegerField(default=0, help_text="spent")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(pending_micros__gte=0), name="nothing_pending_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(posted_micros__gte=0), name="nothing_posted_below_zero"
            ),
        )

    def __str__(self) -> str:
        return f"Account of {self.team}"


class LedgerEntry(models.Model):
    """One movement of money, never changed. An attempt (`reference`) has each kind at most once."""

    class Kind(models.TextChoices):
        """A hold is posted or voided, a post may be refunded. LATE: posted after it was voided."""

        HOLD = "hold", "Held"
        POST = "post", "Charged"
        VOID = "void", "Released"
        REFUND = "refund", "Refunded"
        LATE = "late", "Charged late"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    reference = models.UUIDField(help_text="the attempt this money is for")
    kind = models.CharField(max_length=6, choices=Kind)
    micros = models.BigIntegerField(help_text="never negative; 0 where the price is unknown")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("reference", "kind"), name="each_kind_once"),
            models.CheckConstraint(condition=Q(micros__gte=0), name="no_negative_movement"),
        )
        indexes = (models.Index(F("account"), F("id").desc(), name="ledger_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.micros}"


CLOSING = frozenset({LedgerEntry.Kind.POST, LedgerEntry.Kind.VOID, LedgerEntry.Kind.LATE})
"""A reference with one of these has no open hold."""
