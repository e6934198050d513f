"""The client for the Dream Machine API; only tasks hold one."""

from generations.luma.client.answers import Answer, CreditsAnswer, ListAnswer
from generations.luma.client.operations import CREATE_SECONDS, LumaClient

__all__ = ["CREATE_SECONDS", "Answer", "CreditsAnswer", "ListAnswer", "LumaClient"]
