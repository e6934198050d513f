"""Faults: what fails, and whether it was charged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Json, Live, launched


def strike(live: Live, **rule: Any) -> None:
    """Switch a fault on."""
    with live.api() as api:
        url = str(api.base_url.join("/_sandbox/faults"))
        assert api.post(url, json=[rule]).status_code == 200


def charged_since(live: Live, prompt: str) -> int:
    with live.api() as api:
        listed: list[Json] = api.get("/generations").json()["generations"]
    return sum(each["request"].get("prompt") == prompt for each in listed)


RESET = (httpx.ReadError, httpx.RemoteProtocolError)
"""A reset is reported once: to a reader, or to a writer, who then reads nothing."""


@pytest.mark.parametrize(
    ("rule", "charged", "seen"),
    [
        ({"kind": "close"}, 0, httpx.RemoteProtocolError),
        ({"kind": "close", "after": True}, 1, httpx.RemoteProtocolError),
        ({"kind": "reset"}, 0, RESET),
        ({"kind": "reset", "after": True}, 1, RESET),
        ({"kind": "hang", "seconds": 1}, 0, httpx.ReadTimeout),
        ({"kind": "hang", "seconds": 1, "after": True}, 1, httpx.ReadTimeout),
        ({"kind": "status", "status": 503}, 0, 503),
        ({"kind": "status", "status": 500, "after": True}, 1, 500),
        ({"kind": "html", "status": 502}, 0, 502),
        ({"kind": "html", "status": 201, "after": True}, 1, 201),
        ({"kind": "truncate"}, 1, httpx.RemoteProtocolError),
        ({"kind": "garbage"}, 1, httpx.RemoteProtocolError),
        ({"kind": "drip", "seconds": 0.0001}, 1, 201),
        ({"kind": "delay", "seconds": 0.1}, 1, 201),
        ({"kind": "delay", "seconds": 0.1, "after": True}, 1, 201),
    ],
)
def test_a_fault_strikes_once_and_the_truth_knows_who_paid(
    live: Live, rule: Json, charged: int, seen: Any
) -> None:
    prompt = f"fail: {rule}"
    strike(live, operation="createGeneration", **rule)
    with live.api() as api:
        api.timeout = httpx.Timeout(0.5)
        if isinstance(seen, int):
            assert api.video(prompt=prompt).status_code == seen
        else:
            with pytest.raises(seen):
                api.video(prompt=prompt)
        assert charged_since(live, prompt) == charged
        assert api.video(prompt="fail: Job failed").status_code == 201


def test_a_fault_strikes_only_its_operation_and_as_often_as_told(live: Live) -> None:
    strike(live, operation="getCredits", kind="status", status=500, times=2)
    with live.api() as api:
        assert api.get("/ping").status_code == 200
        assert [api.get("/credits").status_code for _ in range(3)] == [500, 500, 200]


def test_faults_can_be_taken_back(live: Live) -> None:
    strike(live, operation="*", kind="status", times=1000)
    with live.api() as api:
        url = str(api.base_url.join("/_sandbox/faults"))
        assert api.get("/ping").status_code == 500
        assert api.get(url).json()[0]["times"] == 999
        assert api.delete(url).json() == []
        assert api.get("/ping").status_code == 200


@pytest.mark.parametrize("body", ["{}", '[{"kind": "close"}]', '[{"operation":"*","kind":"x"}]'])
def test_a_fault_that_cannot_be_read_is_refused(live: Live, body: str) -> None:
    with live.api() as api:
        url = str(api.base_url.join("/_sandbox/faults"))
        assert api.post(url, content=body).status_code == 422


def test_faults_come_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"operation": "ping", "kind": "status", "status": 418}]')
    with launched(tmp_path / "state", "--faults", str(file)) as live, live.api() as api:
        assert [api.get("/ping").status_code for _ in range(2)] == [418, 200]


def test_the_doors_for_tests_ask_for_the_key(live: Live) -> None:
    origin = live.url.removesuffix("/dream-machine/v1")
    for route in ("truth", "faults"):
        assert httpx.get(f"{origin}/_sandbox/{route}").status_code == 401
