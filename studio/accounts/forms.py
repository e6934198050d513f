"""The forms of accounts: new account, profile, and allauth's forms with our labels."""

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
    """Name, e-mail address and password of a new account."""

    name = NameField(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField()
    password = NewPasswordField()

    def clean(self) -> dict[str, Any]:
        """Check the password against the name and the address."""
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
    """What a person may change of their account. The address is shown and cannot be changed."""

    name = NameField(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = AddressField(
        disabled=True,
        required=False,
        help_text="You sign in with this address. The operator of the studio can change it.",
    )


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]
    """allauth's sign-in form without placeholders and help text."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = "E-mail"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""
        _remove_placeholders(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """Changes a password whose old one is known."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["oldpassword"].label = "Current password"
        self.fields["oldpassword"].help_text = ""
        _label_new_password(self)


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """Sets the first password of an account that the operator made without one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _label_new_password(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Asks for an e-mail with a link to choose a new password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = "E-mail"
        _remove_placeholders(self)

    def save(self, request: HttpRequest, **options: Any) -> str:
        """Send one e-mail, to a stranger too: neither page nor time shows who has an account."""
        if self.users:
            return str(super().save(request, **options))
        address = str(self.cleaned_data["email"])
        get_adapter().send_mail("account/email/unknown_account", address, {})
        return address


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Sets a new password through the link of the e-mail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _label_new_password(self)


def _label_new_password(form: forms.Form) -> None:
    form.fields["password1"].label = "New password"
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password2"].label = "New password again"
    _remove_placeholders(form)


def _remove_placeholders(form: forms.Form) -> None:
    """Remove placeholders: they repeat the labels and vanish while a person types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
