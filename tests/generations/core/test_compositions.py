"""Random valid compositions of all kinds: pressed, completed, and restored to the same recipe."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from generations import tasks
from generations.media.uploads import add_upload
from generations.models import Generation, Kind, State
from generations.recipes.kinds import KINDS
from generations.recipes.kinds.slots import CLIP, IMAGE, VIDEO
from generations.tasks import storing
from generations.tasks.inline import inline_ids
from generations.tasks.submitting import send_generation
from studio.accounts.models import User
from studio.teams.access import Seat
from studio.teams.models import Team
from tests.conftest import Figure
from tests.generations.compositions import (
    Pool,
    Recipe,
    drawn,
    recipe_of,
    recipe_on,
)
from tests.generations.core.conftest import Queue, attempt_of, fresh, press, shot, still
from tests.generations.core.live import settle
from tests.generations.making import of_team, press_at_its_price
from tests.media import films, samples
from tests.spending.ledger import check_books

pytestmark = pytest.mark.django_db(transaction=True)

AGAIN = 2
"""Looking at an address as it is pressed may tell its length, and so another price."""


@pytest.fixture
def studio(studio: Queue, settings: Settings) -> Queue:
    """The studio with no limits of its own."""
    settings.LUMA_LIMITS = None
    return studio


@pytest.fixture
def pool(seat: Seat, studio: Queue, team: Team, ed: User) -> Pool:
    """Results, uploads and the API's own addresses, pictures and videos."""
    small = {"resolution": "540p", "model": "ray-flash-2"}
    rows = press(seat, still()) + press(seat, still("a boat")) + press(seat, shot(**small))
    settle(studio, rows)
    pictures, clip = rows[:2], rows[2]
    picture = SimpleUploadedFile("a.png", samples.encoded(samples.picture((320, 200))))
    film = SimpleUploadedFile("a.mp4", films.sorts()["h264"])
    assets = {row.media_type: (attempt_of(row).response or {}) for row in (pictures[0], clip)}
    with_addresses = {name: said["assets"][name] for name, said in assets.items() if said}
    result = {"generation": clip.uuid}
    short = {"upload": add_upload(team, ed, film).uuid}
    return Pool(
        {
            IMAGE: (
                *({"generation": row.uuid} for row in pictures),
                {"upload": add_upload(team, ed, picture).uuid},
                {"url": with_addresses["image"]},
            ),
            CLIP: (result,),
            VIDEO: (*[short] * 5, result, {"url": with_addresses["video"]}),
        }
    )


def restored(client: Client, team: Team, made: Generation) -> Recipe:
    """The recipe that its remix would send."""
    page = client.get(of_team("create", team), {"from": str(made.uuid)})
    assert page.status_code == 200
    return recipe_on(page.content.decode(), page.context["seat"])


Tried = Callable[[dict[Kind, int]], list[Generation]]


@pytest.fixture
def tried(client: Client, team: Team, ed: User, pool: Pool, studio: Queue) -> Tried:
    """Press so many random compositions of each kind; all are completed and restored."""

    def try_all(counts: dict[Kind, int]) -> list[Generation]:
        made = []
        for kind, count in counts.items():
            given = drawn(kind, pool, count)
            assert len(given) == count
            for composition in given:
                row = press_at_its_price(client, team, ed, composition.posted(), AGAIN)
                made.append((composition, row))
        for pk in inline_ids(row.pk for _, row in made):
            send_generation(pk)
        settle(studio, [row for _, row in made], 60 * len(made))
        for composition, row in made:
            done = fresh(row, State.COMPLETED)
            assert recipe_of(done) == composition.recipe
            assert restored(client, team, done) == composition.recipe
        check_books()
        return [row for _, row in made]

    return try_all


@pytest.fixture
def without_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave previews for later, as those of large videos are, and never make them."""
    monkeypatch.setattr(storing, "PREVIEW_AT_ONCE", 0)
    monkeypatch.setattr(tasks, "make_preview", lambda pk: None)


def test_twenty_compositions_are_completed_and_restored(
    without_previews: None, tried: Tried
) -> None:
    """One of each kind, and more of those that are soon rendered."""
    pictures = dict.fromkeys((Kind.IMAGE, Kind.REFRAME_IMAGE), 5)
    assert len(tried({**dict.fromkeys(KINDS, 1), **pictures})) == 20


@pytest.mark.proof
def test_two_hundred_compositions_are_completed_and_restored(tried: Tried, figure: Figure) -> None:
    made = tried(dict.fromkeys(KINDS, 17))
    figure("random compositions of 12 kinds, completed and restored", f"{len(made)} of 204")
    assert len(made) == 204
