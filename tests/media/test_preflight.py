"""One address check, imports from addresses, and whether Luma can reach the studio."""

import gzip
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from generations.media import confined, outbound, preflight, public_hosts, store
from generations.media.models import StoredFile, Upload
from generations.media.preflight import Preflight, import_address, reachable_from_outside
from generations.media.sniffing import Media
from studio.accounts.models import User
from studio.errors import StudioError
from studio.teams.models import Team
from tests.media import films, hostile, samples
from tests.media.servers import Script, answer, drip, serving

JPEG = samples.encoded(samples.noise((200, 100)), "JPEG")
FILM = films.sorts()["h264"]
NOT_CHARGED = "Nothing was charged."
Check = Callable[..., Preflight]

CLOSED = (
    *("https://127.1/", "https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/"),
    *("https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://169.254.169.254/"),
    *("https://localhost./", "https://user@example.com/", "https://example.com:8080/"),
    *("https://10.0.0.1/", "https://[::1]/", "https://router.lan/", "https://пример.рф/"),
    *("https://①②⑦.⓪.⓪.①/", "https://exam ple.com/", "https:///x.jpg"),
)
OTHER_SCHEMES = (
    *("http://example.com/a.jpg", "file:///etc/passwd", "gopher://example.com/", "javascript:1"),
    *("data:image/png;base64,AA", "ftp://example.com/a.jpg", "//example.com/a.jpg", "a.jpg", ""),
)


@pytest.fixture(autouse=True)
def on_sandbox(settings: Settings) -> None:
    settings.ON_SANDBOX = True
    settings.LUMAAI_BASE_URL = "http://127.0.0.1:1/dream-machine/v1"
    settings.PUBLIC_BASE_URL = None


@pytest.fixture
def check(settings: Settings) -> Check:
    """Pre-flight an address of a server that plays the scripts."""

    def run(
        *scripts: Script,
        kind: Media = "image",
        most_bytes: int = 10_000_000,
        most_seconds: float | None = None,
    ) -> Preflight:
        with serving(*scripts) as server:
            settings.LUMAAI_BASE_URL = server.origin
            return preflight.preflight(
                f"{server.origin}/a", kind=kind, most_bytes=most_bytes, most_seconds=most_seconds
            )

    return run


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_good_picture_passes_with_its_measures(check: Check, media_root: Path) -> None:
    assert check(answer(JPEG, Content_Type="text/html")) == Preflight(
        ok=True, width=200, height=100, content_type="image/jpeg", size=len(JPEG)
    )
    assert files(media_root) == []


def test_good_video_passes_with_its_measures(check: Check, media_root: Path) -> None:
    found = check(answer(FILM), kind="video", most_seconds=0.5)
    assert (found.ok, found.sentence) == (True, "")
    assert (found.width, found.height, found.milliseconds) == (64, 48, 500)
    assert (found.content_type, found.size) == ("video/mp4", len(FILM))
    assert files(media_root) == []


def test_unusual_compression_passes_with_a_word(check: Check) -> None:
    found = check(answer(films.sorts()["hevc"]), kind="video")
    assert found.ok
    assert found.sentence.startswith("Luma may not read it: it is HEVC.")


def test_video_that_is_too_long_says_how_long(check: Check) -> None:
    found = check(answer(FILM), kind="video", most_seconds=0.4)
    assert not found.ok
    assert found.milliseconds == 500
    assert found.sentence == (
        "The video there is 0.5 s long, and at most 0.4 s are taken here. "
        "Nothing was charged. Choose another model or a shorter video."
    )


HOSTILE: dict[str, tuple[tuple[Script, ...], Media, str]] = {
    "not there": ((answer(b"no", status="404 Not Found"),), "image", "The address answered 404."),
    "not allowed": ((answer(b"", status="403 Forbidden"),), "image", "The address answered 403."),
    "broken": ((answer(b"", status="500 Oops"),), "image", "The address answered 500."),
    "a page": ((answer(b"<html>sign in</html>"),), "image", "The address answered with a page,"),
    "nothing": ((answer(b""),), "image", "The address answered with nothing."),
    "a redirect": (
        (answer(b"", status="302 Found", Location="/b"), answer(JPEG)),
        "image",
        "The address leads on to another one.",
    ),
    "a redirect into the house": (
        (answer(b"", status="301 Moved", Location="http://169.254.169.254/"),),
        "image",
        "The address leads on to another one.",
    ),
    "a video for a picture": ((answer(FILM),), "image", "The address does not lead to a picture"),
    "a picture for a video": ((answer(JPEG),), "video", "The address does not lead to a video"),
    "a gif": ((answer(b"GIF89a" * 50),), "image", "The address does not lead to a picture"),
    "too large by its word": ((answer(b"", length=10**12),), "image", "The file there is larger"),
    "too large in fact": ((answer(JPEG + bytes(10**7), length=-1),), "image", "The file there is"),
    "cut short": ((answer(JPEG, length=len(JPEG) + 9),), "image", "The connection broke."),
    "damaged": ((answer(JPEG[:3000]),), "image", "The picture is damaged."),
    "too many pixels": (
        (answer(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xff\xff\0\0\xff\xff" + bytes(99)),),
        "image",
        "Too many pixels.",
    ),
    "a video without an index": (
        (answer(hostile.videos()["U23 without moov"][0]),),
        "video",
        "The video is incomplete.",
    ),
    "a video that points elsewhere": (
        (answer(hostile.videos()["U27 dref to an address"][0]),),
        "video",
        "The video points to other files",
    ),
    "a packed bomb": (
        (answer(gzip.compress(JPEG + bytes(50_000_000)), Content_Encoding="gzip"),),
        "image",
        "The file there is larger than 10 MB.",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_wrong_there_is_said_with_what_to_do(
    check: Check, media_root: Path, name: str
) -> None:
    scripts, kind, sentence = HOSTILE[name]
    begun = time.monotonic()
    found = check(*scripts, kind=kind)
    assert not found.ok
    assert found.sentence.startswith(sentence), found.sentence
    what, then = found.sentence.split(NOT_CHARGED)
    assert what
    assert then.strip(), "nothing is said of what to do now"
    assert files(media_root) == []
    assert time.monotonic() - begun < preflight.SECONDS


@pytest.mark.parametrize("address", OTHER_SCHEMES)
def test_other_schemes_are_refused_without_a_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "_connect", pytest.fail)
    found = preflight.preflight(address, kind="image", most_bytes=100)
    assert found.sentence.startswith("https addresses only. Nothing was charged. Paste")


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_into_the_house_are_refused_without_a_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "_connect", pytest.fail)
    found = preflight.preflight(address, kind="image", most_bytes=100)
    assert found.sentence.startswith("This address cannot be used. Nothing was charged. Paste")


def test_name_that_leads_into_the_house_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_connect", pytest.fail)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))],
    )
    found = preflight.preflight("https://x.localtest.me/", kind="image", most_bytes=100)
    assert found.sentence.startswith("This address cannot be used.")


def test_nobody_there(settings: Settings) -> None:
    settings.LUMAAI_BASE_URL = "http://127.0.0.1:9"
    found = preflight.preflight("http://127.0.0.1:9/a", kind="image", most_bytes=100)
    assert found.sentence == (
        "The connection broke. Nothing was charged. Try again in a moment, or upload the file."
    )


@pytest.mark.parametrize("pause", [0.05, 60.0])
def test_slow_and_endless_servers_are_left_in_time(
    check: Check, monkeypatch: pytest.MonkeyPatch, pause: float
) -> None:
    monkeypatch.setattr(preflight, "FETCH_SECONDS", 0.6)
    begun = time.monotonic()
    found = check(drip(JPEG, piece=10, pause=pause), most_bytes=100_000_000)
    assert time.monotonic() - begun < 10
    assert found.sentence.endswith("Try again in a moment, or upload the file.")


def test_endless_answer_ends_at_the_limit(check: Check) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + JPEG)
        while True:
            connection.sendall(bytes(100_000))

    found = check(endless, most_bytes=5_000_000)
    assert found.sentence.startswith("The file there is larger than 5 MB.")


def test_time_for_everything_is_ten_seconds() -> None:
    assert preflight.FETCH_SECONDS < preflight.SECONDS == 10
    assert preflight.IMPORT_SECONDS < 20


def test_decoder_gets_only_the_time_that_is_left(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def run(_program: str, *_paths: object, seconds: float) -> list[confined.Output]:
        given.append(seconds)
        return [{"width": 1, "height": 1}]

    monkeypatch.setattr(confined, "run", run)
    monkeypatch.setattr(preflight, "SECONDS", 60.0)
    check(answer(JPEG))
    assert 30 <= given[0] < 60


def test_on_the_sandbox_files_are_always_reachable() -> None:
    assert reachable_from_outside(None) == Preflight(ok=True)
    assert reachable_from_outside("http://127.0.0.1:8000") == Preflight(ok=True)


def test_laptop_with_a_real_key_hears_what_to_set(settings: Settings) -> None:
    settings.ON_SANDBOX = False
    found = reachable_from_outside(None)
    assert not found.ok
    assert found.sentence.startswith("Luma cannot reach this studio's files: set PUBLIC_BASE_URL")
    assert NOT_CHARGED in found.sentence
    assert reachable_from_outside("") == found


@pytest.mark.parametrize(
    "base",
    ["http://studio.example.com", "https://localhost", "https://192.168.1.5", "https://nas.local"],
)
def test_address_that_only_the_house_knows_is_no_public_one(settings: Settings, base: str) -> None:
    settings.ON_SANDBOX, settings.PUBLIC_BASE_URL = False, base
    found = reachable_from_outside(base)
    assert not found.ok
    assert found.sentence.startswith(f"PUBLIC_BASE_URL is {base}. Luma cannot reach")


def test_public_address_is_reachable_and_nothing_is_looked_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ON_SANDBOX = False
    monkeypatch.setattr(public_hosts, "resolve", pytest.fail)
    assert reachable_from_outside("https://studio.northlight.film").ok


def imported(
    settings: Settings, team: Team, ed: User, kind: Media, path: str, *scripts: Script
) -> Upload:
    with serving(*scripts) as server:
        settings.LUMAAI_BASE_URL = server.origin
        return import_address(team, ed, f"{server.origin}{path}", kind)


def test_picture_is_brought_in_clean(settings: Settings, team: Team, ed: User) -> None:
    body = samples.encoded(samples.picture(), "JPEG", comment=b"where I live")
    upload = imported(settings, team, ed, "image", "/d/A%20fox.jpg?sig=1", answer(body))
    assert (upload.team, upload.author, upload.original_name) == (team, ed, "A fox.jpg")
    assert b"where I live" not in store.path_of(upload.file).read_bytes()


def test_video_is_brought_in_as_it_is(settings: Settings, team: Team, ed: User) -> None:
    body = films.sorts()["hevc"]
    upload = imported(settings, team, ed, "video", "/", answer(body))
    assert store.path_of(upload.file).read_bytes() == body
    assert upload.notice.startswith("Luma may not read it")
    assert (upload.file.milliseconds, upload.original_name) == (500, "")
    assert upload.preview is not None


def test_redirect_is_followed_when_bringing_in(settings: Settings, team: Team, ed: User) -> None:
    moved = answer(b"", status="302 Found", Location="/b.jpg")
    assert imported(settings, team, ed, "image", "/a.jpg", moved, moved, answer(JPEG)).file.size


_REFUSED: dict[str, tuple[tuple[Script, ...], Media, str]] = {
    "redirects for ever": (
        (answer(b"", status="302 Found", Location="/b"),),
        "image",
        "The address redirects too often.",
    ),
    "redirect into the house": (
        (answer(b"", status="302 Found", Location="https://10.0.0.1/"),),
        "image",
        "This address cannot be used.",
    ),
    "redirect to a file": (
        (answer(b"", status="302 Found", Location="file:///etc/passwd"),),
        "image",
        "https addresses only.",
    ),
    "wrong type": ((answer(b"PK\3\4" * 50),), "image", "The address does not lead to a picture"),
    "too large": ((answer(b"", length=10**9),), "image", "Images up to 20 MB."),
    "too large a video": ((answer(b"", length=10**9),), "video", "Videos up to 100 MB."),
    "not there": ((answer(b"", status="404 Not Found"),), "image", "The address answered 404."),
    "damaged": ((answer(JPEG[:3000]),), "image", "The picture is damaged."),
    "hostile video": (
        (answer(hostile.videos()["U24 a thousand boxes deep"][0]),),
        "video",
        "The video is damaged.",
    ),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_bringing_in_is_refused_with_a_sentence_by_kind(
    settings: Settings, team: Team, ed: User, media_root: Path, name: str
) -> None:
    scripts, kind, sentence = _REFUSED[name]
    with pytest.raises(StudioError) as refusal:
        imported(settings, team, ed, kind, "/a", *scripts)
    assert refusal.value.sentence.startswith(sentence)
    assert not StoredFile.objects.exists()
    assert files(media_root) == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        *((each, "https addresses only.") for each in OTHER_SCHEMES),
        *((each, "This address cannot be used.") for each in CLOSED),
    ],
)
def test_address_that_may_not_be_fetched_is_not(
    team: Team, ed: User, monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    monkeypatch.setattr(outbound, "_connect", pytest.fail)
    with pytest.raises(StudioError) as refusal:
        import_address(team, ed, address, "image")
    assert refusal.value.sentence == sentence


def test_slow_import_is_left_in_time(
    settings: Settings, team: Team, ed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "IMPORT_SECONDS", 0.4)
    begun = time.monotonic()
    with pytest.raises(StudioError):
        imported(settings, team, ed, "image", "/a", drip(JPEG, piece=10, pause=0.05))
    assert time.monotonic() - begun < 10
