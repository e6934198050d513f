"""The renderer of forms: one template for a form, one for a field."""

from django.forms.renderers import TemplatesSetting


class StudioFormRenderer(TemplatesSetting):
    """Renders forms with templates/studio/_form.html and _field.html."""

    form_template_name = "studio/_form.html"
    field_template_name = "studio/_field.html"
