"""The e-mail backend of a studio without a mail server: it writes files."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.filebased import EmailBackend


class PrivateEmailBackend(EmailBackend):
    """Writes each e-mail into a folder of mode 0700, for e-mails may hold reset links."""

    def __init__(self, *args: Any, **options: Any) -> None:
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, **options)
