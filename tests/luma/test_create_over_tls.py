"""Creates over TLS: an unsafe connection costs nothing, and the deadline holds during TLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generations.luma.client import LumaClient
from generations.luma.client.wire import shared_ssl_context
from generations.luma.errors import LumaUnavailable, LumaUnconfirmed
from tests.luma.creating import CREATED, ID, KEY, REQUEST, Hook, LeaseLostError, create
from tests.luma.faults import answers, drips, fault_server, only_listens


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, key and certificate in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subprocess.run(
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -keyout localhost.pem -out localhost.crt".split(),
        cwd=file.parent,
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))
    shared_ssl_context.cache_clear()
    yield
    shared_ssl_context.cache_clear()


def test_self_signed_certificate_is_no_safe_connection(server_tls: ssl.SSLContext) -> None:
    hook = Hook()
    with fault_server(only_listens, tls=server_tls) as server:
        error = create(server.address, hook)
    assert isinstance(error, LumaUnavailable)
    assert str(error) == "No safe connection to Luma."
    assert (hook.calls, server.received) == (0, b"")


@pytest.mark.usefixtures("trusting")
def test_certificate_for_another_name_is_no_safe_connection(server_tls: ssl.SSLContext) -> None:
    hook = Hook()
    with fault_server(only_listens, tls=server_tls) as server:
        error = create(server.address.replace("localhost", "127.0.0.1"), hook)
    assert str(error) == "No safe connection to Luma."
    assert hook.calls == 0


@pytest.mark.usefixtures("trusting")
def test_trusted_certificate_is_accepted(server_tls: ssl.SSLContext) -> None:
    hook = Hook()
    with fault_server(answers(CREATED), tls=server_tls) as server:
        assert create(server.address, hook) == ID
    assert hook.calls == 1


@pytest.mark.usefixtures("trusting")
def test_deadline_stops_a_drip_over_tls(server_tls: ssl.SSLContext) -> None:
    began = time.monotonic()
    with fault_server(drips(CREATED, 0.05), tls=server_tls) as server:
        error = create(server.address, deadline=0.6)
        took = time.monotonic() - began
    assert isinstance(error, LumaUnconfirmed)
    assert took < 6


@pytest.mark.usefixtures("trusting")
def test_hook_that_raises_lets_not_one_byte_out_over_tls(server_tls: ssl.SSLContext) -> None:
    def hook() -> None:
        raise LeaseLostError

    with (
        fault_server(only_listens, tls=server_tls) as server,
        LumaClient(KEY, server.address) as client,
        pytest.raises(LeaseLostError),
    ):
        client.create_video(REQUEST, before_first_byte=hook)
    assert server.received == b""


@pytest.mark.usefixtures("trusting")
def test_handshake_that_never_ends_is_free() -> None:
    """The server accepts and says nothing: the client waits for its part of the handshake."""
    hook, began = Hook(), time.monotonic()
    with fault_server(only_listens) as server:
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        error = create(address, hook, deadline=0.6)
        took = time.monotonic() - began
    assert isinstance(error, LumaUnavailable)
    assert took < 6
    assert hook.calls == 0
