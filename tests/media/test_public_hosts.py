"""Which addresses are public, and which URLs may be used: no connection is ever made here."""

import socket
import threading

import pytest
from pytest_django import Settings

from generations.media import public_hosts
from generations.media.public_hosts import address_problem, is_public

HTTPS_ONLY = "https addresses only."
UNUSABLE = "This address cannot be used."

CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
    "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.169.254", "169.254.0.1",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
    "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2606:4700::1%1", "4000::1",
    "8000::1", "1.2.3", "localhost", "", "1.2.3.4.5", "0x7f000001", "2130706433", "127.1",
    "010.0.0.1", "8.8.8.8 ", "\u2460.1.1.1",
]  # fmt: skip

OPEN = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1",
    "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.0.1", "172.32.0.1",
    "192.167.255.255", "192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
    "2606:4700::1", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2400:cb00::1",
    "3ffe::1",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_address_is_public(address: str) -> None:
    assert is_public(address)


NAMES = {
    "cdn.studio-test.net": ["93.184.215.14"],
    "both.studio-test.net": ["93.184.215.14", "2606:4700::1"],
    "mixed.studio-test.net": ["93.184.215.14", "10.0.0.1"],
    "mixed6.studio-test.net": ["93.184.215.14", "::1"],
    "loop.studio-test.net": ["127.0.0.1"],
    "meta.studio-test.net": ["169.254.169.254"],
    "mapped.studio-test.net": ["::ffff:127.0.0.1"],
    "nat64.studio-test.net": ["64:ff9b::7f00:1"],
    "x.localtest.me": ["127.0.0.1"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "xn--bcher-kva.studio-test.net": ["93.184.215.14"],
    "1.1.1.1": ["1.1.1.1"],
    "2606:4700::1": ["2606:4700::1"],
}


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A resolver that knows NAMES, reads numbers as the system's does, and notes what it did."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        if host == "slow.studio-test.net":
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        if host not in NAMES:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, 1, 6, "", (each, port)) for each in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


OTHER_SCHEMES = [
    "http://cdn.studio-test.net/a.png", "HTTP://cdn.studio-test.net/", "ftp://cdn.studio-test.net/a",
    "file:///etc/passwd", "file://cdn.studio-test.net/a", "gopher://127.0.0.1:6379/_x",
    "data:image/png;base64,AAAA", "javascript:alert(1)", "dict://127.0.0.1/", "ldap://x/",
    "//cdn.studio-test.net/a", "/a.png", "cdn.studio-test.net/a", "", "https", "blob:https://x/",
    "ws://cdn.studio-test.net/", "s3://bucket/key", "http://127.0.0.1:9/", "\x00", "not a url",
]  # fmt: skip


@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_other_schemes_are_refused(url: str, resolver: list[str]) -> None:
    assert address_problem(url) == HTTPS_ONLY
    assert resolver == []


UNUSABLE_URLS = [
    # other ways to write 127.0.0.1
    "https://127.0.0.1/", "https://127.1/", "https://127.0.1/", "https://2130706433/",
    "https://0x7f000001/", "https://0x7f.1/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
    "https://017700000001/", "https://127.0.0.0x1/", "https://0/", "https://0.0.0.0/",
    "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://127.0.0.1./", "https://%31%32%37.0.0.1/",
    "https://00000000000000000000000000127.0.0.1/", "https://127.0.0.256/", "https://1.1.1/",
    # IPv6 and what lies in it
    "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::127.0.0.1]/", "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/", "https://[ff02::1]/",
    "https://[fec0::1]/", "https://[fd00:ec2::254]/", "https://[v1.x]/", "https://[::1/",
    "https://::1/",
    # other closed networks, and names that lead there
    "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://192.168.1.1/",
    "https://100.64.0.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://255.255.255.255/",
    "https://168.63.129.16/", "https://x.localtest.me/", "https://127.0.0.1.nip.io/",
    "https://loop.studio-test.net/", "https://mixed.studio-test.net/",
    "https://mixed6.studio-test.net/", "https://meta.studio-test.net/",
    "https://mapped.studio-test.net/", "https://nat64.studio-test.net/",
    # names that are closed in themselves
    "https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://a.localhost/",
    "https://printer.local/", "https://db.internal/", "https://metadata.google.internal/",
    "https://intranet/", "https://cdn.studio-test.net./", "https://1.0.0.127.in-addr.arpa/",
    "https://router.lan/", "https://router.home/", "https://x.onion/",
    # users, ports, odd characters, odd forms
    "https://user@cdn.studio-test.net/", "https://user:key@cdn.studio-test.net/",
    "https://cdn.studio-test.net@127.0.0.1/", "https://@cdn.studio-test.net/",
    "https://cdn.studio-test.net:8080/", "https://cdn.studio-test.net:80/",
    "https://cdn.studio-test.net:0/", "https://cdn.studio-test.net:99999/",
    "https://cdn.studio-test.net:x/", "https://bücher.studio-test.net/", "https:///a.png",
    "https://", "https:cdn.studio-test.net", "https://.studio-test.net/", "https://a..net/",
    "https://-a.studio-test.net/", "https://a_.b-.net/", "https://cdn.studio-test.net\\@127.0.0.1/",
    "https://cdn.studio-test.net/a b", "https://cdn.studio-test.net/\r\nHost: x",
    "https://cdn.studio-test.net/\x00", " https://cdn.studio-test.net/a"[1:] + "\t",
    "https://cdn.studio-test.net/ä.png", "https://" + "a" * 64 + ".net/",
    "https://" + "a." * 130 + "net/", "https://cdn.studio-test.net/?" + "q" * 4100,
    "https://gone.studio-test.net/",
]  # fmt: skip


@pytest.mark.parametrize("url", UNUSABLE_URLS)
def test_address_cannot_be_used(url: str) -> None:
    assert address_problem(url) == UNUSABLE


def test_table_of_addresses_is_large_enough() -> None:
    assert len(set(UNUSABLE_URLS + OTHER_SCHEMES)) >= 60


USABLE = [
    "https://cdn.studio-test.net/a.png",
    "https://cdn.studio-test.net",
    "https://cdn.studio-test.net:443/a.png",
    "HTTPS://CDN.studio-test.net/a.png",
    "https://both.studio-test.net/a.png?sig=a%2Fb&x=@y#part",
    "https://xn--bcher-kva.studio-test.net/",
    "https://1.1.1.1/a.png",
    "https://[2606:4700::1]/a.png",
    "https://cdn.studio-test.net/a@b:8080/c.png",
    "https://cdn.studio-test.net/?" + "q" * 4000,
]


@pytest.mark.parametrize("url", USABLE)
def test_legitimate_address_may_be_used(url: str) -> None:
    assert address_problem(url) is None


def test_name_that_cannot_be_looked_up_now_may_be_used() -> None:
    assert address_problem("https://slow.studio-test.net/a.png") is None


def test_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [release.wait(5)][1:])
    with pytest.raises(public_hosts.Unresolved) as fault:
        public_hosts.resolve("cdn.studio-test.net", 443, 0.05)
    release.set()
    assert not fault.value.lasting


SANDBOX = "http://127.0.0.1:8001/dream-machine/v1"


@pytest.fixture
def on_sandbox(settings: Settings) -> Settings:
    settings.ON_SANDBOX = True
    settings.LUMAAI_BASE_URL = SANDBOX
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    return settings


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001/assets/a.mp4",
        "http://127.0.0.1:8000/media/x",
        "http://127.0.0.1:8001",
    ],
)
def test_own_origins_are_open_on_the_sandbox(on_sandbox: Settings, url: str) -> None:
    NAMES.setdefault("127.0.0.1", ["127.0.0.1"])
    assert address_problem(url) is None
    del NAMES["127.0.0.1"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001/a", "http://127.0.0.1:8000/a"])
def test_own_origins_are_closed_with_a_real_key(on_sandbox: Settings, url: str) -> None:
    on_sandbox.ON_SANDBOX = False
    assert address_problem(url) == HTTPS_ONLY


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:8002/a", HTTPS_ONLY),
        ("http://127.0.0.1/a", HTTPS_ONLY),
        ("http://localhost:8001/a", HTTPS_ONLY),
        ("http://127.1:8001/a", HTTPS_ONLY),
        ("http://user@127.0.0.1:8001/a", HTTPS_ONLY),
        ("https://127.0.0.1:8001/a", UNUSABLE),
        ("http://127.0.0.1:8001.evil.net/a", UNUSABLE),
        ("http://127.0.0.1:8001@evil.net/", HTTPS_ONLY),
        ("ftp://127.0.0.1:8001/", HTTPS_ONLY),
    ],
)
def test_only_exactly_the_own_origins_are_open(
    on_sandbox: Settings, url: str, sentence: str
) -> None:
    assert address_problem(url) == sentence
