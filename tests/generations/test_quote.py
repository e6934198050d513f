"""The price on the button, before anything is pressed."""

from typing import Any

import pytest
from django.test import Client

from generations.lifecycle.api_key import current_key
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import RECIPE, as_person, hidden, of_team, text


def quote(client: Client, team: Team, user: User | None, kind: str, **changes: Any) -> Any:
    query = {"kind": kind, "variations": "1", **RECIPE[kind], **changes}
    query.pop("loop", None)
    return as_person(client, user).get(of_team("quote", team), query)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("text_to_video", {}, "Generate ≈ $0.71"),
        ("text_to_video", {"duration": "9s"}, "Generate ≈ $1.27"),
        ("text_to_video", {"resolution": "540p"}, "Generate ≈ $0.40"),
        ("text_to_video", {"model": "ray-flash-2"}, "Generate ≈ $0.24"),
        ("text_to_video", {"variations": "4"}, "Generate 4 ≈ $2.83"),
        ("image", {}, "Generate ≈ $0.02"),
    ],
)
def test_button_says_verb_count_and_price(
    client: Client, team: Team, ed: User, kind: str, changes: dict[str, str], words: str
) -> None:
    assert words in text(quote(client, team, ed, kind, **changes))


def test_price_and_hidden_quote_are_the_same_number(client: Client, team: Team, ed: User) -> None:
    body = text(quote(client, team, ed, "text_to_video"))
    micros = int(hidden(body, "quoted"))
    assert round(micros / 1e6, 2) == 0.71


def test_balance_afterwards_stands_beside_it(client: Client, team: Team, ed: User) -> None:
    key = current_key()
    key.balance_micros = 49_290_000
    key.save()
    assert "Balance $49.29 → ≈ $48.58" in text(quote(client, team, ed, "text_to_video"))


def test_too_small_a_balance_warns_before(client: Client, team: Team, ed: User) -> None:
    key = current_key()
    key.balance_micros = 120_000
    key.save()
    assert "Balance $0.12: less than this costs." in text(quote(client, team, ed, "text_to_video"))


@pytest.mark.parametrize("variations", ["", "0", "9", "x", "-1", "1e3", "²", "9" * 5000])
def test_odd_counts_are_priced_as_one(
    client: Client, team: Team, ed: User, variations: str
) -> None:
    answer = quote(client, team, ed, "text_to_video", variations=variations)
    assert answer.status_code == 200
    assert "Generate ≈ $0.71" in text(answer)


def test_agreeing_to_what_cannot_be_made_is_no_error(client: Client, team: Team, ed: User) -> None:
    prompt = "{a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h}"
    micros = 64 * 707_789
    answer = quote(client, team, ed, "text_to_video", prompt=prompt, asked=f"64:{micros}")
    assert answer.status_code == 200
    assert "8 × 8 = 64 generations; 50 at most for one press." in text(answer)  # noqa: RUF001


def test_unknown_settings_fall_back_to_the_shown_ones(client: Client, team: Team, ed: User) -> None:
    body = text(quote(client, team, ed, "text_to_video", resolution="8k", model="ray-9"))
    assert "Generate ≈ $0.71" in body


def test_who_may_ask(client: Client, team: Team, ed: User, ben: User, cleo: User) -> None:
    assert quote(client, team, ed, "image").status_code == 200
    assert quote(client, team, ben, "image").status_code == 403
    assert quote(client, team, cleo, "image").status_code == 404
    assert quote(client, team, None, "image").status_code == 302
