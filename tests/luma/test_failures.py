"""Every failure reason has plain words: what happened, that it is refunded, what to do now."""

from __future__ import annotations

import pytest

from generations.luma.failures import Fix, advice_for_failure, field_of_refusal

REASONS = [
    ("Contains blacklisted words", "blocked word", Fix.PROMPT),
    ("Failed to read user input frames", "could not open your picture", Fix.IMAGE),
    ("Frame moderation failed", "refused the picture", Fix.IMAGE),
    ("Advanced prompt moderation failed", "refused the text", Fix.PROMPT),
    ("Advanced moderation failed", "refused the text", Fix.PROMPT),
    ("400: failed to moderate image", "could not open or check", Fix.IMAGE),
    ("prompt not allowed", "refused the text", Fix.PROMPT),
    ("Prompt contains IP", "something protected", Fix.PROMPT),
    ("Prompt processing failed", "failed to read the prompt", Fix.RETRY),
    ("Error dispatching job", "could not start", Fix.RETRY),
    ("Job failed", "failed to make", Fix.RETRY),
    ("Error processing callback", "reported back", Fix.RETRY),
]


@pytest.mark.parametrize(("reason", "words", "fix"), REASONS)
def test_reason_has_its_advice(reason: str, words: str, fix: Fix) -> None:
    for told in (reason, reason.upper(), f"500:  {reason} (code 7)", reason.replace(" ", "\n")):
        advice = advice_for_failure(told)
        assert words in advice.sentence
        assert advice.fix is fix
        assert advice.can_retry is (fix is Fix.RETRY)


@pytest.mark.parametrize("reason", [None, "", "  ", "Something new", "Джоб упал"])
def test_unknown_reason_has_advice_too(reason: str | None) -> None:
    advice = advice_for_failure(reason)
    assert advice.sentence == "Luma failed without a reason that we know. Refunded."
    assert advice.can_retry


@pytest.mark.parametrize("reason", [reason for reason, _, _ in REASONS] + [None])
def test_every_failure_says_that_it_was_refunded_and_what_to_do(reason: str | None) -> None:
    advice = advice_for_failure(reason)
    assert not advice.charged
    assert advice.sentence.endswith(" Refunded.")
    assert advice.advice.endswith(".")
    assert len(advice.advice) > 20


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ("Prompt is required", "prompt"),
        ("Prompt is too short, minimum length is 3 characters", "prompt"),
        ("Prompt is too long, maximum length is 5000 characters", "prompt"),
        ("Loop is not supported for extend reverse", "loop"),
        ("No keyframes provided", "keyframes"),
        ("400: failed to moderate image", "keyframes"),
        ("Unknown request type", None),
        ("Invalid API key is provided", None),
    ],
)
def test_refusal_stands_at_the_field_it_speaks_of(detail: str, field: str | None) -> None:
    assert field_of_refusal(detail) == field
