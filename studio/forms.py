"""How the studio's forms become HTML: one template for a form, one for a field."""

from django.forms.renderers import TemplatesSetting


class StudioFormRenderer(TemplatesSetting):
    """Uses templates/studio/_form.html and _field.html; explicit, accessible, no inline style."""

    form_template_name = "studio/_form.html"
    field_template_name = "studio/_field.html"
