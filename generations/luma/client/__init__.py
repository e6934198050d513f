"""The client for the Dream Machine API; only tasks hold one."""

from generations.luma.client.answers import CreditsAnswer, ListAnswer, RemoteGeneration
from generations.luma.client.operations import CREATE_SECONDS, LumaClient
from generations.luma.client.paging import ListPage, pages

__all__ = [
    "CREATE_SECONDS",
    "CreditsAnswer",
    "ListAnswer",
    "ListPage",
    "LumaClient",
    "RemoteGeneration",
    "pages",
]
