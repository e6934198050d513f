"""Address checks: what slot and press say of an address before money is spent."""

import threading
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from generations.media import address_checks, outbound, preflight
from generations.media.address_checks import AddressCheck
from generations.media.preflight import UNREACHABLE, Preflight
from generations.models import Attempt, Generation
from generations.pages.slots import SEND_ALL_THE_SAME, SENT_ALL_THE_SAME
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.host import Host
from tests.generations.making import (
    HTMX,
    as_person,
    form,
    make_image,
    make_upload,
    of_team,
    picture,
    press,
    quoted,
    step,
    text,
)
from tests.media import films

FRAME = {"kind": "image_to_video"}
MODIFY = {"kind": "modify_video"}


@pytest.fixture(autouse=True)
def own_world(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_RESERVE = 0
    cache.clear()


@pytest.fixture
def real_key(settings: Settings) -> None:
    """A laptop: a real key, and no address under which Luma could fetch anything."""
    settings.ON_SANDBOX = False
    settings.PUBLIC_BASE_URL = None


def put(client: Client, team: Team, user: User, reference: str, **more: Any) -> str:
    """Put something into the start frame and read the composer."""
    return text(step(client, team, user, f"put:start_frame:{reference}", **{**FRAME, **more}))


def check_inputs(client: Client, team: Team, user: User, **changes: Any) -> Any:
    data = form(**{**FRAME, **changes})
    return as_person(client, user).post(of_team("check_inputs", team), data, headers=HTMX)


# The slot


def test_putting_an_address_asks_for_a_check_and_fetches_nothing(
    client: Client, team: Team, ed: User, host: Host
) -> None:
    body = put(client, team, ed, f"url:{host.put('/a.png', picture())}")
    assert "Whether Luma can open this is looked at before anything is sent." in body
    assert f'hx-post="{of_team("check_inputs", team)}" hx-trigger="load"' in body
    assert host.asked == []


def test_slot_says_what_was_found_once(client: Client, team: Team, ed: User, host: Host) -> None:
    url = host.put("/a.png", picture((640, 480)))
    answer = check_inputs(client, team, ed, start_frame=f"url:{url}")
    assert answer["HX-Trigger"] == "addresses-checked"
    assert "Luma can open it: PNG, 640 × 480, 0.1 MB." in text(answer)  # noqa: RUF001
    body = put(client, team, ed, f"url:{url}")
    assert "Luma can open it: PNG, 640 × 480, 0.1 MB." in body  # noqa: RUF001
    assert 'hx-trigger="load"' not in body
    assert press(client, team, ed, **FRAME, start_frame=f"url:{url}").status_code == 200
    assert host.asked == ["/a.png"]


def test_all_addresses_are_checked_together(
    client: Client, team: Team, ed: User, host: Host
) -> None:
    urls = [host.put(f"/{place}.png", picture()) for place in range(4)]
    style = host.put("/style.png", status=404)
    references = {"image_ref": [f"url:{url}" for url in urls], "style_ref": f"url:{style}"}
    body = text(check_inputs(client, team, ed, kind="image", **references))
    assert body.count("Luma can open it: PNG") == 4
    assert body.count("The address answered 404. Nothing was charged.") == 1
    assert sorted(host.asked) == ["/0.png", "/1.png", "/2.png", "/3.png", "/style.png"]


def test_measures_of_an_address_make_the_price_and_the_rules(
    client: Client, team: Team, ed: User, host: Host
) -> None:
    url = host.put("/a.mp4", films.sorts()["h264"])
    filled = {**MODIFY, "source": f"url:{url}"}
    assert quoted(client, team, ed, form(**filled)) == ""
    check_inputs(client, team, ed, **filled)
    assert int(quoted(client, team, ed, form(**filled))) > 0
    found = Preflight(ok=True, width=1280, height=720, milliseconds=12_000)
    cache.set(AddressCheck(url, "video").cache_key, found)
    answer = press(client, team, ed, **filled)
    assert answer.status_code == 422
    assert "Ray 2 takes up to 10 s; choose Ray Flash 2 (15 s) or trim." in text(answer)


def test_it_is_checked_outside_of_any_transaction(
    transactional_db: None,
    client: Client,
    team: Team,
    ed: User,
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_ones: list[bool] = []
    fetch = address_checks.check_addresses

    def noted(looks: Any) -> None:
        open_ones.append(connection.in_atomic_block)
        fetch(looks)

    monkeypatch.setattr("generations.composer.press.check_addresses", noted)
    monkeypatch.setattr("generations.composer.opening.check_addresses", noted)
    url = host.put("/a.png", picture())
    check_inputs(client, team, ed, start_frame=f"url:{url}")
    cache.clear()
    assert press(client, team, ed, **FRAME, start_frame=f"url:{url}").status_code == 200
    assert open_ones == [False, False]


def test_a_check_that_takes_too_long_is_said_and_ends(
    client: Client, team: Team, ed: User, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = threading.Event()
    monkeypatch.setattr(address_checks, "SECONDS", 0.05)
    monkeypatch.setattr(preflight, "preflight", lambda *_a, **_k: shut.wait(30) and None)
    try:
        body = text(check_inputs(client, team, ed, start_frame=f"url:{host.put('/a.png')}"))
    finally:
        shut.set()
    assert "It was not looked at in time." in body
    assert 'hx-trigger="load"' not in body


def test_places_are_few_and_who_finds_none_knows_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_checks, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(address_checks, "_RUNNING", threading.BoundedSemaphore(1))
    wanted = AddressCheck(host.put("/a.png", picture()), "image")
    with address_checks._RUNNING:
        address_checks.check_addresses([wanted])
    assert (address_checks.known_result(wanted), host.asked) == (None, [])
    address_checks.check_addresses([wanted, wanted])
    assert host.asked == ["/a.png"]
    assert address_checks.known_result(wanted) is not None


def test_a_check_that_fails_in_itself_is_logged_and_stops_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Preflight:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(preflight, "preflight", broken)
    wanted = AddressCheck(host.put("/a.png"), "image")
    with structlog.testing.capture_logs() as said:
        address_checks.check_addresses([wanted])
    assert [(one["event"], str(one["exc_info"])) for one in said] == [
        ("address_check.failed", "a mistake of ours")
    ]
    assert address_checks.known_result(wanted) is None


# The press

REFUSED = {
    "not there": ({"status": 404}, "The address answered 404. Nothing was charged. Check it"),
    "a page": ({"body": b"<html>sign in</html>"}, "The address answered with a page, not with"),
    "leads on": (
        {"status": 302, "headers": {"Location": "/b.png"}},
        "The address leads on to another one. Nothing was charged. Paste the address",
    ),
    "another kind": ({"body": b"%PDF-1.7" + bytes(99)}, "The address does not lead to a picture"),
    "damaged": ({"body": picture((640, 480), "JPEG")[:900]}, "The picture is damaged."),
    "too large": ({"announce": 10**9}, "The file there is larger than 10 MB."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_press_refuses_what_certainly_cannot_work(
    client: Client, team: Team, ed: User, host: Host, name: str
) -> None:
    there, sentence = REFUSED[name]
    url = host.put("/a.png", **there)  # type: ignore[arg-type]
    answer = press(client, team, ed, **FRAME, start_frame=f"url:{url}")
    assert answer.status_code == 422
    body = text(answer)
    assert sentence in body.split('id="slot-start_frame-error"')[1]
    assert f'name="start_frame" value="url:{url}"' in body
    assert not Generation.objects.exists()


@pytest.mark.parametrize(
    "there", [{"status": 503}, {"body": b"x", "announce": 99}, {"body": picture((15, 15))}]
)
def test_press_lets_through_with_a_warning_what_cannot_be_known(
    client: Client, team: Team, ed: User, host: Host, there: dict[str, Any]
) -> None:
    url = host.put("/a.png", **there)
    answer = press(client, team, ed, **FRAME, start_frame=f"url:{url}")
    assert answer.status_code == 200
    assert Generation.objects.get().inputs.get().url == url
    body = text(answer)
    assert 'role="status">' in body
    note = body.split("Start frame: ")[1].split("</p>")[0]
    assert SENT_ALL_THE_SAME in note
    assert "Nothing was charged." not in note
    assert SEND_ALL_THE_SAME not in note


@pytest.mark.parametrize("there", [{"status": 503}, {"body": picture((15, 15))}])
def test_doubt_before_the_press_does_not_ask_for_another_file(
    client: Client, team: Team, ed: User, host: Host, there: dict[str, Any]
) -> None:
    body = text(check_inputs(client, team, ed, start_frame=f"url:{host.put('/a.png', **there)}"))
    assert SEND_ALL_THE_SAME in body
    assert "Choose another file." not in body
    assert "Nothing was charged." not in body


def test_press_without_javascript_is_checked_and_warned_too(
    client: Client, team: Team, ed: User, host: Host
) -> None:
    as_person(client, ed)
    gone = form(**FRAME, start_frame_url=host.put("/gone.png", status=404))
    assert client.post(of_team("submit", team), gone).status_code == 422
    busy = form(**FRAME, start_frame_url=host.put("/busy.png", status=503))
    answer = client.post(of_team("submit", team), busy, follow=True)
    said = f"Start frame: The address answered 503. {SENT_ALL_THE_SAME}"
    assert said in text(answer)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://example.com/a.png", "https addresses only."),
        ("https://169.254.169.254/a.png", "This address cannot be used."),
        ("https://2130706433/a.png", "This address cannot be used."),
        ("https://[::1/a.png", "This address cannot be used."),
    ],
)
def test_addresses_that_may_not_be_fetched_are_not(
    client: Client,
    team: Team,
    ed: User,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    sentence: str,
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(outbound, "_connect", lambda *given, **_: asked.append(given))
    assert sentence in put(client, team, ed, f"url:{url}")
    check_inputs(client, team, ed, start_frame=f"url:{url}")
    assert press(client, team, ed, **FRAME, start_frame=f"url:{url}").status_code == 422
    assert asked == []


# A real key, and no public address


def test_laptop_with_a_real_key_hears_at_the_slot_what_to_do(
    client: Client, team: Team, ed: User, real_key: None
) -> None:
    said = text_of(UNREACHABLE)
    for reference in (
        f"upload:{make_upload(team, ed).uuid}",
        f"generation:{result(team, ed).uuid}",
    ):
        body = put(client, team, ed, reference)
        assert said in body.split('id="slot-start_frame-error"')[1]
        answer = press(client, team, ed, **FRAME, start_frame=reference)
        assert answer.status_code == 422
        assert said in text(answer)


def test_on_the_sandbox_and_with_a_public_address_nothing_is_said(
    client: Client, team: Team, ed: User, settings: Settings
) -> None:
    reference = f"upload:{make_upload(team, ed).uuid}"
    assert "slot-start_frame-error" not in put(client, team, ed, reference)
    settings.ON_SANDBOX = False
    settings.PUBLIC_BASE_URL = "https://studio.northlight.film"
    assert "slot-start_frame-error" not in put(client, team, ed, reference)
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    assert "PUBLIC_BASE_URL is http://localhost:8000." in put(client, team, ed, reference)


def test_a_result_goes_by_lumas_own_address_while_that_answers(
    client: Client,
    team: Team,
    ed: User,
    real_key: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def head(url: str, **_: object) -> outbound.HeadResult:
        asked.append(url)
        if "gone" in url:
            raise outbound.FetchGone("The address answered 404.")
        return outbound.HeadResult("image/jpeg", 400_000)

    monkeypatch.setattr(outbound, "head", head)
    monkeypatch.setattr(preflight, "preflight", pytest.fail)
    there = f"generation:{result(team, ed, 'https://cdn.lumalabs.ai/there.jpg').uuid}"
    gone = f"generation:{result(team, ed, 'https://cdn.lumalabs.ai/gone.jpg').uuid}"
    assert 'hx-trigger="load"' in put(client, team, ed, there)
    assert "Luma can open it: JPEG, 0.4 MB." in text(
        check_inputs(client, team, ed, start_frame=there)
    )
    assert press(client, team, ed, **FRAME, start_frame=there).status_code == 200
    answer = press(client, team, ed, **FRAME, start_frame=gone)
    assert answer.status_code == 422
    assert text_of(UNREACHABLE) in text(answer)
    assert asked == ["https://cdn.lumalabs.ai/there.jpg", "https://cdn.lumalabs.ai/gone.jpg"]


def result(team: Team, author: User, address: str = "") -> Generation:
    """A finished picture, and what the API last said of it."""
    row = make_image(team, author)
    response = {"assets": {"image": address or None}}
    Attempt.objects.create(generation=row, number=1, outcome="accepted", response=response)
    return row


def text_of(sentence: str) -> str:
    return sentence.replace("'", "&#x27;")
