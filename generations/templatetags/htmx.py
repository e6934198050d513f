"""Tags that write the htmx attributes of forms which are answered whole: the composer, a chain.

They stand beside `action`, `formaction` and `href`, or write these too, so that every press works
without JavaScript. Targets and swap styles of the composer are written here and nowhere else.
"""

from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.pages.picker import PickTarget

register = template.Library()

COMPOSER = "#composer"
CHAIN = "#chain-form"

# The draft goes on: focus, the caret and open panels stay.
MORPH = "outerMorph"
# Another draft takes its place. A morph would leave what was typed or ticked and not sent yet.
REPLACE = "outerHTML"


@register.simple_tag
def posts(url: str, target: str, swap: str = MORPH) -> SafeString:
    """Post to `url` and put the answer in the place of `target`."""
    return format_html('hx-post="{}" hx-target="{}" hx-swap="{}"', url, target, swap)


@register.simple_tag
def composer_posts(url: str) -> SafeString:
    """Post to `url`, which answers with the composer."""
    return posts(url, COMPOSER)


@register.simple_tag
def composer_step(url: str, *parts: object) -> SafeString:
    """Take a step in the draft. Its name is `parts` with colons: clear:start_frame."""
    return _step(url, COMPOSER, MORPH, parts)


@register.simple_tag
def new_draft_step(url: str, *parts: object) -> SafeString:
    """Take a step after which another draft is in the composer: preset:UUID."""
    return _step(url, COMPOSER, REPLACE, parts)


@register.simple_tag
def new_draft_link(url: str, uuid: UUID, query: str = "") -> SafeString:
    """Open the composer with a draft made from a generation; `query` is encoded already."""
    return _link(f"{url}?from={uuid}&{query}" if query else f"{url}?from={uuid}")


@register.simple_tag
def starter_link(url: str, name: str) -> SafeString:
    """Open the composer with the recipe of a starter."""
    return _link(f"{url}?starter={name}")


@register.simple_tag
def chain_posts(url: str) -> SafeString:
    """Post to `url`, which answers with the form of the chain."""
    return posts(url, CHAIN)


@register.simple_tag
def chain_step(url: str, *parts: object) -> SafeString:
    """Take a step in the form of a chain."""
    return _step(url, CHAIN, MORPH, parts)


@register.simple_tag
def picker_step(into: PickTarget, *parts: object) -> SafeString:
    """Put what is picked where the picker was opened for."""
    return _step(into.url, into.target, MORPH, (into.put, *parts))


def _step(url: str, target: str, swap: str, parts: tuple[object, ...]) -> SafeString:
    """Write a button that submits its form to `url`, with or without JavaScript."""
    step = ":".join(str(part) for part in parts)
    request = posts(url, target, swap)
    return format_html('name="do" value="{}" formaction="{}" {}', step, url, request)


def _link(url: str) -> SafeString:
    """Write a link to `url`; in a page with a composer it takes the composer's draft along."""
    request = posts(url, COMPOSER, REPLACE)
    form = format_html('hx-include="{}"', "#composer-form")
    return format_html('href="{}" data-compose {} {}', url, form, request)
