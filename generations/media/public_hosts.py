"""Which hosts the studio may connect to: only those of the public internet.

Python 3.11's `is_global` accepts NAT64, 6to4, multicast, site-local and v4-compatible addresses.
So the list is our own, after IANA's registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry).
"""

import contextlib
import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

HTTPS_ONLY = "https addresses only."
UNUSABLE = "This address cannot be used."
MAX_LENGTH = 4096
RESOLVE_SECONDS = 3.0

_RESERVED_V4 = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, reachable from every guest
        "169.254.0.0/16",  # link-local, and the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is assigned; these parts of it are not public. Mapped, compatible, NAT64, unique
# local, link-local, site-local and multicast addresses are outside of it.
_ASSIGNED_V6 = ipaddress.IPv6Network("2000::/3")
_RESERVED_V6 = tuple(
    ipaddress.IPv6Network(each)
    for each in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)

# RFC 6761, 6762, 8375, 9476, and names that resolvers answer from a local table.
_RESERVED_NAMES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


class Unresolved(Exception):
    """The name has no address at the moment; `lasting`: the name does not exist."""

    def __init__(self, *, lasting: bool) -> None:
        super().__init__("The name does not resolve.")
        self.lasting = lasting


class NotPublic(Exception):
    """The name has an address that is not of the public internet."""


@dataclass(frozen=True)
class Target:
    """A URL that may be used. `exempt`: it has the origin of the sandbox or the studio itself."""

    scheme: str
    host: str
    port: int
    path: str
    exempt: bool


def is_public(address: str) -> bool:
    """Whether an IP address, in digits, is of the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _RESERVED_V4)
    if ip.scope_id is not None or ip not in _ASSIGNED_V6:
        return False
    return not any(ip in network for network in _RESERVED_V6)


def parse_url(url: str) -> Target | str:
    """Parse and check a URL without the network. Return a Target, or why it cannot be used."""
    if len(url) > MAX_LENGTH or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return HTTPS_ONLY if _other_scheme(url) else UNUSABLE
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return UNUSABLE
    host = (parts.hostname or "").lower()
    if _is_own_origin(parts, host, port):
        return _target(parts, host, port, exempt=True)
    if parts.scheme.lower() != "https":
        return HTTPS_ONLY
    if "@" in parts.netloc or port not in (None, 443) or not _is_public_host(host):
        return UNUSABLE
    return _target(parts, host, port, exempt=False)


def shown_host(url: str) -> str:
    """Return the host of a URL as written, to show it; empty if there is none."""
    with contextlib.suppress(ValueError):
        return urlsplit(url).netloc
    return ""


def resolve(host: str, port: int, seconds: float = RESOLVE_SECONDS) -> Sequence[str]:
    """Return all IP addresses of a name, in digits. Raises Unresolved, also after `seconds`.

    The system's resolver has no timeout, so it runs in a thread, which may outlive this call.
    """
    answers: queue.SimpleQueue[list[str] | socket.gaierror] = queue.SimpleQueue()
    thread = threading.Thread(target=_resolve_into, args=(host, port, answers), daemon=True)
    thread.start()
    try:
        answer = answers.get(timeout=max(0.001, seconds))
    except queue.Empty:
        raise Unresolved(lasting=False) from None
    if isinstance(answer, socket.gaierror):
        raise Unresolved(lasting=answer.errno == socket.EAI_NONAME) from answer
    return answer


def public_addresses(target: Target, seconds: float = RESOLVE_SECONDS) -> Sequence[str]:
    """Return all IP addresses of the target's name, for connecting to them.

    Raises NotPublic if any of them is not public, and Unresolved.
    """
    found = resolve(target.host, target.port, seconds)
    if not target.exempt and not all(is_public(each) for each in found):
        raise NotPublic
    return found


def address_problem(url: str) -> str | None:
    """Return why a pasted address cannot be used, or None. Only resolves the name.

    A name that cannot be resolved at the moment passes: the download resolves it again.
    """
    target = parse_url(url)
    if isinstance(target, str):
        return target
    with contextlib.suppress(NotPublic):
        try:
            public_addresses(target)
        except Unresolved as error:
            return UNUSABLE if error.lasting else None
        return None
    return UNUSABLE


def _resolve_into(
    host: str, port: int, answers: "queue.SimpleQueue[list[str] | socket.gaierror]"
) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        answers.put(error)
    except UnicodeError:
        answers.put(socket.gaierror(socket.EAI_NONAME, "not a name"))
    else:
        answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))


def _target(parts: SplitResult, host: str, port: int | None, *, exempt: bool) -> Target:
    scheme = parts.scheme.lower()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme, host, port or _default_port(scheme), path, exempt)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _is_own_origin(parts: SplitResult, host: str, port: int | None) -> bool:
    """Whether the studio uses the sandbox and this is the exact origin of one of the two."""
    if not settings.ON_SANDBOX or "@" in parts.netloc:
        return False
    scheme = parts.scheme.lower()
    return (scheme, host, port or _default_port(scheme)) in _own_origins()


def _own_origins() -> set[tuple[str, str, int]]:
    bases = (settings.LUMAAI_BASE_URL, settings.PUBLIC_BASE_URL)
    parts = [urlsplit(base) for base in bases if base]
    return {(p.scheme, p.hostname or "", p.port or _default_port(p.scheme)) for p in parts}


def _is_public_host(host: str) -> bool:
    """Whether the host is a dotted name, or a public IP address in its usual notation."""
    if ":" in host:
        return is_public(host)
    labels = host.removesuffix(".").split(".")
    if _NUMBER.match(labels[-1]):
        return is_public(host)
    if len(host) > 253 or len(labels) < 2 or labels[-1] in _RESERVED_NAMES:
        return False
    return all(_LABEL.match(label) for label in labels)


def _other_scheme(url: str) -> bool:
    return not url.lower().startswith("https:")
