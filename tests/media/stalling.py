"""The application that gunicorn serves in test_stalled_clients: a page, and one large file."""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="only-for-this-test",
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "studio.accounts",
        "studio.teams",
        "generations.media",
    ],
    AUTH_USER_MODEL="accounts.User",
    MEDIA_ROOT=Path(os.environ["STALLING_ROOT"]),
    MEDIA_RESERVE=0,
    MEDIA_STREAMS=8,
    MEDIA_KEY="0",
)
django.setup()

from generations.media.models import StoredFile  # noqa: E402 (models need the settings)
from generations.media.serving import file_response  # noqa: E402


def film(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a file that the test has put there, without a database."""
    size = (settings.MEDIA_ROOT / name).stat().st_size
    stored = StoredFile(
        uuid=UUID(int=1),
        purpose="original",
        path=name,
        content_type="video/mp4",
        size=size,
        sha256="0" * 64,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return file_response(request, stored)


def page(request: HttpRequest) -> HttpResponse:
    """Any page of the studio."""
    return HttpResponse("page")


urlpatterns = [path("media/<str:name>", film), path("page", page)]
application = WSGIHandler()
