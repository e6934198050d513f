"""Looking at what was made."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Looking at what was made."""

    name = "generations.library"
    verbose_name = "Library"
