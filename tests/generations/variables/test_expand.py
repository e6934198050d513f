"""Prompts that stand for several: how many, which, in which order, and what stays literal."""

import time
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generations.recipes.variables import Expansion, escape, expand
from generations.recipes.variables.expansion import count_sentence
from generations.recipes.variables.pattern import COUNT_LIMIT, LONGEST_PATTERN

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="{}|\\"), max_size=8)
ANY = st.text(st.sampled_from("ab {}|\\\n"), max_size=40)
CHOICES = st.lists(PLAIN, min_size=2, max_size=4)


def prompts(text: str, rows: str = "", most: int = 50) -> tuple[str, ...]:
    found = expand(text, rows, most=most)
    assert found.problems == {}
    return found.prompts


def problems(text: str, rows: str = "", most: int = 50) -> dict[str, str]:
    found = expand(text, rows, most=most)
    assert found.prompts == ()
    return found.problems


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a harbour at {dawn|dusk}", ("a harbour at dawn", "a harbour at dusk")),
        ("{a|b} {1|2}", ("a 1", "a 2", "b 1", "b 2")),
        ("{|slow }pan", ("pan", "slow pan")),
        ("{|}", ("", "")),
        ("{a|a}", ("a", "a")),
        ("{a|{b|c}!}", ("a", "b!", "c!")),
        ("{{a|b}}", ("{a}", "{b}")),
        ("{ {a|b}", ("{ a", "{ b")),
        ("{a|b} }", ("a }", "b }")),
        ("{two\nlines|one}", ("two\nlines", "one")),
    ],
)
def test_choices_are_written_out_in_order(text: str, written: tuple[str, ...]) -> None:
    assert prompts(text) == written


@pytest.mark.parametrize(
    "text",
    [
        *("{word}", "{", "}", "}{", "a | b", "{{7*7}}", "{{product}}", "{}", "{a|b", "a|b}"),
        *(r"C:\dir\x", "", "{{a}", "{{}}", "<script>{x}</script>"),
    ],
)
def test_what_chooses_nothing_is_literal(text: str) -> None:
    found = expand(text, most=50)
    assert (found.prompts, found.factors, found.problems) == ((text,), (), {})


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (r"\{a|b\}", "{a|b}"),
        (r"\{a|b}", "{a|b}"),
        (r"{a\|b}", "{a|b}"),
        (r"\{{7*7}}", "{{7*7}}"),
        (r"\\{word}", r"\{word}"),
    ],
)
def test_a_backslash_makes_a_brace_or_a_bar_literal(text: str, sent: str) -> None:
    assert prompts(text) == (sent,)


def test_two_backslashes_are_one_before_a_choice() -> None:
    assert prompts(r"\\{a|b}") == ("\\a", "\\b")


@given(st.lists(CHOICES, min_size=1, max_size=4), PLAIN)
def test_there_are_as_many_as_the_product_of_the_choices(
    groups: list[list[str]], between: str
) -> None:
    text = between.join("{" + "|".join(group) + "}" for group in groups)
    found = expand(text, most=1000)
    assert found.count == len(found.prompts) == prod(len(group) for group in groups)
    assert found.factors == tuple(len(group) for group in groups)
    assert found.prompts[0] == between.join(group[0] for group in groups)
    assert found.prompts[-1] == between.join(group[-1] for group in groups)


@given(ANY)
def test_an_escaped_text_is_written_out_to_itself(text: str) -> None:
    assert prompts(escape(text)) == (text,)


@given(ANY)
def test_any_text_has_as_many_prompts_as_are_counted_or_none(text: str) -> None:
    found = expand(text, most=50)
    assert len(found.prompts) == (found.count if found.count <= 50 else 0)
    assert bool(found.problems) == (found.count > 50)


@given(st.lists(ANY, min_size=1, max_size=3))
def test_an_escaped_text_is_literal_among_choices(texts: list[str]) -> None:
    escaped = [text.replace("\\", "").replace("{", r"\{").replace("}", r"\}") for text in texts]
    wanted = [text.replace("\\", "") for text in texts]
    safe = [text.replace("|", r"\|") for text in escaped]
    assert prompts("{" + "|".join([*safe, "end"]) + "}") == (*wanted, "end")


@pytest.mark.parametrize("text", ["a harbour", "{word}", "a | b", "{{product}}", "}", r"C:\dir"])
def test_a_text_without_choices_needs_no_escape(text: str) -> None:
    assert escape(text) == text


def test_too_many_are_said_with_their_sum_and_none_is_written() -> None:
    said = problems("{a|b|c|d} {1|2|3|4} {x|y|z|w}")
    assert said == {"prompt": "4 × 4 × 4 = 64 generations; 50 at most for one press."}  # noqa: RUF001


@pytest.mark.parametrize(
    "text",
    [
        "{a|b}" * 10_000,
        "{" * 20_000 + "}" * 20_000,
        "{a|" * 10_000 + "}" * 10_000,
        "{|" + "{a|b}" * 5_000 + "}",
        "|" * 50_000,
        "\\" * 50_000 + "{",
        "{{a}}" * 10_000,
    ],
    ids=["wide", "deep", "deep choices", "wide inside", "bars", "backslashes", "columns"],
)
def test_no_prompt_is_too_much_to_read(text: str) -> None:
    found = expand(text, most=50)
    assert found.count <= COUNT_LIMIT
    assert len(found.problems.get("prompt", "")) < 100


def test_a_run_of_backslashes_is_read_once() -> None:
    text = "\\" * LONGEST_PATTERN
    begun = time.thread_time()
    assert prompts(text) == (text,)
    assert escape(text) == text
    assert escape("{a|b}" + text[5:]) == r"\{a\|b\}" + text[5:]
    assert time.thread_time() - begun < 2  # milliseconds; a minute where each is tried anew


def test_what_is_too_long_for_a_pattern_is_one_prompt() -> None:
    text = "{a|b}" * (LONGEST_PATTERN // 5 + 1)
    assert prompts(text) == (text,)


# Columns

TABLE = "product,city\nred bicycle,Lisbon\nblue kettle,Oslo"


def test_each_row_is_a_prompt_and_rows_change_slowest() -> None:
    found = expand("{{product}} in {{city}}, {day|night}", TABLE, most=50)
    assert found.factors == (2, 2)
    assert found.prompts == (
        "red bicycle in Lisbon, day",
        "red bicycle in Lisbon, night",
        "blue kettle in Oslo, day",
        "blue kettle in Oslo, night",
    )


def test_columns_are_named_in_any_case_with_blanks_and_inside_choices() -> None:
    text = "{a {{ Product }}|the {{CITY}}}"
    assert prompts(text, TABLE)[:2] == ("a red bicycle", "the Lisbon")


def test_a_value_is_never_read_as_a_pattern() -> None:
    assert prompts("{{x}}!", "x\n{a|b}\n{{x}}\n\\{") == ("{a|b}!", "{{x}}!", "\\{!")


def test_an_unknown_column_is_named_with_those_that_there_are() -> None:
    assert problems("{{product}} {{colour}} {{city}}", TABLE) == {
        "prompt": "The rows have no column “colour”; their first line names “product”, “city”. "
        "Write \\{{colour}} to send it as it stands."
    }


def test_what_does_not_read_like_a_name_is_literal_beside_rows() -> None:
    assert prompts("{{x}} {{7*7}}", "x\na") == ("a {{7*7}}",)
    assert prompts("{{x}} {{7*7}}", "x,7*7\na,49") == ("a 49",)


def test_an_escaped_column_is_literal_beside_rows() -> None:
    assert prompts(r"{{x}} \{{colour}}", "x\na") == ("a {{colour}}",)


def test_a_column_that_is_not_used_is_named() -> None:
    assert problems("{{product}}", TABLE) == {
        "rows": "The prompt does not use the column “city”. "
        "Write {{city}} in it, or take the column out."
    }


def test_columns_without_rows_stay_and_are_told() -> None:
    found = expand("{{product}} {{7*7}} {{product}}", most=50)
    assert found.prompts == ("{{product}} {{7*7}} {{product}}",)
    assert found.unfilled == ("{{product}}",)


def test_rows_and_choices_together_keep_to_the_most() -> None:
    rows = "x\n" + "\n".join("ab" for _ in range(30))
    assert problems("{{x}} {1|2}", rows) == {
        "prompt": "30 × 2 = 60 generations; 50 at most for one press."  # noqa: RUF001
    }


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ((3, 4), "3 × 4 = 12 generations"),  # noqa: RUF001
        ((12,), "12 generations"),
        ((1,), "1 generation"),
        ((2000, 2), "2,000 × 2 = 4,000 generations"),  # noqa: RUF001
        ((COUNT_LIMIT, 2), "More than 1,000,000 generations"),
    ],
)
def test_the_count_in_words(factors: tuple[int, ...], words: str) -> None:
    assert count_sentence(factors) == words


def test_an_uncountable_number_is_known_as_such() -> None:
    assert not expand("{a|b}" * 30, most=50).countable
    assert not Expansion(problems={"rows": "No."}).countable
    assert expand("{a|b}" * 8, most=50).countable
    assert expand("plain", most=50).countable
