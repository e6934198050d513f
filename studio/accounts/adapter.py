"""How allauth signs people in and up here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is closed: the welcome link and invitations make accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody makes an account without a link."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Go on only to a path of ours, never to what merely is no foreign host."""
        return bool(url) and str(url).startswith("/") and bool(super().is_safe_url(url))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the profile, from which people come."""
        return reverse("accounts:profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a reset e-mail.

        Under PUBLIC_BASE_URL where that is set: then a forged Host header cannot point the
        link anywhere else.
        """
        uidb36, _, temp_key = key.partition("-")
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": temp_key}
        )
        if settings.ENV.public_base_url:
            return f"{settings.ENV.public_base_url}{path}"
        return str(self.request.build_absolute_uri(path))
