"""Files that people made or that Luma made for them."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """Files that people made or that Luma made for them."""

    name = "generations.media"
    verbose_name = "Media"
