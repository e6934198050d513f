"""A server that misbehaves on demand, with one script for each connection."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[socket.socket], None]


@dataclass
class Server:
    """The server's address, and the head of each request that it received."""

    port: int
    heads: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answer(
    body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str
) -> Script:
    """A plain response; `length` is the announced length, -1 for none."""
    announced = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {announced}"] if announced >= 0 else []

    def play(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    return play


def drip(body: bytes, *, piece: int, pause: float) -> Script:
    """A response that arrives slowly in pieces and never ends."""

    def play(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + body)
        while True:
            connection.sendall(b"\0" * piece)
            time.sleep(pause)

    return play


@contextmanager
def serving(*scripts: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Play the scripts, one for each connection; the last one for all that follow."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: server.names.append(name)
        thread = threading.Thread(target=_serve, args=(listener, server, scripts, tls), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(
    listener: socket.socket, server: Server, scripts: tuple[Script, ...], tls: ssl.SSLContext | None
) -> None:
    count = 0
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        script = scripts[min(count, len(scripts) - 1)]
        count += 1
        threading.Thread(target=_play, args=(connection, server, script, tls), daemon=True).start()


def _play(
    connection: socket.socket, server: Server, script: Script, tls: ssl.SSLContext | None
) -> None:
    with connection, suppress(OSError):
        connection.settimeout(10)
        wire = tls.wrap_socket(connection, server_side=True) if tls else connection
        with wire:
            head = b""
            while b"\r\n\r\n" not in head and (more := wire.recv(4096)):
                head += more
            server.heads.append(head.decode("latin-1"))
            script(wire)
