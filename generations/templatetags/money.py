"""Amounts in templates."""

from django import template

from generations.luma.pricing import format_price

register = template.Library()


@register.filter
def dollars(micros: int | None) -> str:
    """Write an amount that is certain, e.g. $49.29; a missing one is "price unknown"."""
    return format_price(micros, estimate=False)


@register.filter
def about(micros: int | None) -> str:
    """Write an estimate, e.g. ≈ $0.71."""
    return format_price(micros)
