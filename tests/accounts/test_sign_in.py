"""Signing in and out, and who is sent to the sign-in page."""

import pytest
from django.test import Client

from studio.accounts.models import User

LOGIN = "/accounts/login/"


def test_sign_in(client: Client, ada: User) -> None:
    answer = client.post(LOGIN, {"login": "Ada@Example.com", "password": "a-long-password"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/accounts/profile/").status_code == 200
