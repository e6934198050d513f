"""Variables in the composer: how many prompts, what the press makes, and what is asked first."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from generations.models import Generation
from generations.spending.models import Account, LedgerEntry
from studio.accounts.models import User
from studio.teams.models import Team
from tests.generations.making import (
    FIVE_SECONDS,
    HTMX,
    as_person,
    form,
    hidden,
    make,
    of_team,
    press,
    step,
    text,
)

TABLE = "product,city\nred bicycle,Lisbon\nblue kettle,Oslo"
DOZEN = "{a|b|c} at {dawn|noon|dusk|night}"


def quote(client: Client, team: Team, user: User, **changes: Any) -> str:
    return text(as_person(client, user).post(of_team("quote", team), form(**changes)))


def sent() -> list[str]:
    return [*Generation.objects.order_by("submit_index").values_list("prompt", flat=True)]


# Before the press


def test_the_count_and_the_first_five_prompts_are_shown_with_the_price(
    client: Client, team: Team, ed: User
) -> None:
    body = quote(client, team, ed, prompt=DOZEN)
    assert ">3 × 4 = 12 generations</p>" in body  # noqa: RUF001
    assert body.count('class="expansions__prompt"') == 5
    assert "<bdi>a at dawn</bdi>" in body
    assert "<bdi>b at dawn</bdi>" in body
    assert "<bdi>b at noon</bdi>" not in body
    assert "and 7 more" in body
    assert "<span>Generate 12 ≈ $8.49</span>" in body
    assert f'name="quoted" value="{12 * FIVE_SECONDS}"' in body


def test_variations_multiply_too(client: Client, team: Team, ed: User) -> None:
    body = quote(client, team, ed, prompt="a {cat|dog}", variations="3")
    assert "2 × 3 = 6 generations" in body  # noqa: RUF001
    assert "<span>Generate 6 ≈ $4.25</span>" in body


def test_rows_multiply_with_choices(client: Client, team: Team, ed: User) -> None:
    body = quote(client, team, ed, prompt="{{product}} in {{city}} {day|night}", rows=TABLE)
    assert "2 × 2 = 4 generations" in body  # noqa: RUF001
    assert "red bicycle in Lisbon day" in body


def test_a_plain_prompt_shows_no_count(client: Client, team: Team, ed: User) -> None:
    body = quote(client, team, ed)
    assert "expansions" not in body
    assert "<span>Generate ≈ $0.71</span>" in body


def test_a_kind_without_a_prompt_has_no_variables(client: Client, team: Team, ed: User) -> None:
    data = {"kind": "upscale", "prompt": DOZEN, "rows": TABLE, "resolution": "1080p"}
    body = text(as_person(client, ed).post(of_team("quote", team), data))
    assert "expansions" not in body
    assert "<span>Generate price unknown</span>" in body


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": "{{product}} {{hue}}", "rows": TABLE}, "The rows have no column “hue”;"),
        ({"prompt": "{{product}}", "rows": TABLE}, "The prompt does not use the column “city”."),
        ({"prompt": DOZEN, "variations": "8"}, "12 × 8 = 96 generations; 50 at most"),  # noqa: RUF001
        ({"prompt": DOZEN * 2}, "3 × 4 × 3 × 4 = 144 generations; 50 at most"),  # noqa: RUF001
        ({"prompt": "a {{product}}"}, "{{product}} is sent as it stands: there are no rows."),
    ],
)
def test_what_keeps_it_from_being_sent_is_said_at_once(
    client: Client, team: Team, ed: User, changes: dict[str, str], sentence: str
) -> None:
    assert sentence in quote(client, team, ed, **changes)


def test_an_unreadable_table_has_no_price(client: Client, team: Team, ed: User) -> None:
    body = quote(client, team, ed, prompt="{{product}}", rows="product,city\nred")
    assert "Line 2 has 1 value; the first line names 2." in body
    assert "<span>Generate price unknown</span>" in body


def test_uncountably_many_have_no_price(client: Client, team: Team, ed: User) -> None:
    body = quote(client, team, ed, prompt="{a|b}" * 40)
    assert "More than 1,000,000 generations; 50 at most for one press." in body
    assert "price unknown" in body


def test_a_step_keeps_the_rows_and_shows_the_price(client: Client, team: Team, ed: User) -> None:
    answer = step(client, team, ed, kind="image", prompt="{{product}} {{city}}", rows=TABLE)
    body = answer.content.decode()
    assert f"{TABLE}</textarea>" in body
    assert "2 generations" in body


def test_the_price_costs_as_many_queries_for_fifty_prompts_as_for_one(
    client: Client, team: Team, ed: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "x\n" + "\n".join(f"thing {number}" for number in range(50))
    as_person(client, ed)
    with django_assert_max_num_queries(8):
        answer = client.post(of_team("quote", team), form(prompt="{{x}}", rows=rows))
    assert "50 generations" in text(answer)


# The press


def test_every_prompt_is_a_generation_with_its_own_money(
    client: Client, team: Team, ed: User
) -> None:
    answer = press(client, team, ed, prompt="A harbour at {dawn|dusk}", variations="2")
    body = text(answer)
    assert answer.status_code == 200
    assert sent() == ["A harbour at dawn"] * 2 + ["A harbour at dusk"] * 2
    assert [row.recipe["prompt"] for row in Generation.objects.order_by("pk")] == sent()
    assert body.count("data-generation=") == 4
    assert "Sent to queue: 4 videos, about $2.83." in body
    assert LedgerEntry.objects.filter(kind="hold").count() == 4
    assert Account.objects.get().pending_micros == 4 * FIVE_SECONDS


def test_text_and_rows_stay_after_the_press(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed, prompt="{{product}}, {{city}}", rows=TABLE)
    body = answer.content.decode()
    assert sent() == ["red bicycle, Lisbon", "blue kettle, Oslo"]
    assert "{{product}}, {{city}}</textarea>" in body
    assert f"{TABLE}</textarea>" in body


def test_the_same_key_twice_makes_the_same_ones(client: Client, team: Team, ed: User) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        assert press(client, team, ed, prompt="a {cat|dog}", submit_key=key).status_code == 200
    assert sent() == ["a cat", "a dog"]


@pytest.mark.parametrize("prompt", ["{{7*7}}", "a {word}", "} a {", r"a \{b|c\}"])
def test_what_chooses_nothing_is_sent_as_it_stands(
    client: Client, team: Team, ed: User, prompt: str
) -> None:
    assert press(client, team, ed, prompt=prompt).status_code == 200
    assert sent() == [prompt.replace("\\", "")]


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        (
            {"prompt": "a {cat|dog}", "rows": "x\n1"},
            "The prompt does not use the column “x”. Write {{x}} in it, or take the column out.",
            "rows",
        ),
        (
            {"prompt": "{{y}}", "rows": "x\n1"},
            (
                "The rows have no column “y”; their first line names “x”. "
                "Write \\{{y}} to send it as it stands."
            ),
            "prompt",
        ),
        (
            {"prompt": "{{x}}", "rows": "x,y\n1"},
            "Line 2 has 1 value; the first line names 2.",
            "rows",
        ),
        (
            {"prompt": "{{x}}", "rows": "x\ty\n1\t2\t3"},
            "Line 2 has 3 values; the first line names 2.",
            "rows",
        ),
        (
            {"prompt": "{{x}}", "rows": "x"},
            "There are columns and no rows. The first line names the columns.",
            "rows",
        ),
        (
            {"prompt": "{{x}}", "rows": "x;\n1;2"},
            "The first line names the columns, and column 2 has no name.",
            "rows",
        ),
        ({"prompt": "{{x}}", "rows": "x,X\n1,2"}, "Two columns are called “X”.", "rows"),
        (
            {"prompt": "{{x}}", "rows": "x\n" + "row\n" * 51},
            "50 rows at most for one press.",
            "rows",
        ),
        (
            {"prompt": DOZEN + "{1|2|3|4|5}"},
            "3 × 4 × 5 = 60 generations; 50 at most for one press.",  # noqa: RUF001
            "prompt",
        ),
        (
            {"prompt": DOZEN, "variations": "8"},
            "12 × 8 = 96 generations; 50 at most for one press.",  # noqa: RUF001
            "variations",
        ),
        (
            {"prompt": "{a dog|a|b}"},
            "Prompt 2 of 3 (“a”): At least 3 characters.",
            "prompt",
        ),
        (
            {"prompt": "{a dog|}"},
            "Prompt 2 of 2 (empty): Write a prompt or add a start image.",
            "prompt",
        ),
        (
            {"prompt": "{a dog|" + "b" * 5001 + "}"},
            f"Prompt 2 of 2 (“{'b' * 60}…”): 5,000 is the most Luma accepts; yours has 5,001.",
            "prompt",
        ),
    ],
)
def test_each_problem_stands_at_its_field_and_nothing_is_charged(
    client: Client, team: Team, ed: User, changes: dict[str, str], sentence: str, field: str
) -> None:
    answer = press(client, team, ed, **changes)
    body = text(answer)
    assert answer.status_code == 422
    assert "Nothing was sent and nothing was charged." in body
    assert body.count(sentence) == 2, "once in the summary, once at the field"
    assert body.count("<li><a href=") == 1, "nothing else is wrong"
    target = "text_to_video-variations" if field == "variations" else field
    assert f'<a href="#composer-{target}">{sentence}</a>' in body
    assert f'id="composer-{target}-error">' in body
    assert not Generation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_pattern_may_be_longer_than_a_prompt(client: Client, team: Team, ed: User) -> None:
    choices = "|".join(letter * 3000 for letter in "abc")
    assert press(client, team, ed, prompt="{" + choices + "}").status_code == 200
    assert sent() == ["a" * 3000, "b" * 3000, "c" * 3000]


def test_invisible_characters_in_rows_are_removed_and_said(
    client: Client, team: Team, ed: User
) -> None:
    body = text(press(client, team, ed, prompt="{{x}}", rows="x\nred\x00 kettle"))
    assert sent() == ["red kettle"]
    assert "Invisible characters were removed." in body


def test_markup_in_rows_is_shown_as_it_was_typed(client: Client, team: Team, ed: User) -> None:
    answer = press(client, team, ed, prompt="{{x}}", rows="x\n<script>alert(1)</script>")
    assert sent() == ["<script>alert(1)</script>"]
    assert "<script>alert" not in answer.content.decode()


def test_a_limit_that_is_short_makes_none(client: Client, team: Team, ed: User) -> None:
    Account.objects.create(team=team, limit_micros=2 * FIVE_SECONDS)
    answer = press(client, team, ed, prompt="a {cat|dog|bird}")
    assert answer.status_code == 422
    assert "This needs $2.12; your team has $1.42 left." in text(answer)
    assert not Generation.objects.exists()
    assert Account.objects.get().pending_micros == 0


def test_the_setting_moves_the_most(
    client: Client, team: Team, ed: User, settings: Settings
) -> None:
    settings.MOST_PER_PRESS = 2
    answer = press(client, team, ed, prompt="a {cat|dog|bird}")
    assert "3 generations; 2 at most for one press." in text(answer)
    assert press(client, team, ed, prompt="a {cat|dog}").status_code == 200


def test_several_variations_of_one_prompt_keep_to_the_most(
    client: Client, team: Team, ed: User, settings: Settings
) -> None:
    settings.MOST_PER_PRESS = 2
    answer = press(client, team, ed, variations="3")
    assert "3 generations; 2 at most for one press." in text(answer)


# Asked once more


def test_more_than_ten_ask_once_more_and_the_second_press_sends(
    client: Client, team: Team, ed: User
) -> None:
    key = str(uuid.uuid4())
    answer = press(client, team, ed, prompt=DOZEN, submit_key=key, quoted="1")
    body = text(answer)
    assert answer.status_code == 200
    assert not Generation.objects.exists()
    assert "Make 12 videos for ≈ $8.49 in all?" in body
    assert "Nothing was sent yet." in body
    assert "Each costs ≈ $0.71; the first:" in body
    assert body.count('class="question__line"') == 3
    assert '<bdi class="question__prompt">a at dawn</bdi>' in body
    assert "primary composer__submit" not in body
    assert 'role="alert"' not in body
    accepted = {name: hidden(body, name) for name in ("quoted", "agreed")}
    again = press(client, team, ed, prompt=DOZEN, submit_key=key, **accepted)
    assert "Sent to queue: 12 videos, about $8.49." in text(again)
    assert Generation.objects.count() == 12
    assert "primary composer__submit" in text(again)


def test_ten_do_not_ask(client: Client, team: Team, ed: User) -> None:
    assert press(client, team, ed, prompt="a {1|2|3|4|5} {x|y}").status_code == 200
    assert Generation.objects.count() == 10


def test_more_than_ten_dollars_ask_with_the_price_of_each(
    client: Client, team: Team, ed: User
) -> None:
    body = text(press(client, team, ed, resolution="4k", duration="9s", variations="8"))
    assert "Make 8 videos for ≈ $" in body
    assert "Each costs ≈ $" in body
    assert "8 times</span>" in body
    assert not Generation.objects.exists()


@pytest.mark.parametrize("agreed", ["", "12:1", "11:8493468", "yes", "12"])
def test_what_was_not_agreed_to_is_asked_about(
    client: Client, team: Team, ed: User, agreed: str
) -> None:
    assert "Make 12 videos" in text(press(client, team, ed, prompt=DOZEN, agreed=agreed))
    assert not Generation.objects.exists()


def test_more_than_was_agreed_to_is_asked_about_again(client: Client, team: Team, ed: User) -> None:
    agreed = hidden(text(press(client, team, ed, prompt=DOZEN)), "agreed")
    body = text(press(client, team, ed, prompt=DOZEN, variations="2", agreed=agreed))
    assert "Make 24 videos for ≈ $16.99 in all?" in body
    assert not Generation.objects.exists()


def test_without_javascript_the_question_is_a_page(client: Client, team: Team, ed: User) -> None:
    ask = as_person(client, ed).post(of_team("submit", team), form(prompt=DOZEN))
    assert "<h1>Create</h1>" in text(ask)
    agreed = hidden(text(ask), "agreed")
    answer = client.post(of_team("submit", team), form(prompt=DOZEN, agreed=agreed))
    assert answer.status_code == 302
    assert Generation.objects.count() == 12


def test_not_now_goes_back_to_the_composer(client: Client, team: Team, ed: User) -> None:
    ask = text(press(client, team, ed, prompt=DOZEN))
    body = text(step(client, team, ed, prompt=DOZEN, asked=hidden(ask, "agreed")))
    assert "question" not in body
    assert "<span>Generate 12 ≈ $8.49</span>" in body


def test_the_question_stays_while_the_price_does(client: Client, team: Team, ed: User) -> None:
    asked = hidden(text(press(client, team, ed, prompt=DOZEN)), "agreed")
    assert "Make 12 videos" in quote(client, team, ed, prompt=DOZEN, asked=asked)
    other = quote(client, team, ed, prompt=DOZEN, asked=asked, duration="9s")
    assert "Make 12 videos" not in other
    assert "<span>Generate 12 ≈ $15.29</span>" in other


def test_a_limit_speaks_after_the_question(client: Client, team: Team, ed: User) -> None:
    agreed = hidden(text(press(client, team, ed, prompt=DOZEN)), "agreed")
    Account.objects.create(team=team, limit_micros=FIVE_SECONDS)
    answer = press(client, team, ed, prompt=DOZEN, agreed=agreed)
    assert answer.status_code == 422
    assert "This needs $8.49; your team has $0.71 left." in text(answer)
    assert 'id="composer-question"' not in text(answer)


# A file


def table(content: bytes, name: str = "table.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_a_file_fills_the_rows(client: Client, team: Team, ed: User) -> None:
    file = table(TABLE.encode())
    answer = step(client, team, ed, prompt="{{product}} {{city}}", rows_file=file)
    assert f"{TABLE}</textarea>" in answer.content.decode()
    assert "2 generations" in text(answer)


def test_a_file_that_comes_with_the_press_is_used(client: Client, team: Team, ed: User) -> None:
    data = {
        **form(prompt="{{product}} {{city}}", rows="old\n1"),
        "rows_file": table(TABLE.encode()),
    }
    assert as_person(client, ed).post(of_team("submit", team), data).status_code == 302
    assert sent() == ["red bicycle Lisbon", "blue kettle Oslo"]


@pytest.mark.parametrize("route", ["create", "submit"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x\n" + b"y" * 200_000, "The file is larger than 200 kB."),
        (b"\x89PNG\x00", "This file is no text. Save the table as CSV."),
        (b"\n", "The file is empty."),
    ],
)
def test_a_file_that_is_no_table_says_so_at_the_rows(
    client: Client, team: Team, ed: User, route: str, content: bytes, sentence: str
) -> None:
    data = {**form(prompt="Keep {a|b} me", rows="x\n1"), "rows_file": table(content)}
    body = text(as_person(client, ed).post(of_team(route, team), data, headers=HTMX))
    assert body.count(sentence) >= 1
    assert 'id="composer-rows-error">' in body
    assert "Keep {a|b} me</textarea>" in body
    assert not Generation.objects.exists()


# Remix


@pytest.mark.parametrize("query", [{}, {"use": "prompt"}])
def test_braces_of_a_result_stay_braces_when_it_is_remixed(
    client: Client, team: Team, ed: User, query: dict[str, str]
) -> None:
    made = make(team, ed, prompt="a {b|c}")
    answer = as_person(client, ed).get(of_team("create", team), {"from": str(made.uuid), **query})
    assert "a \\{b\\|c\\}</textarea>" in text(answer)
    assert "expansions" not in text(answer)


# Drafts


def test_a_draft_keeps_its_rows_and_is_priced_when_it_is_opened(
    client: Client, team: Team, ed: User
) -> None:
    data = form(prompt="{{product}} in {{city}}", rows=TABLE)
    assert as_person(client, ed).post(of_team("draft", team), data).status_code == 204
    page = client.get(of_team("library", team)).content.decode()
    assert f"{TABLE}</textarea>" in page
    assert "<span>Generate 2 ≈ $1.42</span>" in page


def test_rows_alone_are_worth_keeping(client: Client, team: Team, ed: User) -> None:
    as_person(client, ed).post(of_team("draft", team), form(prompt="", rows=TABLE))
    emptied = client.post(of_team("create", team), form(prompt="", rows=TABLE, do="new"))
    assert f"{TABLE}</textarea>" not in emptied.content.decode()
    assert "What stood here before is kept." in text(emptied)
