"""Plain words for the API's failures: what happened, whether it was charged, what to do now.

The reasons are from docs.lumalabs.ai/docs/errors and from reports of users (issues of
ComfyUI-LumaAI-API, third-party classifiers). They are matched as lower-case substrings, because
they also occur with prefixes ("400: failed to moderate image").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fix(StrEnum):
    """What the author can do: change prompt, image or settings, make it again, see the account."""

    PROMPT = "prompt"
    IMAGE = "image"
    SETTINGS = "settings"
    RETRY = "retry"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class FailureAdvice:
    """`sentence` says what happened and whether it was charged, `advice` what to do.

    `can_retry` means that the same request may succeed unchanged.
    """

    sentence: str
    advice: str
    charged: bool
    can_retry: bool
    fix: Fix


# Luma takes the price at submission and gives all of it back when a generation fails
# (docs.lumalabs.ai/docs/faq), so no failure is charged.


def _picture(sentence: str, advice: str) -> FailureAdvice:
    return FailureAdvice(
        f"{sentence} Refunded.", advice, charged=False, can_retry=False, fix=Fix.IMAGE
    )


def _text(sentence: str, advice: str) -> FailureAdvice:
    return FailureAdvice(
        f"{sentence} Refunded.", advice, charged=False, can_retry=False, fix=Fix.PROMPT
    )


def _passing(sentence: str) -> FailureAdvice:
    advice = "Nothing is wrong with your recipe. Make it again."
    return FailureAdvice(
        f"{sentence} Refunded.", advice, charged=False, can_retry=True, fix=Fix.RETRY
    )


_UNREADABLE = _picture(
    "Luma could not open your picture.",
    "Its address must open for everybody, without signing in or redirects. Upload the picture "
    "here, or choose one from the library.",
)
_PICTURE_REFUSED = _picture(
    "Luma's safety check refused the picture.",
    "Use another picture, or crop away what might look unsafe. The check is strict about people "
    "and brands.",
)
_TEXT_REFUSED = _text(
    "Luma's safety check refused the text.",
    "Change the prompt: leave out names of people and brands, violence and nudity. The check is "
    "sometimes wrong; other words for the same thing often pass.",
)
_PROTECTED = _text(
    "Luma refused the text because it names something protected.",
    "Describe the look instead of naming the character, brand or film.",
)
_BLACKLISTED = _text(
    "Luma's safety check refused the text: it contains a blocked word.",
    "Find the word in the prompt and replace it.",
)
_JOB_FAILED = _passing("Luma failed to make this.")

# The first match counts, so the particular reasons stand before the general ones.
_REASONS: tuple[tuple[str, FailureAdvice], ...] = (
    ("contains blacklisted words", _BLACKLISTED),
    ("blacklist", _BLACKLISTED),
    ("failed to read user input frames", _UNREADABLE),
    (
        "failed to moderate image",
        _picture(
            "Luma could not open or check your picture.",
            "This mostly means that its server does not let Luma in. Upload the picture here, or "
            "choose one from the library.",
        ),
    ),
    ("frame moderation failed", _PICTURE_REFUSED),
    ("image moderation failed", _PICTURE_REFUSED),
    ("advanced prompt moderation failed", _TEXT_REFUSED),
    ("advanced moderation failed", _TEXT_REFUSED),
    ("prompt moderation failed", _TEXT_REFUSED),
    ("prompt not allowed", _TEXT_REFUSED),
    ("contains ip", _PROTECTED),
    ("moderation", _TEXT_REFUSED),
    ("prompt processing failed", _passing("Luma failed to read the prompt.")),
    ("error dispatching job", _passing("Luma could not start this.")),
    (
        "error processing callback",
        _passing("Luma made this, but failed when it reported back."),
    ),
    ("job failed", _JOB_FAILED),
)

_UNKNOWN = _passing("Luma failed without a reason that we know.")


def advice_for_failure(failure_reason: str | None) -> FailureAdvice:
    """Return the advice for a failure_reason; unknown reasons and None have one, too."""
    told = " ".join((failure_reason or "").lower().split())
    return next((advice for words, advice in _REASONS if words in told), _UNKNOWN)


# Refusals of creates (docs.lumalabs.ai/docs/errors), with the field of the request they are about.
_FIELDS_OF_REFUSALS: tuple[tuple[str, str], ...] = (
    ("prompt is required", "prompt"),
    ("prompt is too short", "prompt"),
    ("prompt is too long", "prompt"),
    ("blacklisted words", "prompt"),
    ("loop is not supported", "loop"),
    ("no keyframes provided", "keyframes"),
    ("user input frames", "keyframes"),
    ("failed to moderate image", "keyframes"),
)


def field_of_refusal(detail: str) -> str | None:
    """Return the field of the request that a refusal is about, or None."""
    told = detail.lower()
    return next((field for words, field in _FIELDS_OF_REFUSALS if words in told), None)
