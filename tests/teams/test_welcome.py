"""The welcome link: it makes the first account, once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.cache import cache
from django.test import Client

from studio.accounts.models import User
from studio.accounts.welcome import welcome_is_open, welcome_token, welcome_url
from studio.errors import NotFound
from studio.teams import actions
from studio.teams.models import Membership, Team

ROOT = Path(__file__).resolve().parents[2]
FORM = {
    "name": "Ada",
    "team_name": "Northlight Films",
    "email": "Ada@Example.com",
    "password": "violet-harbour-9",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def link(db: None) -> str:
    url = welcome_url("")
    assert url
    return url


def test_the_link_is_printed_while_nobody_has_an_account(db: None) -> None:
    assert welcome_url("http://localhost:8000/") == (
        f"http://localhost:8000/welcome/{welcome_token()}/"
    )
    User.objects.create_user("ada@example.com")
    assert welcome_url("http://localhost:8000") is None


def test_the_token_follows_from_the_secret_key(settings: object) -> None:
    first = welcome_token()
    settings.SECRET_KEY = "another installation's key"  # type: ignore[attr-defined]
    assert welcome_token() != first
    assert len(first) == 64


def test_the_first_person_owns_a_team_and_operates_the_installation(
    client: Client, link: str
) -> None:
    assert "Welcome to Dailies" in client.get(link).content.decode()
    answer = client.post(link, FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    owner = User.objects.get()
    assert (owner.email, owner.name) == ("ada@example.com", "Ada")
    assert owner.is_superuser
    assert owner.is_staff
    assert not owner.is_moderator
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (owner, "owner")
    assert (membership.team.name, membership.team.slug) == ("Northlight Films", "northlight-films")
    assert client.get("/accounts/profile/").status_code == 200, "signed in"


def test_the_link_opens_nothing_afterwards(client: Client, link: str) -> None:
    client.post(link, FORM)
    stranger = Client()
    for answer in (stranger.get(link), stranger.post(link, {**FORM, "email": "eve@example.com"})):
        assert answer.status_code == 404
        assert 'href="/accounts/login/"' in answer.content.decode()
    assert User.objects.count() == 1


def test_a_wrong_token_looks_like_a_used_one(client: Client, link: str) -> None:
    wrong = client.get("/welcome/" + "0" * 64 + "/")
    assert wrong.status_code == 404
    assert client.post("/welcome/" + "0" * 64 + "/", FORM).status_code == 404
    assert not User.objects.exists()
    client.post(link, FORM)
    used = Client().get(link)
    assert used.content == Client().get("/welcome/" + "0" * 64 + "/").content
    assert used.content == wrong.content


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Your name: This field is required."),
        ("team_name", " \u200b ", "Team name: This field is required."),
        ("team_name", "x" * 81, "at most 80 characters"),
        ("email", "ada@", "Enter a valid email address."),
        ("email", "a" * 250 + "@example.com", "at most 254 characters"),
        ("password", "password", "too common"),
        ("password", "northl", "too short"),
        ("password", "ada@example.com", "too similar"),
        ("password", "violet\x00harbour-9", "Null characters are not allowed."),
    ],
)
def test_a_bad_field_is_named_and_the_rest_is_kept(
    client: Client, link: str, field: str, value: str, sentence: str
) -> None:
    answer = client.post(link, {**FORM, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'role="alert"' in page
    assert 'value="Northlight Films"' in page or field == "team_name"
    assert not User.objects.exists()
    assert not Team.objects.exists()


def test_the_form_gives_no_more_rights_than_it_says(client: Client, link: str) -> None:
    client.post(link, {**FORM, "is_moderator": "on", "role": "viewer", "slug": "elsewhere"})
    assert not User.objects.get().is_moderator
    assert Team.objects.get().slug == "northlight-films"


def test_somebody_who_came_first_wins(link: str) -> None:
    token = welcome_token()
    assert welcome_is_open(token)
    User.objects.create_user("first@example.com")
    fields = {"name": "Eve", "team_name": "E", "email": "eve@example.com", "password": "x"}
    with pytest.raises(NotFound, match="has been used"):
        actions.found_installation(token, **fields)
    assert not Team.objects.exists()


RACE = """
import sys, time
import django
django.setup()
from pathlib import Path
from django.test import Client
from studio.accounts import welcome
from studio.teams import views
name, folder = sys.argv[1], Path(sys.argv[2])
real = views.welcome_is_open
def both_have_looked(token):
    is_open = real(token)
    (folder / name).touch()
    while not all((folder / other).exists() for other in ("one", "two")):
        time.sleep(0.005)
    return is_open
views.welcome_is_open = both_have_looked
form = {"name": name, "team_name": name, "email": f"{name}@example.com"}
form["password"] = "violet-harbour-9"
print(Client().post(welcome.welcome_url(""), form, SERVER_NAME="localhost").status_code)
"""


POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/test")


@contextmanager
def _own_postgres() -> Iterator[str]:
    """Make an empty database beside the test one, and drop it again; skip where none answers."""
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError as error:
        pytest.skip(f"No PostgreSQL at TEST_DATABASE_URL: {error}")
    name = f"welcome_{os.getpid()}"
    with closing(server):
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _race(folder: Path, database_url: str) -> tuple[list[str], str]:
    """Let two processes post the welcome form; return their statuses and the number of accounts."""
    environment = {
        **os.environ,
        "STUDIO_DATA": str(folder / "var"),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "LOG_LEVEL": "CRITICAL",
    }

    def start(*command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", *command],
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
        )

    def said(process: subprocess.Popen[str]) -> str:
        return process.communicate(timeout=120)[0].strip()

    said(start("manage.py", "migrate", "-v0"))
    racers = [start("-c", RACE, name, str(folder)) for name in ("one", "two")]
    answers = sorted(said(racer) for racer in racers)
    count = "from studio.accounts.models import User; print(User.objects.count())"
    return answers, said(start("manage.py", "shell", "-v0", "-c", count))


def test_of_two_browsers_at_once_one_comes_in(tmp_path: Path) -> None:
    """Both have seen an open link before either posts; real processes, a real database file."""
    assert _race(tmp_path, "") == (["302", "404"], "1")


def test_of_two_browsers_at_once_one_comes_in_on_postgres(tmp_path: Path) -> None:
    with _own_postgres() as url:
        assert _race(tmp_path, url) == (["302", "404"], "1")
