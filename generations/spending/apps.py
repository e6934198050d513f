"""The app of spending: accounts, holds and the ledger."""

from django.apps import AppConfig


class SpendingConfig(AppConfig):
    """Tables of money; `generations` writes them through `actions.py`."""

    name = "generations.spending"
    verbose_name = "Spending"
