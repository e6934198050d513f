"""Prompts: removing control characters, and what is wrong with a prompt."""

import unicodedata

from generations.luma.capabilities import PROMPT_LONGEST, PROMPT_SHORTEST

MISSING = "Write a prompt or add a start image."
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
UNREADABLE = f"Part of it could not be read and stands as {REPLACEMENT}. Write it anew."


def prompt_problem(prompt: str, *, required: bool = True, missing: str = MISSING) -> str | None:
    """Return what is wrong with a prompt. Its length is counted in code points, as the API does."""
    if not visible(prompt):
        return missing if required else None
    if len(prompt) < PROMPT_SHORTEST:
        return f"At least {PROMPT_SHORTEST} characters."
    if REPLACEMENT in prompt:
        return UNREADABLE
    if len(prompt) > PROMPT_LONGEST:
        return f"{PROMPT_LONGEST:,} is the most Luma accepts; yours has {len(prompt):,}."
    return None


def visible(text: str) -> bool:
    """Return whether the text has a visible character."""
    return any(
        not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc", "Zs", "Mn")
        for char in text
    )


def clean_prompt(text: str) -> tuple[str, bool]:
    """Return the prompt without control characters, and whether it had some. Newlines stay."""
    cleaned, removed = without_controls(text)
    stripped = cleaned.strip()
    return (stripped if visible(stripped) else ""), removed


def without_controls(text: str) -> tuple[str, bool]:
    """Return the text without control characters and surrogates, and whether it had some.

    Tabs and newlines stay; all line ends become newlines.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    return cleaned, cleaned != text
