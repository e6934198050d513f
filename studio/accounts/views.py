"""Pages of accounts: allauth's, with our forms and answers, and the profile."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from studio.accounts import actions, forms
from studio.accounts.access import login_required
from studio.accounts.models import User
from studio.http import StudioRequest


class AnswersForms:
    """A form view whose invalid form is 422, as everywhere in the studio."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with the status that says so."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class Login(AnswersForms, allauth_views.LoginView):  # type: ignore[misc]
    """Signing in."""

    form_class = forms.LoginForm


class Logout(AnswersForms, allauth_views.LogoutView):  # type: ignore[misc]
    """Signing out; a GET asks first."""


class ChangePassword(AnswersForms, allauth_views.PasswordChangeView):  # type: ignore[misc]
    """Changing one's password."""

    form_class = forms.ChangePasswordForm


class SetPassword(AnswersForms, allauth_views.PasswordSetView):  # type: ignore[misc]
    """Choosing a first password."""

    form_class = forms.SetPasswordForm


class ResetPassword(AnswersForms, allauth_views.PasswordResetView):  # type: ignore[misc]
    """Asking for the e-mail."""

    form_class = forms.ResetPasswordForm


class ResetPasswordFromKey(AnswersForms, allauth_views.PasswordResetFromKeyView):  # type: ignore[misc]
    """Following the e-mail's link."""

    form_class = forms.ResetPasswordKeyForm


takes_a_form = require_http_methods(["GET", "HEAD", "POST"])

login = takes_a_form(Login.as_view())
logout = takes_a_form(Logout.as_view())
change_password = takes_a_form(login_required(ChangePassword.as_view()))
set_password = takes_a_form(login_required(SetPassword.as_view()))
reset_password = takes_a_form(ResetPassword.as_view())
reset_password_from_key = takes_a_form(ResetPasswordFromKey.as_view())


@takes_a_form
@login_required
def profile(request: StudioRequest) -> HttpResponse:
    """Show and change what others see of a person."""
    data = request.POST if request.method == "POST" else None
    shown = {"name": request.user.name, "email": request.user.email}
    form = forms.ProfileForm(data, initial=shown)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "accounts/profile.html", {"form": form}, status=status)
    actions.rename_account(request.user, form.cleaned_data["name"], acting_user=request.user)
    messages.success(request, "Saved.")
    return HttpResponseRedirect(request.path)


def sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign a person in whose link proved who they are, and send them to their library."""
    response: HttpResponse = perform_login(request, user, redirect_url="/")
    return response
