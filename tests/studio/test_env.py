"""Settings from the environment, checked together, and the secrets of a first start."""

import json
import stat
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from studio.env import Environment, Secrets


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LUMAAI_API_KEY", "LUMAAI_BASE_URL", "PUBLIC_BASE_URL", "SANDBOX_PORT", "PORT"):
        monkeypatch.delenv(name, raising=False)


def read(**given: object) -> Environment:
    return Environment(_env_file=None, **given)  # type: ignore[arg-type]


def test_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = Secrets(folder).read()
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert Secrets(folder).read() == first
    assert len(set(first.values())) == len(first) == 3
    assert all(len(value) >= 50 for value in first.values())
    assert [path.name for path in folder.iterdir()] == ["secrets.json"]


def test_two_first_starts_agree_on_one_set_of_secrets(tmp_path: Path) -> None:
    found: list[dict[str, str]] = []
    starts = [
        threading.Thread(target=lambda: found.append(Secrets(tmp_path).read())) for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len({json.dumps(one) for one in found}) == 1
    assert len(found) == 8


def test_without_a_key_the_studio_works_on_the_sandbox() -> None:
    env = read(sandbox_port=9001, port=9000)
    assert env.on_sandbox
    assert env.luma_base_url == "http://127.0.0.1:9001/dream-machine/v1"
    assert env.public_url == "http://127.0.0.1:9000"


def test_with_a_key_it_works_on_the_api_and_is_not_reachable_unless_it_says_how() -> None:
    env = read(lumaai_api_key="luma-abc")
    assert not env.on_sandbox
    assert env.luma_base_url == "https://api.lumalabs.ai/dream-machine/v1"
    assert env.public_url is None
    assert read(lumaai_api_key="luma-abc", public_base_url="https://a.example/").public_url == (
        "https://a.example"
    )


def test_an_empty_key_is_no_key() -> None:
    assert read(lumaai_api_key="  ").on_sandbox


def test_a_key_is_trimmed_and_has_to_be_one_word() -> None:
    key = read(lumaai_api_key=" luma-abc\n").lumaai_api_key
    assert key is not None
    assert key.get_secret_value() == "luma-abc"
    with pytest.raises(ValidationError) as problem:
        read(lumaai_api_key="luma-secret abc")
    assert "one word" in str(problem.value)
    assert "luma-secret" not in str(problem.value)


def test_the_key_is_not_in_the_words_of_the_settings() -> None:
    assert "luma-secret" not in repr(read(lumaai_api_key="luma-secret"))


def test_wrong_settings_are_reported_together() -> None:
    with pytest.raises(ValidationError) as problem:
        read(port=99999, watch_interval=0)
    assert {error["loc"][0] for error in problem.value.errors()} == {"port", "watch_interval"}


def test_hosts_are_split_at_commas() -> None:
    assert read(allowed_hosts="a.example, b.example ,").allowed_hosts == ["a.example", "b.example"]
