"""Changing a password, resetting a forgotten one, and what a password must be."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from studio.accounts.models import User

CHANGE = "/accounts/password/change/"
RESET = "/accounts/password/reset/"
OLD = "a-long-password"
NEW = "violet-harbour-9"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def _sign_in(password: str) -> int:
    answer = Client().post("/accounts/login/", {"login": "ada@example.com", "password": password})
    return answer.status_code


def _change(client: Client, **fields: str) -> tuple[int, str]:
    form = {"oldpassword": OLD, "password1": NEW, "password2": NEW, **fields}
    answer = client.post(CHANGE, form)
    return answer.status_code, answer.content.decode()


def test_a_changed_password_is_the_only_one(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert client.get(CHANGE).status_code == 200
    assert _change(client)[0] == 302
    assert (_sign_in(OLD), _sign_in(NEW)) == (422, 302)
    assert client.get("/accounts/profile/").status_code == 200, "this session goes on"
    assert mail.outbox[-1].to == ["ada@example.com"]
    assert "The password of your account was changed." in mail.outbox[-1].body


def test_other_sessions_end_when_the_password_changes(client: Client, ada: User) -> None:
    other = Client()
    other.force_login(ada)
    client.force_login(ada)
    _change(client)
    assert other.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("oldpassword", "wrong", "Please type your current password."),
        ("password1", "short", "too short"),
        ("password1", "password123", "too common"),
        ("password1", "83659274619", "entirely numeric"),
        ("password1", "ada@example.com", "too similar"),
        ("password1", "x" * 257, "At most 256 characters."),
        ("password1", "violet\x00harbour", "Null characters are not allowed."),
        ("password2", "violet-harbour-8", "same password each time"),
    ],
)
def test_a_bad_password_is_refused_with_its_reason(
    client: Client, ada: User, field: str, value: str, sentence: str
) -> None:
    client.force_login(ada)
    status, page = _change(client, **{field: value})
    assert status == 422
    assert sentence in page
    assert _sign_in(OLD) == 302


def test_a_password_of_256_characters_is_taken(client: Client, ada: User) -> None:
    client.force_login(ada)
    long = "violet-harbour-9" * 16
    assert _change(client, password1=long, password2=long)[0] == 302
    assert _sign_in(long) == 302


def test_changing_a_password_needs_an_account(client: Client, db: None) -> None:
    assert client.get(CHANGE)["Location"].startswith("/accounts/login/")


def test_an_account_without_a_password_chooses_one(client: Client, ada: User) -> None:
    ada.set_unusable_password()
    ada.save()
    client.force_login(ada)
    assert client.get(CHANGE)["Location"] == "/accounts/password/set/"
    assert client.get("/accounts/password/set/").status_code == 200
    form = {"password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/set/", form).status_code == 302
    assert _sign_in(NEW) == 302


def _link() -> str:  # the one in the newest e-mail
    found = re.search(
        r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body)
    )
    assert found, mail.outbox[-1].body
    return found[1]


def test_a_forgotten_password_is_replaced_by_the_link_of_an_email(
    client: Client, ada: User
) -> None:
    assert client.get(RESET).status_code == 200
    answer = client.post(RESET, {"email": "Ada@example.com"}, follow=True)
    assert "Look into your e-mail" in answer.content.decode()
    answer = client.get(_link(), follow=True)
    page = answer.redirect_chain[-1][0]
    assert "set-password" in page, "the key leaves the address bar"
    answer = client.post(page, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed" in answer.content.decode()
    assert (_sign_in(OLD), _sign_in(NEW)) == (422, 302)


def test_a_reset_link_works_once(client: Client, ada: User) -> None:
    client.post(RESET, {"email": "ada@example.com"})
    link = _link()
    page = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(page, {"password1": NEW, "password2": NEW})
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_a_cut_reset_link_says_so(client: Client, ada: User) -> None:
    client.post(RESET, {"email": "ada@example.com"})
    page = client.get(_link()[:-3] + "/", follow=True).content.decode()
    assert "does not work any more" in page


def test_nobody_learns_who_has_an_account(client: Client, ada: User) -> None:
    known = client.post(RESET, {"email": "ada@example.com"})
    unknown = client.post(RESET, {"email": "eve@example.com"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert [message.to for message in mail.outbox] == [["ada@example.com"], ["eve@example.com"]]
    assert "No account here has this address" in mail.outbox[1].body


def test_a_reset_link_stands_under_the_public_address(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.ENV = settings.ENV.model_copy(update={"public_base_url": "https://studio.example"})
    client.post(RESET, {"email": "ada@example.com"})
    assert "https://studio.example/accounts/password/reset/key/" in mail.outbox[-1].body


def test_without_a_mail_server_letters_are_files_for_the_studio_alone(
    client: Client, ada: User, settings: Settings, tmp_path: Path
) -> None:
    from studio import settings as as_shipped

    assert as_shipped.EMAIL_FILE_PATH == as_shipped.DATA_DIR / "mail"
    settings.EMAIL_BACKEND = as_shipped.EMAIL_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    client.post(RESET, {"email": "ada@example.com"})
    (letter,) = (tmp_path / "mail").iterdir()
    assert "/accounts/password/reset/key/" in letter.read_text()
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_asking_too_often_is_answered_with_429(client: Client, ada: User) -> None:
    answers = [client.post(RESET, {"email": "ada@example.com"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert "Too many tries" in client.post(RESET, {"email": "ada@example.com"}).content.decode()


def test_an_address_with_a_line_break_is_refused(client: Client, db: None) -> None:
    answer = client.post(RESET, {"email": "a@example.com\r\nBcc: eve@example.com"})
    assert answer.status_code == 422
    assert not mail.outbox
