"""Prices, holds and the ledger."""

from django.apps import AppConfig


class SpendingConfig(AppConfig):
    """Prices, holds and the ledger."""

    name = "generations.spending"
    verbose_name = "Spending"
