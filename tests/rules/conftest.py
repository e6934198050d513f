"""The actors, for the tests of this folder."""

from tests.rules.actors import sign_in

__all__ = ("sign_in",)
