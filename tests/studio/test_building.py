"""Health check, headers, pages of errors, logs."""

import io
import json
import logging
import logging.config
import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from studio.accounts.models import User
from studio.errors import Conflict, NotFound
from studio.logs import request_id
from studio.middleware import (
    CompressPagesMiddleware,
    RequestContextMiddleware,
    StudioErrorMiddleware,
)
from studio.teams.models import Team


def test_health_says_ok_and_nothing_else(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


def test_health_is_read_only(client: Client, db: None) -> None:
    assert client.post("/healthz").status_code == 405


def test_every_page_has_the_strict_policy(client: Client, team: Team, ada: User) -> None:
    client.force_login(ada)
    for path in ("/accounts/profile/", f"/t/{team.slug}/", "/no-such-page/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Cache-Control"] == "private, no-store"
        assert "camera=()" in answer["Permissions-Policy"]


def test_pages_are_compressed_and_streams_are_not(rf: RequestFactory) -> None:
    request = rf.get("/", HTTP_ACCEPT_ENCODING="gzip")
    squeeze = CompressPagesMiddleware(lambda _: HttpResponse()).process_response
    assert squeeze(request, HttpResponse("word " * 1000))["Content-Encoding"] == "gzip"
    film = HttpResponse(b"0" * 5000, content_type="video/mp4")
    assert "Content-Encoding" not in squeeze(request, film).headers


@pytest.mark.parametrize(("error", "status"), [(NotFound(), 404), (Conflict("Too late."), 409)])
def test_an_error_for_people_is_a_page(
    error: Exception, status: int, rf: RequestFactory, db: None
) -> None:
    request = rf.get("/")
    answer = StudioErrorMiddleware(lambda _: HttpResponse()).process_exception(request, error)
    assert answer is not None
    assert answer.status_code == status
    assert str(error) in answer.content.decode()


def test_other_errors_are_left_to_be_loud(rf: RequestFactory) -> None:
    middleware = StudioErrorMiddleware(lambda _: HttpResponse())
    assert middleware.process_exception(rf.get("/"), ValueError("a bug")) is None


def test_a_request_has_a_name_while_it_is_answered(rf: RequestFactory) -> None:
    seen: list[str] = []

    def answer(_: object) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    response = RequestContextMiddleware(answer)(rf.get("/"))
    assert re.fullmatch(r"[0-9a-f]{16}", seen[0])
    assert response["X-Request-Id"] == seen[0]
    assert request_id.get() == ""


def test_logs_are_json_with_the_request_and_without_links() -> None:
    stream = io.StringIO()
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        settings.LOGGING["formatters"]["json"]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    token = request_id.set("0123456789abcdef")
    try:
        logger.warning("refused: %s", "/invitations/very-secret-token/")
    finally:
        request_id.reset(token)
        logger.removeHandler(handler)
    line = json.loads(stream.getvalue())
    assert line["request_id"] == "0123456789abcdef"
    assert line["level"] == "warning"
    assert "very-secret-token" not in stream.getvalue()
