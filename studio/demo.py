"""A library full of completed generations, for demonstrations and measurements. Deterministic.

A small number of pictures and videos is rendered once, and all generations share their files.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid5

from generations.media import derivatives, store
from generations.media.models import StoredFile
from generations.models import Generation, Kind, State
from generations.recipes.kinds import KINDS, KindEntry
from generations.sandbox.scenes import ImageSpec, VideoSpec, render_image, render_video
from studio.accounts.models import User
from studio.clock import now
from studio.teams.models import Team

NAMESPACE = UUID("a2b1cf3e-6a53-4a62-8b52-0c8f4b8c9d10")
BATCH = 2000
SIZES = {"16:9": (960, 540), "9:16": (540, 960), "1:1": (768, 768), "4:3": (864, 648)}

_PLACES = (
    "A lighthouse over a stormy sea",
    "A misty pine forest",
    "A neon city street in the rain",
    "Snowy mountains under the aurora",
    "Red desert dunes",
    "A quiet lake between autumn hills",
    "A tropical beach with palms",
    "A harbour town with lit windows",
    "Green hills and drifting clouds",
    "A frozen fjord",
)
_LIGHTS = ("at dawn", "at noon", "in golden evening light", "at dusk", "by night", "in fog")
_MOVES = ("", ", slow push in", ", the camera orbits left", ", aerial view", ", handheld")


@dataclass(frozen=True)
class DemoResult:
    """One rendered result with its files, shared by many generations."""

    kind: Kind
    prompt: str
    ratio: str
    original: StoredFile
    poster: StoredFile
    thumb: StoredFile
    preview: StoredFile | None


def fill(team: Team, author: User, count: int, *, pieces: int = 12, seed: int = 7) -> int:
    """Write `count` completed generations into the team's library; return `count`.

    Renders at most `pieces` pictures and videos first, about a second each.
    """
    pool = list(_pool(team, min(pieces, count)))
    dice = random.Random(seed)  # noqa: S311 - a deterministic demo, no secret
    rows = _rows(team, author, pool, count, dice)
    while batch := list(islice(rows, BATCH)):
        Generation.objects.bulk_create(batch)
    return count


def _pool(team: Team, pieces: int) -> Iterator[DemoResult]:
    with TemporaryDirectory() as folder:
        for number in range(pieces):
            yield _render(team, number, Path(folder))


def _render(team: Team, number: int, folder: Path) -> DemoResult:
    dice = random.Random(number)  # noqa: S311 - deterministic
    ratio = dice.choice(["16:9", "16:9", "16:9", "9:16", "1:1", "4:3"])
    prompt = f"{_PLACES[number % len(_PLACES)]} {dice.choice(_LIGHTS)}"
    if number % 3 == 2:
        picture = folder / f"{number}.jpg"
        render_image(ImageSpec(prompt=prompt, size=SIZES[ratio]), picture)
        return _store(team, number, Kind.IMAGE, prompt, ratio, picture)
    video = folder / f"{number}.mp4"
    order = VideoSpec(prompt=prompt, size=SIZES[ratio], seconds=5)
    render_video(order, video, folder / f"{number}-thumbnail.jpg")
    return _store(team, number, Kind.TEXT_TO_VIDEO, prompt, ratio, video)


def _store(team: Team, number: int, kind: Kind, prompt: str, ratio: str, path: Path) -> DemoResult:
    media = "image" if kind == Kind.IMAGE else "video"

    def name(purpose: str) -> UUID:
        return uuid5(NAMESPACE, f"{team.uuid} {number} {purpose}")

    poster = derivatives.make_poster(path, media)  # type: ignore[arg-type]
    thumb = derivatives.thumb_of(poster)
    preview = None
    if media == "video":
        with store.work_file(".mp4") as work:
            small = derivatives.make_preview(path, work)
            preview = store.keep(small, team=team, purpose="preview", uuid=name("preview"))
    return DemoResult(
        kind,
        prompt,
        ratio,
        store.keep(path, team=team, purpose="original", uuid=name("original")),
        store.keep(poster, team=team, purpose="poster", uuid=name("poster")),
        store.keep(thumb, team=team, purpose="thumb", uuid=name("thumb")),
        preview,
    )


def _rows(
    team: Team, author: User, pool: list[DemoResult], count: int, dice: random.Random
) -> Iterator[Generation]:
    first = now() - timedelta(minutes=7 * count)
    for number in range(count):
        piece = pool[number % len(pool)]
        entry = KINDS[piece.kind]
        moment = first + timedelta(minutes=7 * number, seconds=dice.randrange(300))
        prompt = piece.prompt + dice.choice(_MOVES)
        model = dice.choice(entry.choices("model"))[0]
        settings = {**entry.defaults, "prompt": prompt, "model": model}
        settings["aspect_ratio"] = piece.ratio
        yield _row(team, author, piece, entry, settings, moment, dice)


def _row(
    team: Team,
    author: User,
    piece: DemoResult,
    entry: KindEntry,
    settings: dict[str, object],
    moment: datetime,
    dice: random.Random,
) -> Generation:
    return Generation(
        team=team,
        author=author,
        kind=piece.kind,
        media_type=entry.media_type,
        recipe=settings,
        prompt=str(settings["prompt"]),
        model=str(settings["model"]),
        aspect_ratio=piece.ratio,
        resolution=str(settings.get("resolution", "")),
        seconds=5 if entry.media_type == "video" else None,
        fingerprint=f"{dice.getrandbits(256):064x}",
        submit_key=UUID(int=dice.getrandbits(128), version=4),
        uuid=UUID(int=dice.getrandbits(128), version=4),
        quote_micros=entry.price(settings).micros,
        state=State.COMPLETED,
        original=piece.original,
        poster=piece.poster,
        thumb=piece.thumb,
        preview=piece.preview,
        created_at=moment,
        state_since=moment,
        completed_at=moment,
    )
