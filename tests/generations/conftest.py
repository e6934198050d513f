"""Fixtures that tests of views and of the core share: the file server of the API."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.generations.host import Host, hosting


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    """A file server at the origin of the API, from which assets may be fetched."""
    with hosting() as running:
        settings.LUMAAI_BASE_URL = f"{running.origin}/dream-machine/v1"
        yield running
