"""The parent's side of the rendering process: start it, send it work, end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 300.0
_ROOT = Path(__file__).resolve().parents[2]


class RendererLost(Exception):
    """The process ended or was killed before it answered."""


class Renderer:
    """One rendering process at a time, which renders until it ends or has grown large.

    Only one thread may call `make`, and it must outlive the process: Linux kills the process when
    the thread that started it ends (PR_SET_PDEATHSIG).
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Start the process before there is work: its imports take half a second."""
        self._running()

    def make(self, spec: dict[str, Any], inputs: Path, output: Path) -> dict[str, Any]:
        """Render into the existing directory `output`; `rendering_process.make` tells the result.

        Raises RendererLost when the process dies, or is still busy after TIMEOUT_SECONDS.
        """
        child = self._running()
        asked = {"spec": spec, "inputs": str(inputs), "output": str(output)}
        alarm = threading.Timer(TIMEOUT_SECONDS, child.kill)
        alarm.daemon = True
        alarm.start()
        try:
            answer = _exchange(child, json.dumps(asked))
        except (OSError, ValueError):
            answer = ""
        finally:
            alarm.cancel()
        if not answer.endswith("\n"):
            with self._lock:
                self._end()
            raise RendererLost
        result: dict[str, Any] = json.loads(answer)
        if result.pop("replace"):
            with self._lock:
                self._end()
        return result

    def close(self) -> None:
        """Kill the process, even while it renders; returns when it has ended."""
        with self._lock:
            self._closed = True
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise RendererLost
            if self._child is None or self._child.poll() is not None:
                self._end()
                self._child = _start()
            return self._child

    def _end(self) -> None:
        child = self._child
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close_quietly(pipe)
        self._child = None


def _exchange(child: subprocess.Popen[str], line: str) -> str:
    """Send a line and return the answer; "" or an incomplete line when the process has ended."""
    if child.stdin is None or child.stdout is None:
        return ""
    child.stdin.write(line + "\n")
    child.stdin.flush()
    return child.stdout.readline()


def _start() -> subprocess.Popen[str]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603  our own interpreter and module, no input
        [sys.executable, "-m", "generations.sandbox.rendering_process", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )


def _close_quietly(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return
