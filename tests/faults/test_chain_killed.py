"""A chain of seven while its worker is killed twice: it finishes by itself, paid seven times."""

import subprocess
import sys

import pytest

from tests.faults.books import check_books
from tests.faults.conftest import Open
from tests.faults.studios import ROOT, Studio, wait_for

LINKS = 7
SCRIPT = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
import django; django.setup()
from uuid import uuid4
from generations.actions import InputChoice
from generations.actions.chains import ChainPlan, quote_chain, submit_chain
from studio.accounts.models import User
from studio.teams.access import seat
from studio.teams.models import Team
from tests.generations.making import make_image
team, user = Team.objects.get(), User.objects.get()
where = seat(user, team.slug, "create")
rows = [make_image(team, user, prompt=f"Picture {n}") for n in range(8)]
settings = {"model": "ray-flash-2", "resolution": "540p", "duration": "5s", "aspect_ratio": "16:9"}
plan = ChainPlan(tuple(InputChoice("item", generation=row.uuid) for row in rows), settings)
submit_chain(where, plan, submit_key=uuid4(), quoted_micros=quote_chain(where, plan).total)
"""


def chained(studio: Studio) -> None:
    """Eight pictures into the library, and a chain through them."""
    command = [sys.executable, "-c", SCRIPT]
    subprocess.run(command, cwd=ROOT, env=studio.env, check=True, timeout=60)


def begun(studio: Studio, count: int) -> bool:
    """Whether so many links have left the queue."""
    return sum(state not in ("waiting", "queued") for state in studio.states()[8:]) >= count


@pytest.mark.faults
def test_a_chain_of_seven_outlives_two_kills_of_its_worker(open_studio: Open) -> None:
    studio = open_studio(HEARTBEAT_INTERVAL="2", WATCHDOG_AFTER="8")
    chained(studio)
    for number, worker in ((1, "worker 0"), (4, "worker 1")):
        wait_for(lambda: begun(studio, number), 30, f"{number} links are on their way")  # noqa: B023
        studio.kill(worker)
    states = studio.settle(8 + LINKS, 75)
    assert states == ["completed"] * (8 + LINKS)
    check_books(studio, made=8 + LINKS, settled={"completed"})
    assert len(studio.truth()["ledger"]) == LINKS
