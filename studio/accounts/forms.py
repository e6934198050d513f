"""What people fill in about themselves, and allauth's forms in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from studio.accounts.fields import PASSWORD_HELP, AddressField, NameField, NewPasswordField
from studio.accounts.models import User


class NewAccountForm(forms.Form):
    """Who they are and how they will sign in."""

    name = NameField(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField()
    password = NewPasswordField()

    def clean(self) -> dict[str, Any]:
        """Check the password against the name and address beside it."""
        cleaned = super().clean() or {}
        person = User(name=cleaned.get("name", ""), email=cleaned.get("email", ""))
        if "password" in cleaned:
            self._check_password(cleaned["password"], person)
        return cleaned

    def _check_password(self, password: str, person: User) -> None:
        try:
            validate_password(password, person)
        except ValidationError as error:
            self.add_error("password", error)


class ProfileForm(forms.Form):
    """What a person may change about themselves; the address is shown, not changed."""

    name = NameField(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField(
        disabled=True,
        required=False,
        help_text="You sign in with this address. The operator of the studio can change it.",
    )


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """Signing in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = "E-mail"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""
        _without_placeholders(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """Changing a password that one knows."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"].label = "Current password"
        self.fields["oldpassword"].help_text = ""
        _ask_new_password(self)


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """Choosing the first password of an account that the operator made without one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _ask_new_password(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a link to choose a new password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = "E-mail"
        _without_placeholders(self)

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Send one e-mail, to a stranger too: neither answer nor time tells who has an account."""
        if self.users:
            return str(super().save(request, **options))
        address = str(self.cleaned_data["email"])
        get_adapter().send_mail("account/email/unknown_account", address, {})
        return address


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Choosing a new password with the link of the e-mail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _ask_new_password(self)


def _ask_new_password(form: forms.Form) -> None:
    form.fields["password1"].label = "New password"
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password2"].label = "New password again"
    _without_placeholders(form)


def _without_placeholders(form: forms.Form) -> None:
    """Labels say it; a placeholder that repeats them vanishes while typing."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
