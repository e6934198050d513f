"""The application of the project itself, for its management commands."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The project itself."""

    name = "studio"
    verbose_name = "Studio"
