"""The cast and what every test may use: Ada owns the team, Ed edits, Ben views, Cleo is outside,
Mo moderates."""

from collections.abc import Callable, Iterator

import pytest

from studio import clock
from studio.accounts.models import User
from studio.teams.models import Membership, Role, Team

Figure = Callable[[str, str], None]
FIGURES = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Figure:
    """Note what a proof measured, and the figure, for the table at the end of the run."""
    noted = pytestconfig.stash.setdefault(FIGURES, [])
    return lambda what, found: noted.append((what, found))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table of figures, where there are any."""
    noted = config.stash.get(FIGURES, [])
    if noted:
        terminalreporter.section("figures")
    wide = max((len(what) for what, _ in noted), default=0)
    for what, found in noted:
        terminalreporter.write_line(f"{what:{wide}}  {found}")


@pytest.fixture(autouse=True)
def true_clock() -> Iterator[None]:
    """Every test starts and ends with a clock that runs true."""
    clock.reset()
    yield
    clock.reset()


def _person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.com", "a-long-password", name=name)


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="Northlight", slug="northlight")


def _member(team: Team, name: str, role: Role) -> User:
    user = _person(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


@pytest.fixture
def ada(team: Team) -> User:
    return _member(team, "Ada", Role.OWNER)


@pytest.fixture
def ed(team: Team) -> User:
    return _member(team, "Ed", Role.EDITOR)


@pytest.fixture
def ben(team: Team) -> User:
    return _member(team, "Ben", Role.VIEWER)


@pytest.fixture
def cleo(db: None) -> User:
    """Owner of another team, and so a stranger to ours."""
    user = _person("Cleo")
    other = Team.objects.create(name="Elsewhere", slug="elsewhere")
    Membership.objects.create(team=other, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def mo(db: None) -> User:
    user = _person("Mo")
    user.is_moderator = True
    user.save(update_fields=["is_moderator"])
    return user
