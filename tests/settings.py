"""The studio's settings, as the tests want them: a folder of their own, and no network.

`TEST_ON=postgresql pytest …` runs them on the server of TEST_DATABASE_URL instead of on SQLite.
"""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="dailies-tests-"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if os.environ.setdefault("TESTS_OF", _worker) != _worker:
    # A worker of a parallel run inherits the folder of the process that started it.
    os.environ.update(TESTS_OF=_worker, STUDIO_DATA=str(_folder))
os.environ.setdefault("STUDIO_DATA", str(_folder))
for _name in ("LUMAAI_API_KEY", "LUMAAI_BASE_URL", "PUBLIC_BASE_URL", "DATABASE_URL", "QUEUE_URL"):
    os.environ.pop(_name, None)

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/test")
TEST_REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
ON_POSTGRESQL = os.environ.get("TEST_ON") == "postgresql"
if ON_POSTGRESQL:
    os.environ["DATABASE_URL"] = TEST_DATABASE_URL

from studio.settings import *  # noqa: E402, F403
from studio.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
# A file, not memory: threads and processes meet in it as they do in the studio. Several runs may
# share one PostgreSQL server.
DATABASES["default"]["TEST"] = {
    "NAME": f"test_dailies_{os.getpid()}" if ON_POSTGRESQL else str(_folder / "test.sqlite3")
}
