"""The fetcher against servers that misbehave, over real sockets on the loopback address."""

import errno
import gzip
import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpcore
import pytest
from pytest_django import Settings

from generations.media import outbound, public_hosts, store
from generations.media.outbound import (
    FetchedFile,
    FetchError,
    FetchFailed,
    FetchGone,
    FetchRedirected,
    FetchRefused,
    FetchTooLarge,
)
from studio.errors import Unavailable
from tests.media import samples
from tests.media.servers import Script, Server, answer, drip, serving

JPEG = samples.encoded(samples.noise((200, 100)), "JPEG")
MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 5000
CERTIFICATE = Path(__file__).with_name("certificate.pem")


@pytest.fixture(autouse=True)
def on_sandbox(settings: Settings) -> Settings:
    settings.ON_SANDBOX = True
    settings.LUMAAI_BASE_URL = "http://127.0.0.1:1/dream-machine/v1"
    settings.PUBLIC_BASE_URL = None
    return settings


def fetch(url: str, **more: object) -> FetchedFile:
    """Fetch a file, which is deleted afterwards."""
    asked = {"kind": "image", "max_bytes": 1_000_000, "deadline": 5.0, **more}
    with outbound.fetch(url, **asked) as fetched:  # type: ignore[arg-type]
        assert fetched.path.stat().st_size == fetched.size
        return fetched


def from_server(settings: Settings, *scripts: Script, **more: object) -> FetchedFile:
    """Fetch from a server that plays the scripts and stands in for the sandbox."""
    with serving(*scripts) as server:
        settings.LUMAAI_BASE_URL = server.origin
        return fetch(f"{server.origin}/a.jpg?sig=1", **more)


def left_behind(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_file_arrives_whole_and_is_gone_after_the_block(
    on_sandbox: Settings, media_root: Path
) -> None:
    with serving(answer(JPEG, Content_Type="text/plain")) as server:
        on_sandbox.LUMAAI_BASE_URL = f"{server.origin}/dream-machine/v1"
        with outbound.fetch(
            f"{server.origin}/a.jpg?sig=a%2Fb", kind="image", max_bytes=10**6, deadline=5
        ) as fetched:
            assert fetched.path.read_bytes() == JPEG
            assert fetched.content_type == "image/jpeg"
            assert fetched.size == len(JPEG)
            assert fetched.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert left_behind(media_root) == []
    assert server.heads[0].startswith("GET /a.jpg?sig=a%2Fb HTTP/1.1\r\n")


def test_request_carries_nothing_of_ours(on_sandbox: Settings) -> None:
    with serving(answer(JPEG)) as server:
        on_sandbox.LUMAAI_BASE_URL = server.origin
        fetch(f"{server.origin}/a.jpg")
    names = {line.partition(":")[0].lower() for line in server.heads[0].splitlines()[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert f"Host: 127.0.0.1:{server.port}\r\n" in server.heads[0]


@pytest.mark.django_db
def test_fetched_file_moves_into_the_store(
    on_sandbox: Settings, media_root: Path, request: pytest.FixtureRequest
) -> None:
    team = request.getfixturevalue("team")
    uuid = team.uuid
    with serving(answer(JPEG)) as server:
        on_sandbox.LUMAAI_BASE_URL = server.origin
        with outbound.fetch(server.origin, kind="image", max_bytes=10**6, deadline=5) as fetched:
            stored = store.keep(fetched.path, team=team, purpose="original", uuid=uuid)
    assert stored.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert left_behind(media_root) == [store.path_of(stored)]


def test_proxies_of_the_environment_are_ignored(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert from_server(on_sandbox, answer(JPEG)).size == len(JPEG)


def truncated(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + JPEG[:2000])


def longer(connection: socket.socket) -> None:
    connection.sendall(
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(JPEG)}\r\n\r\n".encode() + JPEG + b"more" * 99
    )


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def nothing(connection: socket.socket) -> None:
    """Close without a response."""


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x01SSH-2.0-OpenSSH\r\n\r\n")


def endless_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + JPEG)
    while True:
        connection.sendall(b"\0" * 65536)


def chunked(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(JPEG), 1000):
        piece = JPEG[start : start + 1000]
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    connection.sendall(b"0\r\n\r\n")


def chunks_cut(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + JPEG[:99])


def early_end(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


BOMB = gzip.compress(JPEG + b"\0" * 50_000_000)

FAULTS: dict[str, tuple[Script, type[FetchError]]] = {
    "D01 403": (answer(status="403 Forbidden"), FetchGone),
    "D01 404": (answer(status="404 Not Found"), FetchGone),
    "D01 410": (answer(status="410 Gone"), FetchGone),
    "D01 400, as some stores answer an old signature": (answer(status="400 Bad"), FetchGone),
    "D01 401": (answer(status="401 Unauthorized"), FetchGone),
    "D02 page": (answer(b"<!doctype html><title>Expired", Content_Type="image/jpeg"), FetchGone),
    "D02 page after a mark": (answer(b"\xef\xbb\xbf <html>"), FetchGone),
    "D02 XML error": (answer(b"<?xml version='1.0'?><Error/>"), FetchGone),
    "D02 JSON error": (answer(b'{"detail": "expired"}'), FetchGone),
    "408": (answer(status="408 Timeout"), FetchFailed),
    "429": (answer(status="429 Slow down"), FetchFailed),
    "500": (answer(status="500 Oops"), FetchFailed),
    "503": (answer(status="503 Busy"), FetchFailed),
    "202": (answer(status="202 Accepted"), FetchFailed),
    "204": (answer(status="204 Nothing", length=-1), FetchFailed),
    "206": (answer(JPEG, status="206 Part"), FetchFailed),
    "304": (answer(status="304 Same", length=-1), FetchFailed),
    "empty": (answer(b""), FetchFailed),
    "D03 shorter than announced": (truncated, FetchFailed),
    "D03 chunks cut": (chunks_cut, FetchFailed),
    "D04 announces 5 GB": (answer(JPEG, length=5_000_000_000), FetchTooLarge),
    "D04 endless": (endless, FetchTooLarge),
    "D12 bomb": (answer(BOMB, Content_Encoding="gzip"), FetchTooLarge),
    "packed and cut": (answer(gzip.compress(JPEG)[:-500], Content_Encoding="gzip"), FetchFailed),
    "packed wrongly": (answer(b"not gzip at all", Content_Encoding="gzip"), FetchFailed),
    "packed strangely": (answer(JPEG, Content_Encoding="br"), FetchFailed),
    "video for an image": (answer(MP4), FetchRefused),
    "GIF": (answer(b"GIF89a" + b"\0" * 100), FetchRefused),
    "noise": (answer(b"\x01\x02" * 100), FetchRefused),
    "one byte": (answer(b"\xff"), FetchRefused),
    "reset": (reset, FetchFailed),
    "closed": (nothing, FetchFailed),
    "not HTTP": (garbage, FetchFailed),
    "endless head": (endless_head, FetchFailed),
    "head cut": (early_end, FetchFailed),
    "redirect without a place": (answer(status="302 Found"), FetchFailed),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_has_the_name_of_what_follows(
    on_sandbox: Settings, media_root: Path, name: str
) -> None:
    script, expected = FAULTS[name]
    with pytest.raises(expected) as fault:
        from_server(on_sandbox, script)
    assert type(fault.value) is expected
    assert str(fault.value).endswith(".")
    assert left_behind(media_root) == []


@pytest.mark.parametrize(
    "script",
    [
        longer,
        chunked,
        answer(JPEG, length=-1),
        answer(gzip.compress(JPEG), Content_Encoding="gzip"),
        answer(gzip.compress(JPEG), Content_Encoding="x-gzip"),
        answer(JPEG, Content_Encoding="identity"),
    ],
)
def test_unusual_but_whole_answers_are_taken(on_sandbox: Settings, script: Script) -> None:
    assert from_server(on_sandbox, script).sha256 == hashlib.sha256(JPEG).hexdigest()


def test_image_of_another_format_than_the_name_says_is_taken(on_sandbox: Settings) -> None:
    png = samples.encoded(samples.picture())
    assert from_server(on_sandbox, answer(png)).content_type == "image/png"


def test_video_is_taken_where_a_video_is_wanted(on_sandbox: Settings) -> None:
    assert from_server(on_sandbox, answer(MP4), kind="video").content_type == "video/mp4"


@pytest.mark.parametrize(("cap", "taken"), [(len(JPEG), True), (len(JPEG) - 1, False)])
@pytest.mark.parametrize("length", [None, -1])
def test_cap_is_exact(on_sandbox: Settings, cap: int, taken: bool, length: int | None) -> None:
    script = answer(JPEG, length=length)
    if taken:
        assert from_server(on_sandbox, script, max_bytes=cap).size == cap
    else:
        with pytest.raises(FetchTooLarge):
            from_server(on_sandbox, script, max_bytes=cap)


def test_full_disk_is_said(on_sandbox: Settings) -> None:
    on_sandbox.MEDIA_RESERVE = 2**60
    with pytest.raises(Unavailable):
        from_server(on_sandbox, answer(JPEG))


def test_disk_that_fills_up_meanwhile_is_said(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(outbound, "_download", full)
    with pytest.raises(Unavailable):
        from_server(on_sandbox, answer(JPEG))


# Time ---------------------------------------------------------------------------------------


def timed(settings: Settings, script: Script, **more: object) -> float:
    """Seconds until the fetch gave up."""
    begun = time.monotonic()
    with pytest.raises(FetchFailed):
        from_server(settings, script, **more)
    return time.monotonic() - begun


def drip_head(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"H")
        time.sleep(0.1)


def silent(connection: socket.socket) -> None:
    time.sleep(8)


def test_deadline_holds_while_bytes_keep_coming(on_sandbox: Settings) -> None:
    script = drip(JPEG, piece=10_000, pause=0.05)
    assert 0.5 < timed(on_sandbox, script, deadline=0.7, max_bytes=10**9) < 6


@pytest.mark.parametrize("script", [drip_head, silent])
def test_deadline_holds_before_the_body(on_sandbox: Settings, script: Script) -> None:
    assert 0.4 < timed(on_sandbox, script, deadline=0.5) < 6


def test_trickle_is_ended_before_the_deadline(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "RATE_WINDOW", 0.4)
    trickle = drip(JPEG[:100], piece=100, pause=0.05)
    with pytest.raises(FetchFailed, match="too slow"):
        from_server(on_sandbox, trickle, deadline=8, max_bytes=10**9)


def test_fast_enough_download_is_left_alone(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "RATE_WINDOW", 0.2)

    def steady(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(JPEG)}\r\n\r\n".encode())
        step = len(JPEG) // 10
        for start in range(0, len(JPEG), step):
            connection.sendall(JPEG[start : start + step])
            time.sleep(0.06)

    assert from_server(on_sandbox, steady).size == len(JPEG)


def test_silence_is_ended_before_the_deadline(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "RATE_WINDOW", 0.3)
    with pytest.raises(FetchFailed, match="stood still"):
        from_server(on_sandbox, silent, deadline=8)


def test_deadline_is_one_for_all_redirects(on_sandbox: Settings) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.4)
        answer(status="302 Found", Location="/b")(connection)

    with pytest.raises(FetchFailed) as raised:
        from_server(on_sandbox, slow, deadline=0.7)
    assert not isinstance(raised.value, FetchRedirected)


# Redirects ----------------------------------------------------------------------------------


def to(place: str, status: str = "302 Found") -> Script:
    return answer(status=status, Location=place)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 T", "308 P"])
def test_redirect_within_the_rules_is_followed(on_sandbox: Settings, status: str) -> None:
    assert from_server(on_sandbox, to("/b.jpg", status), answer(JPEG)).size == len(JPEG)


def test_three_redirects_are_followed(on_sandbox: Settings) -> None:
    scripts = [to("/1"), to("/2"), to("/3"), answer(JPEG)]
    assert from_server(on_sandbox, *scripts).size == len(JPEG)


def test_fourth_redirect_is_refused(on_sandbox: Settings) -> None:
    with pytest.raises(FetchRefused, match="redirects too often"):
        from_server(on_sandbox, to("/again"))


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://user@example.org/",
        "https://example.org:8443/",
        "http://example.org/",
        "file:///etc/passwd",
        "//10.0.0.1/",
        "ftp://example.org/a",
        "https://example.org/\x7f",
    ],
)
def test_redirect_outside_of_the_rules_is_refused(
    on_sandbox: Settings, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    reached: list[str] = []
    real = outbound._connect

    def connect(address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        reached.append(f"{address}:{port}")
        return real(address, port, timeout)

    monkeypatch.setattr(outbound, "_connect", connect)
    with pytest.raises(FetchRefused):
        from_server(on_sandbox, to(place))
    assert len(reached) == 1


# Pinning ------------------------------------------------------------------------------------


class Net:
    """A fake resolver, and connections that record their intended address."""

    def __init__(self, answers: list[list[str]], port: int = 9) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.reached: list[tuple[str, int]] = []
        self.port = port
        self.dead: set[str] = set()

    def getaddrinfo(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return [(socket.AF_INET, 1, 6, "", (each, port)) for each in found]

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        self.reached.append((address, port))
        if address in self.dead:
            raise httpcore.ConnectError("unreachable")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout)


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Net, Server]]:
    """A server with a certificate for cdn.studio-test.net, behind a public address."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(CERTIFICATE)
    theirs = ssl.create_default_context(cafile=str(CERTIFICATE))
    with serving(answer(JPEG), tls=ours) as server:
        net = Net([["93.184.215.14"]], server.port)
        real = socket.getaddrinfo

        def getaddrinfo(host: str, port: int, *rest: int, **more: int) -> object:
            own = host == "127.0.0.1"
            return real(host, port, *rest, **more) if own else net.getaddrinfo(host, port)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(outbound, "_connect", net.connect)
        monkeypatch.setattr(outbound, "_certificates", lambda: theirs)
        yield net, server


def test_connection_goes_to_the_checked_address_under_the_name(
    secure: tuple[Net, Server],
) -> None:
    net, server = secure
    assert fetch("https://cdn.studio-test.net/a.jpg").size == len(JPEG)
    assert net.reached == [("93.184.215.14", 443)]
    assert net.asked == ["cdn.studio-test.net"]
    assert server.names == ["cdn.studio-test.net"]
    assert "Host: cdn.studio-test.net\r\n" in server.heads[0]


def test_certificate_of_another_name_is_not_accepted(secure: tuple[Net, Server]) -> None:
    net, server = secure
    with pytest.raises(FetchFailed):
        fetch("https://other.studio-test.net/a.jpg")
    assert net.reached == [("93.184.215.14", 443)]
    assert server.heads == []


def test_name_that_changes_its_mind_gains_nothing(secure: tuple[Net, Server]) -> None:
    net, _ = secure
    net.answers = [["93.184.215.14"], ["127.0.0.1"]]
    assert public_hosts.address_problem("https://cdn.studio-test.net/") is None
    with pytest.raises(FetchRefused, match=r"^This address cannot be used\.$"):
        fetch("https://cdn.studio-test.net/a.jpg")
    assert net.reached == []


def test_name_is_looked_up_once_for_check_and_use(secure: tuple[Net, Server]) -> None:
    net, _ = secure
    net.answers = [["93.184.215.14"], ["127.0.0.1"]]
    assert fetch("https://cdn.studio-test.net/a.jpg").size == len(JPEG)
    assert net.reached == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    "found", [["93.184.215.14", "10.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1"]]
)
def test_one_closed_address_is_enough_to_refuse(
    secure: tuple[Net, Server], found: list[str]
) -> None:
    net, _ = secure
    net.answers = [found]
    with pytest.raises(FetchRefused):
        fetch("https://cdn.studio-test.net/a.jpg")
    assert net.reached == []


def test_next_address_is_tried_when_one_is_dead(secure: tuple[Net, Server]) -> None:
    net, _ = secure
    net.answers = [["2606:4700::1", "93.184.215.14"]]
    net.dead = {"2606:4700::1"}
    assert fetch("https://cdn.studio-test.net/a.jpg").size == len(JPEG)
    assert [address for address, _ in net.reached] == ["2606:4700::1", "93.184.215.14"]


def test_name_without_an_address_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchFailed):
        fetch("https://cdn.studio-test.net/a.jpg")


def test_nothing_listens_there(on_sandbox: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    on_sandbox.LUMAAI_BASE_URL = f"http://127.0.0.1:{port}"
    with pytest.raises(FetchFailed):
        fetch(f"http://127.0.0.1:{port}/a.jpg")


@pytest.mark.parametrize(
    "url",
    ["http://cdn.studio-test.net/a", "https://127.0.0.1/", "https://a@b.net/", "file:///x", ""],
)
def test_address_against_the_rules_reaches_nobody(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    net = Net([["93.184.215.14"]])
    monkeypatch.setattr(outbound, "_connect", net.connect)
    with pytest.raises(FetchRefused) as fault:
        fetch(url)
    assert str(fault.value) in (public_hosts.HTTPS_ONLY, public_hosts.UNUSABLE)
    assert net.reached == []


# HEAD ---------------------------------------------------------------------------------------


def test_head_says_type_and_size(on_sandbox: Settings) -> None:
    with serving(answer(length=1234, Content_Type="Image/JPEG; q=1")) as server:
        on_sandbox.LUMAAI_BASE_URL = server.origin
        assert outbound.head(f"{server.origin}/a") == outbound.HeadResult("image/jpeg", 1234)
    assert server.heads[0].startswith("HEAD /a ")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("404 Not Found", FetchGone), ("403 No", FetchGone), ("503 Busy", FetchFailed)],
)
def test_head_of_a_gone_address_is_named_so(
    on_sandbox: Settings, status: str, expected: type[FetchError]
) -> None:
    with serving(answer(status=status)) as server:
        on_sandbox.LUMAAI_BASE_URL = server.origin
        with pytest.raises(expected):
            outbound.head(f"{server.origin}/a")


def test_head_obeys_the_rules() -> None:
    with pytest.raises(FetchRefused):
        outbound.head("https://10.0.0.1/a")
