"""Form fields for names, e-mail addresses and passwords."""

import re
import unicodedata
from typing import Any

from django import forms

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode categories that show nothing or change the direction of reading; JOINERS are kept."""

PASSWORD_HELP = "At least 8 characters, and not a common password."  # noqa: S105

JOINERS = frozenset("\u200c\u200d")
"""Invisible characters that emoji and some scripts need inside a word."""


def visible_text(text: str) -> str:
    """Return one line without control characters and with single spaces."""
    shown = (
        c if c in JOINERS or unicodedata.category(c) not in HIDDEN_CATEGORIES else " " for c in text
    )
    return re.sub(r"\s+", " ", "".join(shown)).strip(" \u200c\u200d")


class NameField(forms.CharField):
    """A name of a person or a team: one line of up to 80 characters, at least one visible."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 80, **options})

    def to_python(self, value: Any) -> str:
        """Remove invisible characters before the length is checked."""
        return visible_text(super().to_python(value) or "")


class AddressField(forms.EmailField):
    """An e-mail address, returned in lower case."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
        super().__init__(**{"label": "E-mail", "max_length": 254, "widget": widget, **options})

    def clean(self, value: Any) -> str:
        """Validate the address and return it in lower case."""
        return str(super().clean(value)).lower()


class NewPasswordField(forms.CharField):
    """A new password. The form checks it against the person's name and address."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        defaults = {
            "label": "Password",
            "strip": False,
            "widget": widget,
            "help_text": PASSWORD_HELP,
        }
        super().__init__(**{**defaults, **options})
