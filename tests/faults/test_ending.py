"""Ctrl-C and SIGTERM end everything, whatever is going on; `make bench` measures how soon."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.conftest import Open
from tests.faults.studios import ROOT, Studio, wait_for


@pytest.fixture(scope="module")
def studio(open_studio: Open) -> Studio:
    return open_studio()


def _running(studio: Studio) -> Studio:
    if studio.popen is None or studio.popen.poll() is not None:
        studio.start()
    return studio


def _stopped(studio: Studio) -> Studio:
    if studio.popen is not None and studio.popen.poll() is None:
        studio.stop()
    return studio


def test_control_c_ends_everything_and_the_next_start_finishes_the_work(studio: Studio) -> None:
    """While renders and downloads run."""
    _running(studio).inside("submit", "6")
    wait_for(lambda: "storing" in studio.states(), 30, "something is being stored")
    studio.stop(signal.SIGINT)
    assert studio.left() == []
    assert studio.popen is not None
    assert studio.popen.returncode == 0
    studio.start()
    assert set(studio.settle(6, 75)) == {"completed"}


def test_sigterm_ends_everything(studio: Studio) -> None:
    wait_for(_running(studio).whole, 20, "all processes are there")
    os.kill(studio.pid, signal.SIGTERM)
    assert studio.popen is not None
    assert studio.popen.wait(60) == 0
    assert studio.left() == []


def test_control_c_at_any_moment_of_the_start_ends_it_without_a_traceback(studio: Studio) -> None:
    _stopped(studio)
    for moment in (0.25, 0.5, 0.75, 1.0):
        with studio.log.open("wb") as log:
            studio.popen = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run"],
                env=studio.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        time.sleep(moment)
        studio.stop(signal.SIGINT)
        assert studio.left() == []
        if moment > 0.5:  # before that Python itself is still starting
            assert "Traceback" not in studio.log.read_text(), moment


def test_second_start_serves_on_the_same_address(studio: Studio) -> None:
    before = _stopped(_running(studio)).url
    studio.start()
    assert studio.url == before
    assert studio.answers("/accounts/login/")


def test_an_address_in_use_is_said_in_one_sentence(studio: Studio) -> None:
    _running(studio)
    port = studio.env["PORT"]
    second = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "run"],
        env=studio.env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used (Address already in use)." in second.stderr
    assert "Choose another: PORT=" in second.stderr
    assert "Traceback" not in second.stderr
    assert studio.answers()


def test_a_killed_web_is_back_by_itself(studio: Studio) -> None:
    _running(studio).kill("web master")
    wait_for(lambda: not studio.answers(), 5, "it is gone")
    wait_for(studio.answers, 10, "it is back")
