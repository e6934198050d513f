"""A long test: the memory of server and renderer while they make the largest videos."""

from __future__ import annotations

import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from tests.conftest import Figure

from .conftest import Api, Json, Live, launched

LIMIT = 400 * 1024 * 1024


def held(live: Live) -> int:
    """Proportional memory of the sandbox and its renderer, in bytes."""
    total = 0
    parent = psutil.Process(live.child.pid)
    for each in [parent, *parent.children()]:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def most_while(live: Live, api: Api, created: Json) -> int:
    """The peak until the generation is completed."""
    most = 0
    state = created["state"]
    while state in ("queued", "dreaming"):
        most = max(most, held(live))
        time.sleep(0.05)
        state = api.get(f"/generations/{created['id']}").json()["state"]
    assert state == "completed"
    return most


@pytest.mark.proof
def test_memory_stays_below_400_mb_at_4k(tmp_path: Path, figure: Figure) -> None:
    with launched(tmp_path) as live, live.api() as api:
        large = api.video(resolution="4k", prompt="a city at night").json()
        peaks = {"text": most_while(live, api, large)}
        video = api.get(f"/generations/{large['id']}").json()["assets"]["video"]
        frame = {"type": "generation", "id": large["id"]}
        extended = api.video(resolution="4k", keyframes={"frame0": frame}).json()
        peaks["extend"] = most_while(live, api, extended)
        joined = api.video(resolution="4k", keyframes={"frame0": frame, "frame1": frame}).json()
        peaks["interpolate"] = most_while(live, api, joined)
        body = {
            "generation_type": "modify_video",
            "model": "ray-2",
            "mode": "reimagine_1",
            "media": {"url": video},
        }
        modified = api.post("/generations/video/modify", json=body).json()
        peaks["modify"] = most_while(live, api, modified)
    shown = ", ".join(f"{name} {peak // 1024 // 1024}" for name, peak in peaks.items())
    figure("most memory of the sandbox at 4k, in MB", shown)
    assert max(peaks.values()) < LIMIT, peaks
