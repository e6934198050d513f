"""The studio's choices for allauth: no open sign-up, safe redirects, links of e-mails."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up: only the welcome link and invitations make accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody makes an account without a link."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Allow only paths of this site; allauth itself allows more than paths."""
        return bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the profile, where the link to this page is."""
        return reverse("accounts:profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a reset e-mail.

        It starts with PUBLIC_BASE_URL where that is set, so that a forged Host header cannot
        change where the link leads.
        """
        uidb36, _, temp_key = key.partition("-")
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": temp_key}
        )
        if settings.ENV.public_base_url:
            return f"{settings.ENV.public_base_url}{path}"
        return str(self.request.build_absolute_uri(path))
