"""Hundreds of hostile files, each in a confined process: none is wrongly accepted or does harm."""

import io
import json
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generations.media.refusals import SENTENCES
from generations.media.sniffing import sniff
from tests.conftest import Figure
from tests.media import mutations
from tests.rules.source import ROOT

MEMORY = 512 * 1024  # kilobytes
SECONDS = 10.0
MEDIA = ("picture", "video")


@dataclass(frozen=True)
class Ending:
    """The result for one file: exit status or signal, kilobytes, seconds, and output."""

    path: Path
    code: int
    kilobytes: int
    seconds: float
    said: dict[str, Any] | None

    @property
    def outcome(self) -> str:
        if self.code or self.said is None:
            return f"ended with {self.code}"
        return f"refused: {self.said['refused']}" if "refused" in self.said else "taken"


def written(folder: Path, count: int) -> list[Path]:
    """Write so many files: every seed in turn, each time with another mutation."""
    seeds, chance, paths = mutations.seeds(), random.Random(20_261), []
    for number in range(count):
        medium, body = seeds[number % len(seeds)]
        path = folder / f"{number}.{medium}"
        path.write_bytes(mutations.mutated(body, chance.choice(seeds)[1], chance))
        paths.append(path)
    return paths


def heavy(folder: Path) -> list[Path]:
    """The largest accepted files, valid and mutated."""
    chance, paths = random.Random(8), []
    for number, (medium, body) in enumerate(mutations.large()):
        others = [mutations.mutated(body, b"", chance) for _ in range(4)]
        for turn, given in enumerate([body, *others]):
            path = folder / f"large-{number}-{turn}.{medium}"
            path.write_bytes(given)
            paths.append(path)
    return paths


def tried(paths: list[Path]) -> list[Ending]:
    """All of them through their programs, pictures beside videos."""
    with ThreadPoolExecutor() as pool:
        lanes = list(pool.map(_lane, MEDIA, [paths] * len(MEDIA)))
    return [ending for lane in lanes for ending in lane]


def _lane(medium: str, given: list[Path]) -> list[Ending]:
    paths = [path for path in given if path.suffix == f".{medium}"]
    if not paths:
        return []
    done = subprocess.run(
        [sys.executable, "-m", "tests.media.trial", medium],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(paths)
    return [Ending(paths[0].parent / name, *rest) for name, *rest in rows]


def unsafe(ending: Ending) -> str | None:
    """Return what was wrong in accepting a file; None if it was refused or rightly accepted."""
    if ending.outcome != "taken":
        return None
    poster = ending.path.with_suffix(".poster").read_bytes()
    with Image.open(io.BytesIO(poster), formats=["WEBP"]) as image:
        image.load()
    return _wrong_video(ending) if ending.path.suffix == ".video" else _wrong_picture(ending)


def _wrong_picture(ending: Ending) -> str | None:
    clean = ending.path.with_suffix(".clean").read_bytes()
    with Image.open(io.BytesIO(clean), formats=["JPEG", "PNG"]) as image:
        image.load()
        if image.mode != "RGB" or image.info.keys() - {"jfif", "jfif_version", "jfif_unit"} - {
            "jfif_density"
        }:
            return f"a copy with {image.mode} and {list(image.info)}"
    return "bytes of the given file survived" if mutations.SECRET in clean else None


def _wrong_video(ending: Ending) -> str | None:
    said, body = ending.said or {}, ending.path.read_bytes()
    kind = sniff(body[:64])
    if kind is None or kind.media != "video":
        return "not a video by its bytes"
    if not 16 <= min(said["width"], said["height"]) <= max(said["width"], said["height"]) <= 8192:
        return "a size out of bounds"
    if not 0 < said["milliseconds"] <= 3_600_000:
        return "a length out of bounds"
    place = body.find(b"dref")
    # Behind its count stands the first reference: size, type, version, and the flag for "here".
    if place > 0 and body[place + 16 : place + 20].isalpha() and not body[place + 23] & 1:
        return "it points elsewhere"
    return None


def in_figures(endings: list[Ending]) -> str:
    """The figures of a run."""
    worst, slowest = max(e.kilobytes for e in endings), max(e.seconds for e in endings)
    outcomes = Counter(e.outcome for e in endings)
    wrong = sum(unsafe(e) is not None for e in endings)
    crashed = sum(e.outcome.startswith("ended") for e in endings)
    return (
        f"{len(endings)} from {len(mutations.seeds())} seeds: {wrong} taken unsafely, "
        f"{crashed} crashes, {outcomes['taken']} taken safely; "
        f"most memory {worst / 1024:.0f} MB, longest {slowest:.1f} s"
    )


def check(endings: list[Ending]) -> None:
    for ending in endings:
        assert unsafe(ending) is None, (ending, unsafe(ending))
        assert ending.code == 0, ending
        assert ending.kilobytes <= MEMORY, ending
        assert ending.seconds <= SECONDS, ending
        assert ending.said is not None
        assert ending.said.get("refused", "damaged") in SENTENCES
    outcomes = {ending.outcome for ending in endings}
    assert "taken" in outcomes
    assert len(outcomes) >= 8


def test_there_are_sixty_seeds_and_more() -> None:
    seeds = mutations.seeds()
    assert len({body for _, body in seeds}) >= 60
    assert {medium for medium, _ in seeds} == {"picture", "video"}


def test_two_hundred_hostile_files_do_no_harm(tmp_path: Path) -> None:
    check(tried(written(tmp_path, 200)))


@pytest.mark.proof
def test_two_thousand_hostile_files_do_no_harm(tmp_path: Path, figure: Figure) -> None:
    largest = heavy(tmp_path)
    endings = tried([*written(tmp_path, 2000), *largest])
    figure("hostile uploads", in_figures(endings))
    check(endings)
    whole = [each for each in endings if each.path in largest and each.path.stem.endswith("-0")]
    assert [each.outcome for each in whole] == ["taken"] * 5


def test_the_trial_sees_a_crash_and_a_wrong_copy(tmp_path: Path) -> None:
    seed = tmp_path / "0.picture"
    seed.write_bytes(mutations.seeds()[0][1])
    (ending,) = tried([seed])
    assert ending.outcome == "taken"
    clean = seed.with_suffix(".clean")
    clean.write_bytes(clean.read_bytes() + mutations.SECRET)
    assert unsafe(ending) == "bytes of the given file survived"
    assert Ending(seed, -11, 1, 1.0, None).outcome == "ended with -11"
