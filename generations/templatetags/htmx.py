"""Tags that write the htmx attributes of forms which are answered whole: the composer, a chain.

They write `action`, `formaction` or `href` too, so that every press works without JavaScript. The
targets and the swap style of these forms are written here and nowhere else.
"""

from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.pages.picker import PickTarget

register = template.Library()

COMPOSER = "#composer"
CHAIN = "#chain-form"

# Focus, the caret and open panels stay. A morph also leaves what was typed and not sent yet, so a
# view that answers with another draft asks for a replacement: HX-Reswap in views/composer.py.
SWAP = "outerMorph"


@register.simple_tag
def targets_composer() -> SafeString:
    """Put the answers to all requests from inside in the place of the composer."""
    return _inherited(COMPOSER)


@register.simple_tag
def targets_chain() -> SafeString:
    """Put the answers to all requests from inside in the place of the form of a chain."""
    return _inherited(CHAIN)


@register.simple_tag
def posts(url: str, target: str) -> SafeString:
    """Post to `url` and put the answer in the place of `target`."""
    return format_html('hx-post="{}" hx-target="{}" hx-swap="{}"', url, target, SWAP)


@register.simple_tag
def form_step(url: str, *parts: object) -> SafeString:
    """Take a step in the form around. Its name is `parts` with colons: clear:start_frame."""
    return format_html('{} hx-post="{}"', _button(url, parts), url)


@register.simple_tag
def composer_step(url: str, *parts: object) -> SafeString:
    """Take a step in the composer from a list beside it: preset:UUID."""
    return format_html("{} {}", _button(url, parts), posts(url, COMPOSER))


@register.simple_tag
def composer_link(url: str, uuid: UUID, query: str = "") -> SafeString:
    """Open the composer with a draft made from a generation; `query` is encoded already."""
    return _link(f"{url}?from={uuid}&{query}" if query else f"{url}?from={uuid}")


@register.simple_tag
def starter_link(url: str, name: str) -> SafeString:
    """Open the composer with the recipe of a starter."""
    return _link(f"{url}?starter={name}")


@register.simple_tag
def picker_step(into: PickTarget, *parts: object) -> SafeString:
    """Put what is picked where the picker was opened for."""
    button = _button(into.url, (into.put, *parts))
    return format_html("{} {}", button, posts(into.url, into.target))


def _inherited(target: str) -> SafeString:
    return format_html('hx-target:inherited="{}" hx-swap:inherited="{}"', target, SWAP)


def _button(url: str, parts: tuple[object, ...]) -> SafeString:
    """Write a button that submits its form to `url` without JavaScript."""
    step = ":".join(str(part) for part in parts)
    return format_html('name="do" value="{}" formaction="{}"', step, url)


def _link(url: str) -> SafeString:
    """Write a link to `url`; in a page with a composer it takes the composer's draft along."""
    form = format_html('hx-include="{}"', "#composer-form")
    return format_html('href="{}" data-compose {} {}', url, form, posts(url, COMPOSER))
