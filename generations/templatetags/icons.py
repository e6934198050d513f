"""Icons of cards: drawn once a page as symbols, used many times in a few bytes."""

import re
from functools import cache

import lucide
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from generations.models.states import FACTS
from generations.pages.cards import USES
from generations.recipes.kinds import KINDS

register = template.Library()

_DRAWING = (
    '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="#icon-{1}"/></svg>'
)
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_MENU = (
    "ban",
    "copy",
    "download",
    "ellipsis",
    "link",
    "maximize-2",
    "play",
    "shuffle",
    "sparkles",
    "text-cursor-input",
    "trash-2",
)


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Return a drawing of `size` pixels that refers to a symbol of `icon_symbols`."""
    return format_html(_DRAWING, size, name)


@register.simple_tag
@cache
def icon_symbols() -> SafeString:
    """Return every symbol that a card may use; stands once in a page that shows cards."""
    names = {facts.icon for facts in FACTS.values()} | {use.icon for use in USES} | set(_MENU)
    names |= {entry.icon for entry in KINDS.values()}
    symbols = "".join(
        f'<symbol id="icon-{name}" viewBox="0 0 24 24">{_paths(name)}</symbol>'
        for name in sorted(names)
    )
    return mark_safe(f'<svg hidden aria-hidden="true">{symbols}</svg>')  # noqa: S308 - own drawings


def _paths(name: str) -> str:
    found = _INNER.search(lucide._render_icon(name, 24))  # noqa: SLF001 - its only door
    return found.group(1).strip() if found else ""
