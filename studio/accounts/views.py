"""The pages of accounts: allauth's views with our forms, and the profile."""

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


class InvalidFormStatusMixin:
    """Gives an invalid form the status 422, as everywhere in the studio."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with status 422."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class Login(InvalidFormStatusMixin, allauth_views.LoginView):  # type: ignore[misc]
    """The sign-in page."""

    form_class = forms.LoginForm


class Logout(InvalidFormStatusMixin, allauth_views.LogoutView):  # type: ignore[misc]
    """The sign-out page: GET asks, POST signs out."""


class ChangePassword(InvalidFormStatusMixin, allauth_views.PasswordChangeView):  # type: ignore[misc]
    """The page to change a password."""

    form_class = forms.ChangePasswordForm


class SetPassword(InvalidFormStatusMixin, allauth_views.PasswordSetView):  # type: ignore[misc]
    """The page to choose a first password."""

    form_class = forms.SetPasswordForm


class ResetPassword(InvalidFormStatusMixin, allauth_views.PasswordResetView):  # type: ignore[misc]
    """The page to ask for the reset e-mail."""

    form_class = forms.ResetPasswordForm


class ResetPasswordFromKey(InvalidFormStatusMixin, allauth_views.PasswordResetFromKeyView):  # type: ignore[misc]
    """The page that the link of the reset e-mail opens."""

    form_class = forms.ResetPasswordKeyForm


allow_form_methods = require_http_methods(["GET", "HEAD", "POST"])

login = allow_form_methods(Login.as_view())
logout = allow_form_methods(Logout.as_view())
change_password = allow_form_methods(login_required(ChangePassword.as_view()))
set_password = allow_form_methods(login_required(SetPassword.as_view()))
reset_password = allow_form_methods(ResetPassword.as_view())
reset_password_from_key = allow_form_methods(ResetPasswordFromKey.as_view())


@allow_form_methods
@login_required
def profile(request: StudioRequest) -> HttpResponse:
    """Show the profile; a POST changes the name that others see."""
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
    """Sign in a person whose link has shown who they are; redirect to their library."""
    response: HttpResponse = perform_login(request, user, redirect_url="/")
    return response
