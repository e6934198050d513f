"""The building's own application: commands and templates tags that belong to no noun."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The building."""

    name = "studio"
    verbose_name = "Studio"
