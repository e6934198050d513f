"""Every setting that a person may give is described in docs/operating.md, and none that is gone."""

import re

import pytest

from studio.env import Environment
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "operating.md"
NAMES = sorted(name.upper() for name in Environment.model_fields)

OTHERS = {
    # Read by make and the tests, not by the studio.
    "CHROMIUM",
    "REQUIRE_BROWSER",
    "DREAM_MACHINE_OPENAPI",
    "TEST_DATABASE_URL",
    "TEST_REDIS_URL",
}


def _described() -> set[str]:
    return set(re.findall(r"`([A-Z][A-Z0-9_]{2,})`", PAGE.read_text(encoding="utf-8")))


def test_enough_settings_are_found() -> None:
    assert len(NAMES) >= 25
    assert {"LUMAAI_API_KEY", "SECRET_KEY", "EMAIL_URL"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_described(name: str) -> None:
    assert name in _described(), f"docs/operating.md does not say what {name} does"


def test_no_setting_is_described_that_does_not_exist() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = set(re.findall(r"^\|\s*`([A-Z][A-Z0-9_]{2,})`", page, re.MULTILINE))
    assert rows <= set(NAMES) | OTHERS, rows - set(NAMES) - OTHERS
