"""What a fault test does inside a studio's own settings; run as a process, answers in JSON."""

import json
import os
import sys
from typing import Any
from uuid import uuid4

import django

RECIPES: list[tuple[str, dict[str, Any]]] = [
    ("text_to_video", {"model": "ray-flash-2", "resolution": "540p", "duration": "5s"}),
    ("image", {"model": "photon-flash-1"}),
    ("image", {"model": "photon-1", "format": "png"}),
]


def people() -> dict[str, str]:
    """Make the studio's owner and her team."""
    from studio.accounts.actions import make_account
    from studio.teams.actions import make_team

    owner = make_account("ada@example.com", "Ada", "correct horse battery", operator=True)
    team = make_team("Northlight", acting_user=owner)
    return {"email": owner.email, "team": team.slug}


def submit(count: str, kind: str = "") -> list[str]:
    """Submit `count` generations as the composer does: videos and images in turn, or of a kind."""
    from generations.actions import submit as press
    from generations.models import Kind
    from generations.recipes.check import order_of
    from generations.recipes.draft import Draft
    from generations.recipes.kinds import KINDS
    from studio.accounts.models import User
    from studio.teams.access import open_seat
    from studio.teams.models import Team

    seat = open_seat(User.objects.get(), Team.objects.get().slug, "create")
    chosen = [recipe for recipe in RECIPES if kind in ("", recipe[0])]
    made: list[str] = []
    for index in range(int(count)):
        name, settings = chosen[index % len(chosen)]
        settings = {**settings, "prompt": f"Fog over a harbour at dawn, shot {index}"}
        price = KINDS[Kind(name)].price(settings).micros
        order = order_of(seat, Draft(Kind(name), settings))
        rows, _ = press(seat, order, submit_key=uuid4(), quoted_micros=price)
        made.extend(str(generation.uuid) for generation in rows)
    return made


def library(count: str) -> int:
    """Fill the library with `count` finished generations that all look different."""
    from studio.accounts.models import User
    from studio.demo import fill
    from studio.teams.models import Team

    return fill(Team.objects.get(), User.objects.get(), int(count), pieces=int(count))


def pictures(count: str) -> int:
    """Put pictures into the library: Picture 0, Picture 1, … the newest last."""
    from studio.accounts.models import User
    from studio.teams.models import Team
    from tests.generations.making import make_image

    team, user = Team.objects.get(), User.objects.get()
    return len([make_image(team, user, prompt=f"Picture {n}") for n in range(int(count))])


def chain(links: str) -> int:
    """Put links + 1 pictures into the library and submit a chain through them."""
    from generations.actions.chains import submit_chain
    from generations.recipes.chain import ChainDraft, chain_order
    from generations.recipes.choice import InputChoice
    from studio.accounts.models import User
    from studio.teams.access import open_seat
    from studio.teams.models import Team
    from tests.generations.making import make_image

    seat = open_seat(User.objects.get(), Team.objects.get().slug, "create")
    rows = [make_image(seat.team, seat.user, prompt=f"Item {n}") for n in range(int(links) + 1)]
    items = tuple(InputChoice("item", generation=row.uuid) for row in rows)
    order = chain_order(seat, ChainDraft(items, {**RECIPES[0][1], "aspect_ratio": "16:9"}))
    submit_chain(seat, order, submit_key=uuid4(), quoted_micros=order.total)
    return len(rows)


def gallery() -> int:
    """A chain of one link and then eight pictures."""
    return chain("1") + pictures("8")


COMMANDS = {
    "people": people,
    "submit": submit,
    "library": library,
    "pictures": pictures,
    "chain": chain,
    "gallery": gallery,
}

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    django.setup()
    sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))  # type: ignore[operator]
