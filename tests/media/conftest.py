"""Give every test a media folder, and run the confined programs without processes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from generations.media import confined, framing, probing, reencode

Program = Callable[..., list[confined.Output]]


@pytest.fixture(autouse=True)
def media_root(settings: Settings, tmp_path: Path) -> Path:
    root = tmp_path / "media"
    settings.MEDIA_ROOT = root
    settings.MEDIA_RESERVE = 0
    return root


def _framing(*arguments: str) -> list[confined.Output]:
    return [framing.main(list(arguments))]


def _probing(source: str, poster: str, preview: str) -> list[confined.Output]:
    found = probing.main(Path(source), Path(poster))
    if "refused" in found:
        return [found]
    return [found, probing.preview(Path(source), Path(preview)) or {"preview": False}]


def _reencode(*paths: str) -> list[confined.Output]:
    return [reencode.main(*map(Path, paths))]


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the confined programs here: a process for each of hundreds of files takes minutes."""
    programs: dict[str, Program] = {"framing": _framing, "probing": _probing, "reencode": _reencode}

    def run(program: str, *arguments: str | Path, **_: object) -> list[confined.Output]:
        told = programs[program](*map(str, arguments))
        answers: list[confined.Output] = json.loads(json.dumps(told))
        if "refused" in answers[0]:
            raise confined.FileRefused(answers[0]["refused"])
        return answers

    monkeypatch.setattr(confined, "run", run)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
