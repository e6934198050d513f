"""Password validators beyond Django's own."""

from django.core.exceptions import ValidationError

from studio.accounts.models import User

MAX_LENGTH = 256


class MaximumLengthValidator:
    """Refuses very long passwords, which take long to hash."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for more than MAX_LENGTH characters."""
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"At most {MAX_LENGTH} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule, for the form's help text."""
        return f"Your password can have at most {MAX_LENGTH} characters."
