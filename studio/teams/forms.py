"""The forms of the welcome link and of invitations."""

from typing import Any

from django import forms

from studio.accounts.fields import NameField
from studio.accounts.forms import NewAccountForm


class WelcomeForm(NewAccountForm):
    """The first account, and the name of its team."""

    team_name = NameField(
        label="Team name",
        help_text="Everything that is made belongs to a team. You can invite people later.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("name", "team_name", "email", "password")


class JoinForm(NewAccountForm):
    """A new account for an invited person. The address is the invited one, whatever is sent."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].disabled = True
        self.fields["email"].help_text = "The invitation is for this address."
