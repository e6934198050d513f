"""Log lines contain no secrets."""

import json
import logging

import pytest
from django.test import Client

from studio.logs import hide_links


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /welcome/0123abcd/", "Not Found: /welcome/…/"),
        ("Forbidden: /invitations/SJnK-pn_U/join/", "Forbidden: /invitations/…/join/"),
        ("Gone: /invitations/SJnKpn", "Gone: /invitations/…"),
        ("/accounts/password/reset/key/1-abc-def/", "/accounts/password/reset/key/…/"),
        ("Not Found: /hooks/luma/5f.8a9b", "Not Found: /hooks/luma/…"),
        ("Not Found: /s/5f8a9b/?x=1", "Not Found: /s/…/?x=1"),
        ("Not Found: /t/northlight/g/1/", "Not Found: /t/northlight/g/1/"),
    ],
)
def test_the_secret_part_of_an_address_is_taken_out(said: str, kept: str) -> None:
    assert hide_links(None, "info", {"event": said, "team": 1}) == {"event": kept, "team": 1}


def test_a_refused_request_is_logged_without_its_token(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The handler as the studio configures it, fed with the record that Django writes."""
    client.get("/invitations/a-token-that-opens-a-door/")
    record = next(r for r in caplog.records if r.name == "django.request")
    assert "a-token-that-opens-a-door" in record.getMessage(), "Django itself would say it"
    (shipped,) = (h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    event = json.loads(shipped.format(record))["event"]
    assert event == "Not Found: /invitations/…/"
