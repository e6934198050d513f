"""The history of prompts as a page shows it."""

from dataclasses import dataclass
from functools import cached_property

from generations.models import SavedPrompt
from generations.queries.saved import saved_prompts
from studio.teams.access import Seat

LONGEST_SEARCH = 200


@dataclass(frozen=True)
class History:
    """The person's prompts in this team, those with a star first; or those that hold a text."""

    seat: Seat
    search: str = ""

    @property
    def problem(self) -> str:
        """Why the search cannot be done."""
        long = len(self.search) > LONGEST_SEARCH
        return f"{LONGEST_SEARCH} characters at most." if long else ""

    @property
    def status(self) -> int:
        """422 where the search cannot be done."""
        return 422 if self.problem else 200

    @cached_property
    def rows(self) -> list[SavedPrompt]:
        """What is shown. The search is literal and knows no case. One query."""
        rows = list(saved_prompts(self.seat)) if not self.problem else []
        wanted = self.search.casefold()
        found = [row for row in rows if wanted in row.text.casefold()]
        return sorted(found, key=lambda row: not row.starred)
