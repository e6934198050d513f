"""The pages that the welcome link and invitation links open."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from studio.accounts.access import login_required
from studio.accounts.limits import limit_sign_ups
from studio.accounts.queries import account_of
from studio.accounts.views import sign_in
from studio.accounts.welcome import welcome_is_open
from studio.http import StudioRequest
from studio.teams import access, actions
from studio.teams.forms import JoinForm, WelcomeForm
from studio.teams.models import Invitation


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@limit_sign_ups
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first account and its team. 404 once there is an account."""
    if not welcome_is_open(token):
        return render(request, "teams/welcome_closed.html", status=HTTPStatus.NOT_FOUND)
    form = WelcomeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "teams/welcome.html", {"form": form}, status=_status(form.is_bound))
    owner = actions.found_installation(token, **form.cleaned_data)
    return sign_in(request, owner)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@limit_sign_ups
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to anybody who has the link. A new person makes their account here."""
    found = access.open_invitation(token)
    if request.user.is_authenticated:
        return _ask_signed_in(request, found, token)
    if account_of(found.email):
        return render(request, "teams/invitation_sign_in.html", {"invitation": found})
    form = JoinForm(
        request.POST if request.method == "POST" else None, initial={"email": found.email}
    )
    if not form.is_valid():
        context = {"form": form, "invitation": found}
        return render(request, "teams/invitation.html", context, status=_status(form.is_bound))
    name, password = form.cleaned_data["name"], form.cleaned_data["password"]
    person = actions.join_with_new_account(found, name=name, password=password)
    return sign_in(request, person)


def _ask_signed_in(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """Ask a signed-in person to join, or say that they use another account."""
    context = {"invitation": found, "token": token}
    if request.user.is_authenticated and request.user.email == found.email:
        return render(request, "teams/invitation_join.html", context)
    return render(request, "teams/invitation_other.html", context, status=HTTPStatus.FORBIDDEN)


@require_POST
@login_required
def join(request: StudioRequest, token: str) -> HttpResponse:
    """Accept an invitation with the account that is signed in."""
    found = access.open_invitation(token)
    membership = actions.accept_invitation(found, acting_user=request.user)
    access.remember_team(request.session, membership.team)
    messages.success(request, f"You are in {membership.team.name} now.")
    return redirect("/")


def _status(bound: bool) -> HTTPStatus:
    """Return 200 for a new form, 422 for one that was sent and refused."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if bound else HTTPStatus.OK
