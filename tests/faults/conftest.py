"""Studios for fault tests. Each of their processes is ended by its own id after the tests."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.studios import Studio

Open = Callable[..., Studio]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder that starts processes carries the mark `faults`."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("faults")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its tables, its owner and her team; tests work on copies of it."""
    studio = Studio(tmp_path_factory.mktemp("prepared"))
    try:
        studio.start()
        studio.inside("people")
        studio.stop()
    finally:
        studio.end()
    return studio.data


@pytest.fixture(scope="module")
def open_studio(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Make and start studios: `open_studio(WATCHDOG_AFTER="5")`. All are ended afterwards."""
    opened: list[Studio] = []

    def start(**env: str) -> Studio:
        studio = Studio(tmp_path_factory.mktemp("studio"), **env)
        shutil.copytree(prepared, studio.data)
        opened.append(studio)
        studio.start()
        return studio

    yield start
    for studio in opened:
        studio.end()
