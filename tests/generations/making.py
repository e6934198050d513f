"""Builders for tests of pages: rows in any state, small files, clients, and composer forms."""

import io
import re
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image

from generations.access import viewable_generation
from generations.lifecycle.api_key import current_key
from generations.media import store
from generations.media.models import StoredFile, Upload
from generations.models import Attempt, Generation
from generations.pages.cards import render_card
from studio.accounts.models import User
from studio.teams.access import open_seat
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

COMPOSITION = str(uuid.uuid4())
"""The composition of most tests."""


def make(team: Team, author: User, **fields: Any) -> Generation:
    """Write a generation: a completed one by default, without files."""
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
    """Return a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, form)
    return stream.getvalue()


def keep(team: Team, purpose: str = "original") -> StoredFile:
    """Store a small picture."""
    return store.keep(picture(), team=team, purpose=purpose, uuid=uuid.uuid4())


def make_image(team: Team, author: User, **fields: Any) -> Generation:
    """Write a completed image with its files."""
    files = {name: keep(team, name) for name in ("original", "poster", "thumb")}
    return make(team, author, kind="image", **{**files, **fields})


def make_attempt(row: Generation, **fields: Any) -> Attempt:
    """Write an attempt with the present key."""
    return Attempt.objects.create(generation=row, key=current_key(), **fields)


def keep_film(team: Team, milliseconds: int = 5000) -> StoredFile:
    """Store a small file that is not a video, but whose row says so."""
    film = keep(team)
    film.content_type, film.milliseconds = "video/mp4", milliseconds
    film.save(update_fields=["content_type", "milliseconds"])
    return film


def make_upload(team: Team, author: User) -> Upload:
    """Write an upload of a small picture."""
    return Upload.objects.create(team=team, author=author, file=keep(team, "upload"))


def address(name: str, generation: Generation) -> str:
    """Return the address of a generation's view."""
    return reverse(f"generations:{name}", args=(generation.team.slug, generation.uuid))


def of_team(name: str, team: Team) -> str:
    """Return the address of a team's view."""
    return reverse(f"generations:{name}", args=(team.slug,))


def as_person(client: Client, user: User | None) -> Client:
    """Return the client, signed in as this user, or signed out."""
    client.logout()
    if user is not None:
        client.force_login(user)
    return client


def text(response: Any) -> str:
    """Return the body, with runs of white space as one space, as people read it."""
    body: str = response.content.decode()
    return " ".join(body.split())


def form(kind: str = "text_to_video", **changes: Any) -> dict[str, Any]:
    """Return what a browser posts for a kind, at a price that is always enough."""
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


def act(client: Client, user: User | None, name: str, row: Generation, **data: Any) -> Any:
    """Press a button of a generation."""
    return as_person(client, user).post(address(name, row), data, headers=HTMX)


def act_on_queue(client: Client, user: User | None, name: str, row: Generation, **data: Any) -> Any:
    """Press a button of a generation on the Queue page."""
    return act(client, user, name, row, page="queue", **data)


def card_of(user: User, row: Generation) -> str:
    """Return the card of a generation as the library shows it to this user."""
    seat = open_seat(user, row.team.slug, "view_library")
    return " ".join(render_card(seat, viewable_generation(seat, row.uuid)).split())


def press(client: Client, team: Team, user: User | None, **changes: Any) -> Any:
    """Press Generate in a form that is filled in as by `form`."""
    return as_person(client, user).post(of_team("submit", team), form(**changes), headers=HTMX)


def step(
    client: Client, team: Team, user: User, do: str = "update", query: str = "", **changes: Any
) -> Any:
    """Press one of the composer's own buttons in such a form."""
    data = {**form(**{"composition": COMPOSITION, **changes}), "do": do}
    url = of_team("create", team) + query
    return as_person(client, user).post(url, data, headers=HTMX)


def hidden(body: str, name: str) -> str:
    """Return the value of the first hidden input of that name."""
    _, found, rest = body.partition(f'name="{name}" value="')
    assert found, name
    return rest.partition('"')[0]


def prompt_in(body: str) -> str:
    """Return the prompt in the composer."""
    return body.split("</textarea>")[0].rsplit(">", 1)[1].strip()


def checked(body: str) -> str:
    """Return the chosen kind."""
    before = body.split('id="composer-kinds"')[1].split("checked>")[0]
    return before.split('value="')[-1].split('"')[0]


def quoted(client: Client, team: Team, user: User, data: dict[str, Any]) -> str:
    """Return the price on the button, in micro-dollars; empty where it is unknown."""
    return hidden(text(as_person(client, user).get(of_team("quote", team), data)), "quoted")


def press_at_its_price(
    client: Client, team: Team, user: User, data: dict[str, Any], again: int = 0
) -> Generation:
    """Press Generate at the price on the button. Return the newest generation that it made.

    Agrees to another price, or to a large sum, up to `again` times.
    """
    filled = {"variations": "1", "submit_key": str(uuid.uuid4()), **data}
    filled["quoted"] = quoted(client, team, user, filled)
    for _ in range(1 + again):
        answer = client.post(of_team("submit", team), filled, headers=HTMX)
        body = text(answer)
        if "Send again to accept." in body:
            filled["quoted"] = hidden(body, "quoted")
        elif 'name="agreed" value="' in body:
            filled["agreed"] = hidden(body, "agreed")
        else:
            break
    said = re.findall(r"<li>(.*?)</li>", body.partition('id="composer-problems"')[2])
    assert answer.status_code == 200, (data, said[:3])
    return Generation.objects.latest("pk")
