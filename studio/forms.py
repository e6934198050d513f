"""The renderer of forms: one template for a form, one for a field."""

from uuid import UUID

from django.forms.renderers import TemplatesSetting


class StudioFormRenderer(TemplatesSetting):
    """Renders forms with templates/studio/_form.html and _field.html."""

    form_template_name = "studio/_form.html"
    field_template_name = "studio/_field.html"


def read_uuid(text: str | None) -> UUID | None:
    """Read a UUID, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def read_count(text: str) -> int | None:
    """Read a whole number of at most 15 digits, or None: a price, a place, a moment, how many."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
