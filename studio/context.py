"""Template context that every page needs."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """Return what base.html needs; no query."""
    return {"on_sandbox": settings.ON_SANDBOX}
