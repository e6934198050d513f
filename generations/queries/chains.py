"""The links of a chain that a person may see."""

from generations import access
from generations.models import Chain, Generation
from generations.recipes.repair import links_of
from studio.teams.access import Seat


def viewable_links(seat: Seat, chain: Chain) -> list[Generation]:
    """Return the newest link of each place that the person may see, in order. Two queries."""
    seen = set(access.visible_generations(seat).filter(chain=chain).values_list("pk", flat=True))
    return [link for link in links_of(chain) if link.pk in seen]
