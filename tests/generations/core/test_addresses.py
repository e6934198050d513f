"""Where the API fetches an input: our own signed address, its own, or the one that was pasted."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings

from generations import tasks
from generations.actions import try_again
from generations.lifecycle.source_addresses import NOT_REACHABLE, Unreachable, api_inputs
from generations.lifecycle.transitions import Actor, move
from generations.media import store
from generations.models import Attempt, Generation, Kind, State
from generations.recipes.choice import InputChoice
from generations.recipes.kinds.table import KINDS
from studio.accounts.models import User
from studio.teams.access import Seat
from tests.generations.core.conftest import Queue, animation, attempt_of, fresh, press, still
from tests.generations.core.wire import Wire
from tests.generations.host import Host
from tests.media.samples import encoded, picture
from tests.spending.ledger import check_books, entries_of


@pytest.fixture
def source(seat: Seat, queue: Queue) -> Generation:
    """A finished picture of the library."""
    row = press(seat, still())[0]
    file = store.keep(encoded(picture()), team=seat.team, purpose="original", uuid=row.uuid)
    Generation.objects.filter(pk=row.pk).update(state=State.COMPLETED, original=file)
    Attempt.objects.update(outcome="accepted")
    return fresh(row)


@pytest.fixture
def animated(seat: Seat, source: Generation, queue: Queue) -> Generation:
    made = press(seat, animation(InputChoice("start_frame", generation=source.uuid)))[0]
    queue.clear()
    return made


def address_of(generation: Generation) -> str:
    return str(api_inputs(generation)["start_frame"][0]["url"])


def tell(source: Generation, url: str | None) -> None:
    """What the API last said of the source's file."""
    Attempt.objects.filter(generation=source).update(response={"assets": {"image": url}})


def test_with_a_public_address_it_is_our_own_signed_for_a_day(
    animated: Generation, source: Generation
) -> None:
    parts = urlsplit(address_of(animated))
    assert f"{parts.scheme}://{parts.netloc}" == "http://studio.test"
    assert str(source.uuid) in parts.path
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert store.check_signature(source.uuid, query)
    assert not store.check_signature(animated.uuid, query)


def test_a_pasted_address_is_sent_as_it_is(
    seat: Seat, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generations.recipes.inputs.address_problem", lambda url: None)
    url = "https://pictures.example.org/a.jpg?x=1#y"
    row = press(seat, animation(InputChoice("start_frame", url=url, weight=0.5)))[0]
    inputs = api_inputs(row)
    assert inputs["start_frame"] == [{"url": url}]
    sent = KINDS[Kind.IMAGE_TO_VIDEO].request(row.recipe, inputs).wire()
    assert sent["keyframes"] == {"frame0": {"type": "image", "url": url}}


def test_without_a_public_address_it_is_the_apis_own_if_that_still_answers(
    animated: Generation, source: Generation, settings: LazySettings, host: Host
) -> None:
    settings.PUBLIC_BASE_URL = None
    tell(source, host.put("/there.jpg", encoded(picture(), "JPEG")))
    assert address_of(animated) == f"{host.origin}/there.jpg"
    tell(source, f"{host.origin}/gone.jpg")
    with pytest.raises(Unreachable, match="no public address"):
        address_of(animated)


@pytest.mark.parametrize("url", [None, "", "file:///etc/passwd", "https://127.0.0.1/a.jpg"])
def test_without_any_address_it_is_said_before_anything_is_sent(
    url: str | None,
    animated: Generation,
    source: Generation,
    wire: Wire,
    settings: LazySettings,
) -> None:
    settings.PUBLIC_BASE_URL = None
    tell(source, url)
    tasks.submit_generation(animated.pk)
    row = fresh(animated, State.REFUSED)
    assert row.failure_reason == NOT_REACHABLE
    assert (attempt_of(animated).outcome, entries_of(attempt_of(animated))) == (
        "dropped",
        "hold void",
    )
    assert wire.requests == []
    check_books()


def test_when_it_cannot_be_told_the_apis_own_address_is_tried(
    animated: Generation, source: Generation, settings: LazySettings, host: Host
) -> None:
    settings.PUBLIC_BASE_URL = None
    tell(source, host.put("/busy.jpg", status=503))
    assert address_of(animated).endswith("/busy.jpg")


def test_an_unreachable_input_of_a_second_try_leaves_the_first_in_doubt(
    animated: Generation, source: Generation, wire: Wire, ed: User, settings: LazySettings
) -> None:
    wire.swallow()
    tasks.submit_generation(animated.pk)
    assert move(animated.pk, State.NEEDS_DECISION, actor=Actor.RECONCILER)
    settings.PUBLIC_BASE_URL = None
    tell(source, None)
    try_again(animated, acting_user=ed)
    tasks.submit_generation(animated.pk)
    assert fresh(animated, State.NEEDS_DECISION).note == NOT_REACHABLE
    assert entries_of(attempt_of(animated, 1)) == "hold"
    assert entries_of(attempt_of(animated, 2)) == "hold void"
    check_books()


def test_the_picture_is_the_start_frame_of_what_is_sent(animated: Generation, wire: Wire) -> None:
    tasks.submit_generation(animated.pk)
    frame = wire.creates()[0]["keyframes"]["frame0"]
    assert frame["type"] == "image"
    assert frame["url"].startswith("http://studio.test/media/")
