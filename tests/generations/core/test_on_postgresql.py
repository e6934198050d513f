"""The core on PostgreSQL: a part of this folder in a run of its own, where a server answers.

All of it: `TEST_ON=postgresql pytest tests/generations tests/spending`.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.settings import ON_POSTGRESQL, TEST_DATABASE_URL

ROOT = Path(__file__).resolve().parents[3]

PART = (
    "tests/spending",
    "tests/generations/core/test_binding.py",
    "tests/generations/core/test_queue.py",
    "tests/generations/core/test_submit.py::test_twenty_clicks_at_once_are_one_generation_and_one_hold",
    "tests/generations/core/test_submit.py::test_parallel_clicks_never_pass_the_limit",
    *(
        f"tests/generations/core/test_chain_core.py::test_{name}"
        for name in (
            "two_repairs_at_once_are_one",
            "one_press_that_arrives_twice_at_once_is_one_chain",
            "under_a_limit_for_six_links_not_one_is_made",
        )
    ),
    "tests/generations/test_lineage.py::test_the_database_walks_as_a_person_would_on_paper",
    "tests/generations/test_lineage.py::test_more_than_forty_are_collapsed_to_the_nearest",
    *(
        f"tests/generations/core/test_submit_many.py::test_{name}"
        for name in (
            "a_cent_short_makes_none_of_fifty",
            "parallel_presses_make_all_of_theirs_or_none",
            "the_same_press_at_once_is_one_press",
        )
    ),
)
"""Races, locks, conditional updates, the recursive query: what may differ from SQLite."""


def test_money_races_doubt_chains_lineage_and_the_queue_hold_on_postgresql() -> None:
    if ON_POSTGRESQL:
        pytest.skip("this run is on PostgreSQL itself")
    try:
        psycopg.connect(TEST_DATABASE_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {TEST_DATABASE_URL.rpartition('@')[2]}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *PART],
        cwd=ROOT,
        env={**os.environ, "TEST_ON": "postgresql"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
