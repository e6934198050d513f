"""What tests of pages need: rows in any state, people signed in, and small files."""

import io
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image

from generations.media import store
from generations.media.models import StoredFile
from generations.models import Generation
from studio.accounts.models import User
from studio.teams.models import Team

HTMX = {"HX-Request": "true"}
RECIPE: dict[str, dict[str, Any]] = {
    "text_to_video": {
        "model": "ray-2",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": "5s",
        "loop": False,
    },
    "image_to_video": {
        "model": "ray-2",
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "duration": "5s",
        "loop": False,
    },
    "modify_video": {"model": "ray-2", "mode": "flex_1"},
    "image": {"model": "photon-1", "aspect_ratio": "16:9", "format": "jpg"},
}
FIVE_SECONDS = 707_789
"""Micro-dollars of 5 s at 720p, 16:9, ray-2."""


def make(team: Team, author: User, **fields: Any) -> Generation:
    """One row; a completed one by default, without files."""
    kind = fields.pop("kind", "text_to_video")
    prompt = fields.pop("prompt", "A quiet harbour")
    recipe = {**RECIPE[kind], "prompt": prompt, **fields.pop("recipe", {})}
    values: dict[str, Any] = {
        "kind": kind,
        "media_type": "image" if kind == "image" else "video",
        "recipe": recipe,
        "prompt": prompt,
        "model": recipe["model"],
        "aspect_ratio": recipe["aspect_ratio"],
        "resolution": recipe.get("resolution", ""),
        "seconds": None if kind == "image" else 5,
        "fingerprint": "same",
        "submit_key": uuid.uuid4(),
        "quote_micros": 16_000 if kind == "image" else 710_000,
        "state": "completed",
    }
    return Generation.objects.create(team=team, author=author, **{**values, **fields})


def picture(size: tuple[int, int] = (64, 48), form: str = "PNG") -> bytes:
    """A small real picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, form)
    return stream.getvalue()


def keep(team: Team, purpose: str = "original") -> StoredFile:
    """A small picture in the store."""
    return store.keep(picture(), team=team, purpose=purpose, uuid=uuid.uuid4())


def make_image(team: Team, author: User, **fields: Any) -> Generation:
    """A completed image with its files."""
    files = {name: keep(team, name) for name in ("original", "poster", "thumb")}
    return make(team, author, kind="image", **{**files, **fields})


def address(name: str, generation: Generation) -> str:
    """The address of a generation's view."""
    return reverse(f"generations:{name}", args=(generation.team.slug, generation.uuid))


def of_team(name: str, team: Team) -> str:
    """The address of a team's view."""
    return reverse(f"generations:{name}", args=(team.slug,))


def as_person(client: Client, user: User | None) -> Client:
    """The client, signed in as somebody or nobody."""
    client.logout()
    if user is not None:
        client.force_login(user)
    return client


def text(response: Any) -> str:
    """The body, with runs of white space as one space, as people read it."""
    body: str = response.content.decode()
    return " ".join(body.split())


def form(kind: str = "text_to_video", **changes: Any) -> dict[str, Any]:
    """What a browser posts for a kind at the price that the button shows."""
    filled = {
        "kind": kind,
        "prompt": "A quiet harbour",
        "variations": "1",
        "submit_key": str(uuid.uuid4()),
        "quoted": "100000000",
        **{name: value for name, value in RECIPE[kind].items() if name != "loop"},
        **changes,
    }
    return {name: value for name, value in filled.items() if value is not None}
