"""A threaded HTTP/1.1 server for the sandbox's WSGI application, on the standard library.

The standard library's own WSGI server closes every connection after one answer, and clients that
poll need them open. The faults of `faults` are applied here, because they need the socket.
"""

from __future__ import annotations

import io
import json
import logging
import socket
import struct
import sys
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from .exchange import MAX_BODY_BYTES
from .faults import Fault
from .store import StoreClosed

if TYPE_CHECKING:
    from .service import Sandbox

IDLE_SECONDS = 60
MAX_DISCARDED_BYTES = 64 * 1024 * 1024

AppAnswer = tuple[str, list[tuple[str, str]], Iterable[bytes]]
"""The answer of the WSGI application: status line, headers, pieces of the body."""

log = logging.getLogger("sandbox")


class SandboxServer(ThreadingTCPServer):
    """Listens from the start; set `sandbox` before `serve_forever`."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256
    sandbox: Sandbox

    def __init__(self, address: tuple[str, int]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, ClientConnection)
        host, port = self.server_address[0], self.server_address[1]
        name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(str(host), str(host))  # noqa: S104
        self.origin = f"http://[{name}]:{port}" if ":" in name[:4] else f"http://{name}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log the exception, unless the client hung up or the sandbox is ending."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | StoreClosed):
            log.exception("a request failed")


class ClientConnection(BaseHTTPRequestHandler):
    """Serves the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: SandboxServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log no requests: those of a client that polls would hide everything else."""

    def _serve(self) -> None:
        path, _, _ = self.path.partition("?")
        operation = self.server.sandbox.operation_of(self.command, path)
        fault = self.server.sandbox.faults.take(operation) if operation else None
        if fault is None:
            self._send(*self._call_application(self._read()))
        else:
            self.close_connection = True
            self._serve_fault(fault)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _read(self) -> bytes:
        """Return the body; b"" if it is too large, which the application refuses by its length."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or self._chunked():
            self.close_connection = True
            return b""
        if int(length) > MAX_BODY_BYTES:
            self._discard(int(length))
            return b""
        return self.rfile.read(int(length))

    def _discard(self, length: int) -> None:
        """Read and drop the body, because the client reads the answer only after sending it."""
        self.close_connection = True
        left = min(length, MAX_DISCARDED_BYTES)
        while left > 0 and (piece := self.rfile.read(min(left, 64 * 1024))):
            left -= len(piece)

    def _chunked(self) -> bool:
        return "chunked" in self.headers.get("Transfer-Encoding", "").lower()

    def _call_application(self, body: bytes) -> AppAnswer:
        """Return the answer of the application to the request with this body."""
        started: list[Any] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            started[:] = [status, headers]

        pieces = self.server.sandbox(self._environ(body), start_response)
        return started[0], started[1], pieces

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[0], self.server.server_address[1]
        environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", ""),
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ

    def _head(self, status: str, headers: Iterable[tuple[str, str]]) -> bytes:
        lines = [f"HTTP/1.1 {status}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if self.close_connection:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _send(
        self, status: str, headers: Iterable[tuple[str, str]], pieces: Iterable[bytes]
    ) -> None:
        """Send head and first piece in one write, so that a small answer arrives whole."""
        unsent = self._head(status, headers)
        for piece in pieces:
            self.wfile.write(unsent + piece)
            unsent = b""
        if unsent:
            self.wfile.write(unsent)

    def _serve_fault(self, fault: Fault) -> None:
        """Carry the request out if the fault says so, then fail as its kind says."""
        if fault.kind == "delay" and not fault.after:
            time.sleep(fault.pause)
        answer = self._call_application(self._read()) if fault.acts else None
        if fault.kind == "hang" or (fault.kind == "delay" and fault.after):
            time.sleep(fault.pause)
        if fault.kind == "reset":
            self._reset()
        elif fault.kind in ("status", "html"):
            if answer is None:
                self._read()
            self._send(*_fault_answer(fault))
        elif fault.kind == "delay" and answer:
            self._send(*answer)
        elif answer:
            self._send_damaged(fault, answer)

    def _reset(self) -> None:
        """End the connection with RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def _send_damaged(self, fault: Fault, answer: AppAnswer) -> None:
        """Send the answer damaged as the fault says; close and hang send nothing."""
        status, headers, pieces = answer
        whole = self._head(status, headers) + b"".join(pieces)
        if fault.kind == "garbage":
            self.wfile.write(b"\x00\x01 this is not HTTP\r\n\r\n")
        elif fault.kind == "truncate":
            self.wfile.write(whole[: -max(1, len(whole) // 4)])
        elif fault.kind == "drip":
            for byte in whole:
                self.wfile.write(bytes([byte]))
                time.sleep(fault.pause)


def _fault_answer(fault: Fault) -> AppAnswer:
    if fault.kind == "html":
        kind, body = "text/html", b"<html><body><h1>Bad Gateway</h1></body></html>"
    else:
        kind, body = "application/json", json.dumps({"detail": "Injected fault"}).encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    return f"{fault.status} Injected", headers, [body]
