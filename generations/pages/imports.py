"""An import as the Settings page shows it: its progress and its result."""

from generations.actions.imports import IMPORTED
from generations.models import AccountImport, Generation, State
from studio.teams.models import Team


class ShownImport:
    """An import in a sentence; `fetching` of its generations have files still to be copied."""

    def __init__(self, account_import: AccountImport, fetching: int) -> None:
        self.account_import = account_import
        self.fetching = fetching

    @property
    def running(self) -> bool:
        """Whether the account is still being read."""
        return self.account_import.state == AccountImport.State.RUNNING

    @property
    def busy(self) -> bool:
        """Whether a page has to follow it."""
        return self.running or self.fetching > 0

    @property
    def stopped(self) -> bool:
        """Whether it ended before its end."""
        return self.account_import.state == AccountImport.State.STOPPED

    def __str__(self) -> str:
        row = self.account_import
        if self.running:
            return f"Looking through the account: {row.seen} read, {row.taken} taken over."
        parts = [_many(row.taken, "generation was", "generations were") + " taken over."]
        if row.known:
            parts.append(_many(row.known, "was", "were") + " here already.")
        if row.left:
            parts.append(_many(row.left, "was", "were") + " left out: failed, or without a file.")
        if self.fetching:
            parts.append(_many(self.fetching, "is", "are") + " still being copied.")
        if self.stopped:
            parts.insert(0, f"It stopped before the end: {row.note.rstrip('.')}.")
        return " ".join(parts)


def last_import(team: Team) -> ShownImport | None:
    """Return the team's last import, if there was one. At most two queries."""
    row = AccountImport.objects.filter(team=team).select_related("author").order_by("-id").first()
    if row is None:
        return None
    fetching = Generation.objects.filter(
        team=team,
        state__in=(State.STORING, State.DREAMING),
        attempts__worker=IMPORTED,
        attempts__created_at__gte=row.created_at,
    )
    return ShownImport(row, fetching.count())


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
