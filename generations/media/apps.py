"""The media store: uploads and the files of results."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """The media store: uploads and the files of results."""

    name = "generations.media"
    verbose_name = "Media"
