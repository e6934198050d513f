"""The profile: what a person may change about themselves."""

import pytest
from django.test import Client

from studio.accounts.models import User

PROFILE = "/accounts/profile/"


def test_the_profile_shows_name_and_address(client: Client, ada: User) -> None:
    client.force_login(ada)
    page = client.get(PROFILE).content.decode()
    assert 'value="Ada"' in page
    assert "ada@example.com" in page
    assert page.count("<h1") == 1


def test_a_new_name_is_kept(client: Client, ada: User) -> None:
    client.force_login(ada)
    answer = client.post(PROFILE, {"name": "  Ada   Lovelace "}, follow=True)
    assert "Saved." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200b", "\u202e", "\x07", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(client: Client, ada: User, name: str) -> None:
    client.force_login(ada)
    answer = client.post(PROFILE, {"name": name})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("🎬🎥", "🎬🎥"),
        ("👩\u200d🎨 Ada", "👩\u200d🎨 Ada"),
        ("evil\u202egnp.exe", "evil gnp.exe"),
        ("two\r\nlines", "two lines"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_names_are_one_line_that_reads_in_one_direction(
    client: Client, ada: User, typed: str, kept: str
) -> None:
    client.force_login(ada)
    assert client.post(PROFILE, {"name": typed}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == kept
    assert "<script>alert" not in client.get(PROFILE).content.decode()


def test_the_address_and_the_rights_cannot_be_smuggled_in(client: Client, ada: User) -> None:
    client.force_login(ada)
    smuggled = {"email": "eve@example.com", "is_superuser": "on", "is_moderator": "on"}
    client.post(PROFILE, {"name": "Ada", **smuggled})
    ada.refresh_from_db()
    assert (ada.email, ada.is_superuser, ada.is_moderator) == ("ada@example.com", False, False)


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PROFILE)["Location"] == "/accounts/login/?next=/accounts/profile/"
    assert client.post(PROFILE, {"name": "Eve"}).status_code == 302
