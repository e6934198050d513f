"""What tests of views and of the core share: a server that plays the API's own file server."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.generations.host import Host, hosting


@pytest.fixture
def host(settings: Settings) -> Iterator[Host]:
    """A file server at the API's own origin, where assets may be fetched from."""
    with hosting() as running:
        settings.LUMAAI_BASE_URL = f"{running.origin}/dream-machine/v1"
        yield running
