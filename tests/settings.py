"""The studio's settings, as the tests want them: a folder of their own, and no network."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
os.environ.setdefault("STUDIO_DATA", str(_folder))
for _name in ("LUMAAI_API_KEY", "LUMAAI_BASE_URL", "PUBLIC_BASE_URL", "DATABASE_URL", "QUEUE_URL"):
    os.environ.pop(_name, None)

from studio.settings import *  # noqa: E402, F403
from studio.settings import DATA_DIR, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
