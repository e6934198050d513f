"""What a password must be, beyond what Django asks."""

from django.core.exceptions import ValidationError

from studio.accounts.models import User

LONGEST = 256


class MaximumLengthValidator:
    """Refuses passwords that only cost time to hash."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for more than 256 characters."""
        if len(password) > LONGEST:
            raise ValidationError(f"At most {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        """Say the rule."""
        return f"Your password can have at most {LONGEST} characters."
