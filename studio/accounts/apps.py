"""Signing in and profiles."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Signing in and profiles."""

    name = "studio.accounts"
    verbose_name = "Accounts"
