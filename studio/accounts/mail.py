"""E-mail of a studio without a mail server: files that only the studio's own user can read."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class PrivateFolder(EmailBackend):
    """Writes each e-mail under var/mail; reset links must not be readable by everybody."""

    def __init__(self, *args: Any, **options: Any) -> None:
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **options)
