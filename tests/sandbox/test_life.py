"""A generation's life in a working sandbox: states, money, sync, failures, inputs."""

from __future__ import annotations

import io
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from generations.sandbox.lifecycle import FAILURE_REASONS

from .conftest import Api, Json, Listener, sandbox_in, until


def jpeg(width: int = 64, height: int = 48) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 40)).save(out, "JPEG")
    return out.getvalue()


def test_an_image_is_completed_with_its_assets(working: Api) -> None:
    done = working.finished(working.image(aspect_ratio="1:1", format="png"))
    assert done["state"] == "completed"
    assert set(done["assets"]) == {"video", "image", "progress_video"}
    assert done["assets"]["video"] is None
    image = Image.open(io.BytesIO(working.get(done["assets"]["image"]).content))
    assert (image.format, image.size) == ("PNG", (1536, 1536))


def test_sync_answers_with_the_completed_image(working: Api) -> None:
    answer = working.image(sync=True, model="photon-flash-1")
    assert answer.status_code == 201
    assert answer.json()["state"] == "completed"
    assert answer.json()["assets"]["image"]


def test_the_same_prompt_twice_is_two_takes(working: Api) -> None:
    prompt = "A ferry crossing a grey fjord"
    pictures = [
        working.get(working.finished(working.image(prompt=prompt))["assets"]["image"]).content
        for _ in range(2)
    ]
    assert pictures[0] != pictures[1]


def test_sync_answers_with_the_failed_image(working: Api) -> None:
    told = working.image(sync=True, prompt="fail: Frame moderation failed").json()
    assert (told["state"], told["failure_reason"]) == ("failed", "Frame moderation failed")


def test_sync_answers_as_it_is_after_its_timeout(idle: Api) -> None:
    began = time.monotonic()
    told = idle.image(sync=True, sync_timeout=0.3).json()
    assert 0.3 <= time.monotonic() - began < 15
    assert told["state"] == "queued"


@pytest.mark.parametrize("reason", FAILURE_REASONS)
def test_a_prompt_can_ask_for_every_documented_failure(working: Api, reason: str) -> None:
    done = working.finished(working.video(prompt=f"fail: {reason}"))
    assert (done["state"], done["failure_reason"]) == ("failed", reason)
    assert done["assets"] is None


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("fail:", "Job failed"),
        ("fail: whatever", "Job failed"),
        ("FAIL: advanced prompt", "Advanced prompt moderation failed"),
        ("  fail:blacklisted", "Contains blacklisted words"),
    ],
)
def test_a_wish_for_failure_is_read_generously(working: Api, prompt: str, reason: str) -> None:
    assert working.finished(working.video(prompt=prompt))["failure_reason"] == reason


def test_a_charge_is_made_at_once_and_paid_back_on_failure(working: Api) -> None:
    before = working.balance()
    done = working.finished(working.video(prompt="fail: Job failed"))
    assert working.balance() == before
    entries = [(each["entry"], each["generation_id"]) for each in working.truth()["ledger"]]
    assert entries == [("charge", done["id"]), ("refund", done["id"])]
    assert sum(each["cents"] for each in working.truth()["ledger"]) == pytest.approx(0)


def test_a_completed_generation_stays_paid_once(working: Api) -> None:
    working.finished(working.image())
    [entry] = working.truth()["ledger"]
    assert (entry["entry"], entry["cents"]) == ("charge", pytest.approx(-1.7223, abs=0.0001))


def test_pace_holds_a_result_back(tmp_path: Path) -> None:
    with sandbox_in(tmp_path, working=True, pace=0.8) as api:
        answer = api.image(prompt="fail: Job failed")
        states: list[str] = []
        began = time.monotonic()
        while not states or states[-1] != "failed":
            state = api.get(f"/generations/{answer.json()['id']}").json()["state"]
            if state not in states:
                states.append(state)
            assert time.monotonic() - began < 60
        assert states[-2:] == ["dreaming", "failed"]
        assert time.monotonic() - began >= 0.75


def test_an_unreachable_input_fails_with_the_documented_reason(working: Api) -> None:
    before = working.balance()
    nowhere = {"type": "image", "url": "http://127.0.0.1:9/a.jpg"}
    done = working.finished(working.video(keyframes={"frame0": nowhere}))
    assert (done["state"], done["failure_reason"]) == ("failed", "Failed to read user input frames")
    assert working.balance() == before


@pytest.mark.parametrize(
    "body", [b"", b"no picture", b"\xff\xd8\xff\xe0 torn", jpeg()[:300], b"<svg/>"]
)
def test_an_input_that_is_no_picture_fails(working: Api, listener: Listener, body: bytes) -> None:
    listener.files["/a.jpg"] = body
    done = working.finished(working.image(image_ref=[{"url": f"{listener.origin}/a.jpg"}]))
    assert (done["state"], done["failure_reason"]) == ("failed", "Failed to read user input frames")


def test_an_input_that_is_no_video_fails(working: Api, listener: Listener) -> None:
    listener.files["/a.mp4"] = jpeg()[:200]
    body = {
        "generation_type": "modify_video",
        "model": "ray-2",
        "mode": "flex_1",
        "media": {"url": f"{listener.origin}/a.mp4"},
    }
    done = working.finished(working.post("/generations/video/modify", json=body))
    assert (done["state"], done["failure_reason"]) == ("failed", "Failed to read user input frames")


def test_an_input_over_its_limit_fails_and_says_why(working: Api, listener: Listener) -> None:
    listener.files["/big.jpg"] = jpeg() + bytes(10 * 1024 * 1024)
    done = working.finished(working.image(style_ref=[{"url": f"{listener.origin}/big.jpg"}]))
    assert done["failure_reason"] == "Failed to read user input frames: larger than 10 MB"


def test_a_bomb_of_a_picture_fails(working: Api, listener: Listener) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    listener.files["/bomb.png"] = out.getvalue()
    done = working.finished(working.image(style_ref=[{"url": f"{listener.origin}/bomb.png"}]))
    assert done["failure_reason"] == "Failed to read user input frames: more than 40 megapixels"


def film(width: int, height: int, seconds: int, fps: int = 2) -> bytes:
    """A plain MP4; few frames a second, so that a long one is made quickly."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(fps * seconds):
            frame = av.VideoFrame(width, height, "yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def modified(api: Api, listener: Listener, body: bytes, model: str = "ray-2") -> Json:
    listener.files["/a.mp4"] = body
    asked = {
        "generation_type": "modify_video",
        "model": model,
        "mode": "adhere_1",
        "media": {"url": f"{listener.origin}/a.mp4"},
    }
    return api.finished(api.post("/generations/video/modify", json=asked))


def test_a_source_that_is_too_long_fails_and_says_so(working: Api, listener: Listener) -> None:
    before = working.balance()
    done = modified(working, listener, film(320, 180, 11))
    assert done["failure_reason"] == (
        "Failed to read user input frames: the video is 11.0 s long, at most 10 s are allowed"
    )
    assert working.balance() == before


def test_the_smaller_model_takes_longer_sources(working: Api, listener: Listener) -> None:
    done = modified(working, listener, film(320, 180, 11), model="ray-flash-2")
    assert done["state"] == "completed", done["failure_reason"]
    expected = 320 * 180 * 24 * 11 / 1e6 * 0.544
    assert 500_000 - working.balance() == pytest.approx(expected, abs=0.01)


def test_a_source_that_is_larger_than_4k_fails(working: Api, listener: Listener) -> None:
    done = modified(working, listener, film(4128, 2400, 1))
    assert done["failure_reason"] == (
        "Failed to read user input frames: 4128 x 2400 is larger than 4k"
    )


def test_a_source_that_breaks_off_fails(working: Api, listener: Listener) -> None:
    whole = film(320, 180, 5)
    done = modified(working, listener, whole[: len(whole) // 2])
    assert (done["state"], done["failure_reason"]) == ("failed", "Failed to read user input frames")


def test_an_input_is_read_through_a_redirect(working: Api, listener: Listener) -> None:
    listener.files["/picture.jpg"] = jpeg()
    done = working.finished(working.image(style_ref=[{"url": f"{listener.origin}/moved.jpg"}]))
    assert done["state"] == "completed", done["failure_reason"]


def test_a_generation_deleted_while_queued_is_never_made(idle: Api, tmp_path: Path) -> None:
    generation = idle.image().json()["id"]
    idle.delete(f"/generations/{generation}")
    with sandbox_in(tmp_path, working=True) as api:
        api.finished(api.image())
        [deleted, _] = api.truth()["generations"]
        assert (deleted["id"], deleted["state"]) == (generation, "queued")
        assert not (tmp_path / "assets" / generation).exists()


def test_assets_of_a_deleted_generation_are_gone(working: Api) -> None:
    done = working.finished(working.image())
    assert working.get(done["assets"]["image"]).status_code == 200
    working.delete(f"/generations/{done['id']}")
    assert working.get(done["assets"]["image"]).status_code == 404


def test_nothing_but_assets_is_left_on_disk(
    working: Api, tmp_path: Path, listener: Listener
) -> None:
    listener.files["/picture.jpg"] = jpeg()
    working.finished(working.image(style_ref=[{"url": f"{listener.origin}/picture.jpg"}]))
    until(lambda: not list((tmp_path / "inputs").iterdir()))
    assert list((tmp_path / "rendering").iterdir()) == []
