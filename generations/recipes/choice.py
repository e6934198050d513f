"""An input as a person chose it, and its text form for forms, addresses and saved drafts."""

from dataclasses import dataclass
from uuid import UUID

from studio.forms import read_uuid


@dataclass(frozen=True)
class InputChoice:
    """A chosen input of a slot: exactly one of generation, upload and url. Weight from 0 to 1."""

    slot: str
    generation: UUID | None = None
    upload: UUID | None = None
    url: str = ""
    weight: float | None = None

    @property
    def reference(self) -> str:
        """Its text form, for `read_reference`: generation:UUID, upload:UUID or url:ADDRESS."""
        if self.generation:
            return f"generation:{self.generation}"
        return f"upload:{self.upload}" if self.upload else f"url:{self.url}"


def read_reference(slot: str, text: str) -> InputChoice | None:
    """Return the input that a reference names; None for any other text."""
    source, _, rest = text.partition(":")
    if source == "url" and rest.strip():
        return InputChoice(slot, url=rest.strip())
    uuid = read_uuid(rest)
    if uuid is None or source not in ("generation", "upload"):
        return None
    return InputChoice(slot, **{source: uuid})  # type: ignore[arg-type]
