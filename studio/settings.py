"""Django's settings; env.py reads those that an operator may change."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import structlog
from csp.constants import NONE, SELF

from studio.env import ROOT, SANDBOX_KEY, Environment, Secrets
from studio.logs import hide_links, name_request

ENV = Environment()
SECRETS = Secrets(ENV.studio_data).read()

BASE_DIR = ROOT
DATA_DIR: Path = ENV.studio_data
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key.get_secret_value() if ENV.secret_key else SECRETS["secret_key"]
ALLOWED_HOSTS = [*ENV.allowed_hosts]
ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# The studio's own ---------------------------------------------------------------------------

ON_SANDBOX = ENV.on_sandbox
LUMAAI_API_KEY = ENV.lumaai_api_key.get_secret_value() if ENV.lumaai_api_key else SANDBOX_KEY
LUMAAI_BASE_URL = ENV.luma_base_url
PUBLIC_BASE_URL = ENV.public_url
LUMA_LIMITS = ENV.account_limits
CALLBACK_KEY = SECRETS["callback_key"]
MEDIA_KEY = SECRETS["media_key"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_RESERVE = 2 * 1024**3  # bytes of the disk that media leave free
MEDIA_QUOTA = 20 * 1000**3  # bytes, for the files of one team
MEDIA_STREAMS = max(4, ENV.web_threads - 8)  # streams at once in a process; pages need threads
LIBRARY_PAGE_SIZE = 48
MOST_PER_PRESS = ENV.most_per_press
TRASH_DAYS = 30

WATCH_INTERVAL = ENV.watch_interval
SWEEP_INTERVAL = ENV.sweep_interval
CLAIM_LEASE = ENV.claim_lease
DOUBT_HORIZON = ENV.doubt_horizon
HEARTBEAT_INTERVAL = ENV.heartbeat_interval
WATCHDOG_AFTER = ENV.watchdog_after
WATCHER_LEASE = ENV.watcher_lease
STALL_AFTER = ENV.stall_after

# Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "studio",
    "studio.accounts",
    "studio.teams",
    "generations.spending",
    "generations.media",
    "generations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_q",
    "csp",
    "lucide",
]

MIDDLEWARE = [
    "studio.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # before the policy, which is for pages
    "csp.middleware.CSPMiddleware",
    "studio.middleware.CompressPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.middleware.ResponseHeadersMiddleware",
    "studio.middleware.StudioErrorMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.context.installation",
            ],
            "builtins": ["django.templatetags.static", "lucide.templatetags.lucide"],
        },
    }
]

FORM_RENDERER = "studio.forms.StudioFormRenderer"

# Database -----------------------------------------------------------------------------------

DATABASE_URL = ENV.database_url or f"sqlite:///{DATA_DIR / 'studio.sqlite3'}"
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE and FULL: see docs/decisions/0002-sqlite.md.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000"
        ),
    }

# Queue: hints only; the rows are the truth (docs/architecture.md) ----------------------------

Q_CLUSTER: dict[str, Any] = {
    "name": "studio",
    "workers": ENV.queue_workers,
    "queue_limit": 2,
    "bulk": 1,
    "timeout": ENV.queue_timeout,
    "retry": ENV.queue_retry,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "recycle": 500,
    "poll": 0.2 if ENV.queue_url else 0,
    "catch_up": False,
    "guard_cycle": 0.5,
    "label": "Queue",
}
if ENV.queue_url:
    Q_CLUSTER["redis"] = ENV.queue_url
else:
    Q_CLUSTER["orm"] = "default"
    Q_CLUSTER["broker_class"] = "generations.lifecycle.waking_broker.WakingBroker"

if ENV.cache_url:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": ENV.cache_url,
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "studio",
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }

# People -------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append({"NAME": "studio.accounts.passwords.MaximumLengthValidator"})
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "studio.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "studio.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Security headers ---------------------------------------------------------------------------

_PUBLIC_HTTPS = bool(ENV.public_base_url and ENV.public_base_url.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _PUBLIC_HTTPS
SECURE_HSTS_SECONDS = 31536000 if _PUBLIC_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _PUBLIC_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Behind our own proxy, rate limits count by the client address that the proxy reports.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _PUBLIC_HTTPS else 0
CSRF_TRUSTED_ORIGINS = [ENV.public_base_url] if ENV.public_base_url else []
if ENV.public_base_url:
    ALLOWED_HOSTS.append(ENV.public_base_url.split("//", 1)[-1].split("/")[0].rsplit(":", 1)[0])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "generations.media.receiving.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = None

# Static files -------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31536000
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Mail, language, time -----------------------------------------------------------------------

EMAIL_CONFIG = urlsplit(ENV.email_url) if ENV.email_url else None
if EMAIL_CONFIG and EMAIL_CONFIG.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = EMAIL_CONFIG.hostname
    EMAIL_PORT = EMAIL_CONFIG.port or 587
    EMAIL_HOST_USER = EMAIL_CONFIG.username or ""
    EMAIL_HOST_PASSWORD = EMAIL_CONFIG.password or ""
    EMAIL_USE_TLS = EMAIL_CONFIG.scheme == "smtp+tls"
    EMAIL_USE_SSL = EMAIL_CONFIG.scheme == "smtps"
else:
    EMAIL_BACKEND = "studio.accounts.mail.PrivateEmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = "Dailies <dailies@localhost>"

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Logs: one JSON object a line, with the request's id ------------------------------------------

_SHARED: list[Any] = [
    name_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_links,
]
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
