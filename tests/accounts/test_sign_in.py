"""Signing in and out, and who is sent to the sign-in page."""

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve
from django_htmx.middleware import HtmxMiddleware

from studio.accounts.access import login_required
from studio.accounts.models import User

LOGIN = "/accounts/login/"
PROFILE = "/accounts/profile/"
PASSWORD = "a-long-password"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Attempts of one test do not count in the next."""
    cache.clear()


def test_the_right_password_opens_the_studio(client: Client, ada: User) -> None:
    assert client.get(PROFILE).status_code == 302
    answer = client.post(LOGIN, {"login": "ada@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(PROFILE).status_code == 200


def test_the_address_may_be_written_in_capitals(client: Client, ada: User) -> None:
    answer = client.post(LOGIN, {"login": " Ada@Example.COM", "password": PASSWORD})
    assert answer.status_code == 302


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    client: Client, ada: User
) -> None:
    wrong = client.post(LOGIN, {"login": "ada@example.com", "password": "nope"})
    unknown = client.post(LOGIN, {"login": "eve@example.com", "password": "nope"})
    assert wrong.status_code == unknown.status_code == 422
    sentence = "The email address and/or password you specified are not correct."
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert 'role="alert"' in wrong.content.decode()
    assert "ada@example.com" in wrong.content.decode(), "the input is kept"


def test_an_account_is_locked_after_five_wrong_passwords(client: Client, ada: User) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": "ada@example.com", "password": "nope"})
    answer = client.post(LOGIN, {"login": "ada@example.com", "password": PASSWORD})
    assert "Too many failed login attempts" in answer.content.decode()
    assert client.get(PROFILE).status_code == 302


def test_a_closed_account_does_not_come_in(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.get(PROFILE).status_code == 200
    ada.is_active = False
    ada.save()
    assert client.get(PROFILE).status_code == 302, "an open session ends"
    answer = client.post(LOGIN, {"login": "ada@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/inactive/"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "javascript:alert(1)", "\\\\evil", "%2F%2Fevil"],
)
def test_a_foreign_address_to_go_on_to_is_ignored(client: Client, ada: User, address: str) -> None:
    form = {"login": "ada@example.com", "password": PASSWORD}
    answer = client.post(LOGIN, {**form, "next": address})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_our_own_address_to_go_on_to_is_kept(client: Client, ada: User) -> None:
    page = client.get(LOGIN, {"next": PROFILE}).content.decode()
    assert f'name="next" value="{PROFILE}"' in page
    form = {"login": "ada@example.com", "password": PASSWORD, "next": PROFILE}
    assert client.post(LOGIN, form)["Location"] == PROFILE


def test_signing_in_takes_a_new_session(client: Client, ada: User) -> None:
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    client.post(LOGIN, {"login": "ada@example.com", "password": PASSWORD})
    assert client.session.session_key != session.session_key


def test_looking_at_the_sign_out_page_signs_nobody_out(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.get(PROFILE).status_code == 200


def test_sign_out(client: Client, ada: User) -> None:
    client.force_login(ada)
    answer = client.post("/accounts/logout/")
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert client.get(PROFILE).status_code == 302


def test_sign_in_needs_the_form_s_token(ada: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post(LOGIN, {"login": "ada@example.com", "password": PASSWORD})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "reauthenticate/",
        "login/code/",
        "signup/passkey/",
        "3rdparty/",
    ],
)
def test_pages_of_allauth_that_we_do_not_have_do_not_exist(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(f"/accounts/{address}")


def test_nobody_signs_up_without_a_link(client: Client, db: None) -> None:
    answer = client.post("/accounts/signup/", {"email": "eve@example.com", "password1": PASSWORD})
    assert answer.status_code == 404
    assert not User.objects.exists()


def test_the_operator_s_pages_use_our_sign_in(client: Client, ada: User) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    client.force_login(ada)
    assert client.get("/admin/login/").status_code == 403, "signed in, but no operator"


@pytest.mark.parametrize(
    "model", ["accounts/user", "teams/team", "teams/membership", "teams/invitation"]
)
def test_the_operator_sees_people_and_teams(client: Client, ada: User, model: str) -> None:
    client.force_login(User.objects.create_superuser("root@example.com", PASSWORD))
    assert client.get(f"/admin/{model}/").status_code == 200


def test_the_operator_makes_an_account_in_lower_case(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("root@example.com", PASSWORD))
    form = {
        "email": "Kim@Example.com",
        "name": "Kim",
        "usable_password": "true",
        "password1": "violet-harbour-9",
        "password2": "violet-harbour-9",
    }
    assert client.get("/admin/accounts/user/add/").status_code == 200
    assert client.post("/admin/accounts/user/add/", form).status_code == 302
    kim = User.objects.get(email="kim@example.com")
    assert client.get(f"/admin/accounts/user/{kim.pk}/change/").status_code == 200


@login_required
def some_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def _ask(method: str, path: str, user: object, **headers: str) -> HttpResponse:
    request = RequestFactory().generic(method, path, headers=headers)
    request.user = user  # type: ignore[assignment]
    return HtmxMiddleware(some_page)(request)  # type: ignore[return-value]


class Nobody:
    is_authenticated = False


class Somebody:
    is_authenticated = True


def test_a_signed_in_person_passes() -> None:
    assert _ask("GET", "/t/a/", Somebody()).content == b"in"


def test_a_page_comes_back_after_signing_in() -> None:
    answer = _ask("GET", "/t/a/?q=sea", Nobody())
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/accounts/login/?next=/t/a/%3Fq%3Dsea",
    )


def test_a_form_comes_back_to_its_page() -> None:
    answer = _ask("POST", "/t/a/g/1/cancel/", Nobody(), Referer="http://testserver/t/a/")
    assert answer["Location"] == "/accounts/login/?next=/t/a/"


def test_a_foreign_referer_is_not_believed() -> None:
    answer = _ask("POST", "/t/a/g/1/cancel/", Nobody(), Referer="http://evil.example/t/a/")
    assert answer["Location"] == "/accounts/login/?next=/"


def test_htmx_is_told_to_go_to_the_sign_in_page_and_back() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/t/a/?page=2"}
    answer = _ask("GET", "/t/a/cards/", Nobody(), **headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=/t/a/%3Fpage%3D2"
    assert not answer.content
