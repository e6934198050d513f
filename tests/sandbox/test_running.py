"""The sandbox as a process: ready, ended, killed, started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from .conftest import ROOT, Listener, Live, launched, until


def renderer_of(live: Live) -> psutil.Process:
    """The rendering process, which starts a moment after the sandbox is ready."""
    found: psutil.Process = until(
        lambda: next(iter(psutil.Process(live.child.pid).children()), None)
    )
    return found


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def state_of(live: Live, generation_id: str) -> str:
    with live.api() as api:
        return str(api.get(f"/generations/{generation_id}").json()["state"])


def test_it_is_ready_when_it_says_so(tmp_path: Path) -> None:
    with launched(tmp_path) as live, live.api() as api:
        assert api.get("/ping").json() == {"message": "pong"}
        assert live.url.endswith("/dream-machine/v1")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_soon_with_no_process_left(tmp_path: Path, ending: signal.Signals) -> None:
    with launched(tmp_path) as live:
        renderer = renderer_of(live)
        with live.api() as api:
            generation = api.video(resolution="720p").json()["id"]
        until(lambda: state_of(live, generation) == "dreaming")
        live.child.send_signal(ending)
        assert live.child.wait(30) == 0
        assert gone(renderer)


def test_kill_takes_the_renderer_with_it(tmp_path: Path) -> None:
    with launched(tmp_path) as live:
        renderer = renderer_of(live)
        live.kill()
        until(lambda: gone(renderer), 2)


def test_a_killed_sandbox_completes_everything_after_a_restart(tmp_path: Path) -> None:
    with launched(tmp_path) as live:
        with live.api() as api:
            ids = [api.video(prompt="a lake", resolution="540p").json()["id"]]
            ids += [api.image(prompt="a hill").json()["id"] for _ in range(2)]
            failing = api.video(prompt="fail: Job failed").json()["id"]
            until(lambda: api.get(f"/generations/{ids[0]}").json()["state"] == "dreaming")
        live.kill()
    with launched(tmp_path) as live, live.api() as api:
        for each in ids:
            done = api.finished(api.get(f"/generations/{each}"))
            assert done["state"] == "completed"
            assert api.get(done["assets"]["image"]).status_code == 200
        assert api.finished(api.get(f"/generations/{failing}"))["state"] == "failed"
        ledger = api.truth()["ledger"]
        charged = [each["generation_id"] for each in ledger if each["entry"] == "charge"]
        assert sorted(charged) == sorted([*ids, failing])
        assert [e["generation_id"] for e in ledger if e["entry"] == "refund"] == [failing]


def test_inputs_survive_a_kill(tmp_path: Path, listener: Listener) -> None:
    with launched(tmp_path) as live, live.api() as api:
        still = api.finished(api.image(aspect_ratio="1:1"))
        listener.files["/a.jpg"] = api.get(still["assets"]["image"]).content
        frame = {"type": "image", "url": f"{listener.origin}/a.jpg"}
        made = api.video(keyframes={"frame0": frame}).json()["id"]
        until(lambda: api.get(f"/generations/{made}").json()["state"] == "dreaming")
        live.kill()
    listener.files.clear()
    with launched(tmp_path) as live, live.api() as api:
        assert api.finished(api.get(f"/generations/{made}"))["state"] == "completed"


def test_what_was_made_before_a_kill_is_made_alike_after_it(tmp_path: Path) -> None:
    def digest(directory: Path, *, killed: bool) -> bytes:
        with launched(directory) as live, live.api() as api:
            made = api.image(prompt="a lighthouse").json()["id"]
            if not killed:
                done = api.finished(api.get(f"/generations/{made}"))
                return api.get(done["assets"]["image"]).content
            live.kill()
        with launched(directory) as live, live.api() as api:
            done = api.finished(api.get(f"/generations/{made}"))
            return api.get(done["assets"]["image"]).content

    assert digest(tmp_path / "a", killed=False) == digest(tmp_path / "b", killed=True)


def test_a_killed_renderer_is_replaced(tmp_path: Path) -> None:
    with launched(tmp_path) as live, live.api() as api:
        renderer = renderer_of(live)
        made = api.video()
        until(lambda: api.get(f"/generations/{made.json()['id']}").json()["state"] == "dreaming")
        renderer.kill()
        assert api.finished(made)["state"] == "completed"


def test_a_second_sandbox_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with launched(tmp_path):
        told = subprocess.run(
            [sys.executable, "-m", "generations.sandbox", "--port", "0", "--data", str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert told.returncode == 1
    assert "Another sandbox uses" in told.stderr


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "-m", "generations.sandbox", "--port", port, "--data", str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert told.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in told.stderr


def test_the_server_imports_nothing_that_renders_and_no_django() -> None:
    code = (
        "import sys, generations.sandbox.running;"
        "print([m for m in ('numpy', 'av', 'PIL', 'django') if m in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]", told.stderr


def test_manage_py_takes_the_same_flags(tmp_path: Path) -> None:
    flags = ("--key", "another", "--limits", "off", "--credits", "12.5")
    with launched(tmp_path, *flags, command=("manage.py", "sandbox")) as live:
        answer = httpx.get(f"{live.url}/credits", headers={"Authorization": "Bearer another"})
        assert answer.json() == {"credit_balance": 12.5}
        live.child.terminate()
        assert live.child.wait(30) == 0


def test_pace_one_takes_about_a_second_for_an_image(tmp_path: Path) -> None:
    with launched(tmp_path, "--pace", "1") as live, live.api() as api:
        renderer_of(live)
        began = time.monotonic()
        api.finished(api.image())
        assert 1 <= time.monotonic() - began < 20


def test_memory_stays_low_while_it_renders(tmp_path: Path) -> None:
    with launched(tmp_path) as live, live.api() as api:
        family = [psutil.Process(live.child.pid), renderer_of(live)]
        made = api.video(resolution="540p").json()["id"]
        most = 0
        while api.get(f"/generations/{made}").json()["state"] != "completed":
            most = max(most, sum(each.memory_info().rss for each in family))
            time.sleep(0.02)
    assert 0 < most < 400 * 1024 * 1024
