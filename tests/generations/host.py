"""A file server on loopback, which can answer with errors, cut files and wrong lengths."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class File:
    """The answer at a path. `announce` is a Content-Length that is not that of the body."""

    body: bytes = b""
    status: int = 200
    announce: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Host:
    """A server: its `files` by path, and the paths that were `asked` for, in order."""

    origin: str = ""
    files: dict[str, File] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes = b"", status: int = 200, **more: Any) -> str:
        """Put a file at a path and return its address."""
        self.files[path] = File(body, status, **more)
        return f"{self.origin}{path}"


@contextmanager
def hosting() -> Iterator[Host]:
    host = Host()

    class Conversation(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            file = host.files.get(self.path, File(status=404))
            self.send_response(file.status)
            announced = len(file.body) if file.announce is None else file.announce
            self.send_header("Content-Length", str(announced))
            for name, value in file.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(file.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
    host.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
