"""The composer's form: from posted text to a draft, from a draft to a recipe."""

from generations.forms.composer import OLD_FORM, ComposerForm
from generations.forms.draft import Draft, draft_of
from generations.forms.reading import (
    WrongFormat,
    read_count,
    read_draft,
    read_files,
    read_reference,
    read_uuid,
    unread_slots,
    write_reference,
)

__all__ = [
    "OLD_FORM",
    "ComposerForm",
    "Draft",
    "WrongFormat",
    "draft_of",
    "read_count",
    "read_draft",
    "read_files",
    "read_reference",
    "read_uuid",
    "unread_slots",
    "write_reference",
]
