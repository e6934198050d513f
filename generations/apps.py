"""A generation and its life."""

from django.apps import AppConfig


class GenerationsConfig(AppConfig):
    """A generation and its life."""

    name = "generations"
    verbose_name = "Generations"
