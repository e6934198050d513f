"""Template context that every page needs."""

from django.conf import settings
from django.http import HttpRequest

from generations.media.limits import REQUEST_TOO_LARGE


def installation(request: HttpRequest) -> dict[str, object]:
    """Return what base.html needs. No query."""
    return {"on_sandbox": settings.ON_SANDBOX, "too_large": REQUEST_TOO_LARGE}
