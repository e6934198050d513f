"""Settings from the environment, typed and checked, and the installation's own secrets."""

import json
import os
import re
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

SANDBOX_KEY = "sandbox"


class Environment(BaseSettings):
    """Every setting that an operator may change; docs/operating.md describes each one.

    Read from the process environment and from `.env` beside manage.py. All wrong values are
    reported together, by name, when the process starts.
    """

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", extra="ignore", hide_input_in_errors=True
    )

    studio_data: Path = ROOT / "var"
    secret_key: SecretStr | None = None
    debug: bool = False
    allowed_hosts: Annotated[list[str], NoDecode] = ["localhost", "127.0.0.1", "[::1]"]
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    sandbox_port: int = Field(default=8001, ge=0, le=65535)
    web_processes: int = Field(default=1, ge=1, le=64)
    web_threads: int = Field(default=16, ge=2, le=256)

    lumaai_api_key: SecretStr | None = None
    lumaai_base_url: str | None = None
    luma_limits: str | None = None
    sandbox_options: str = ""
    public_base_url: str | None = None
    database_url: str | None = None
    queue_url: str | None = None
    cache_url: str | None = None
    email_url: str | None = None

    most_per_press: int = Field(default=50, ge=1, le=200)

    log_level: str = "INFO"

    # Times of worker, watcher and queue, in seconds; tests shorten them.
    watch_interval: float = Field(default=3.0, gt=0)
    sweep_interval: float = Field(default=2.0, gt=0)
    claim_lease: float = Field(default=120.0, gt=0)
    doubt_horizon: float = Field(default=900.0, gt=0)
    heartbeat_interval: float = Field(default=30.0, gt=0)
    watchdog_after: float = Field(default=90.0, gt=0)
    watcher_lease: float = Field(default=15.0, gt=0)
    queue_retry: int = Field(default=150, gt=0)
    queue_timeout: int = Field(default=60, gt=0)
    queue_workers: int = Field(default=2, ge=1, le=32)
    stall_after: float = Field(default=3600.0, gt=0)

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def split_commas(cls, value: object) -> object:
        """Split a comma-separated list and strip its items."""
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("lumaai_base_url", "public_base_url", mode="after")
    @classmethod
    def without_trailing_slash(cls, value: str | None) -> str | None:
        """Remove a final slash: paths are appended with one."""
        return value.rstrip("/") if value else None

    @field_validator(
        "lumaai_api_key", "secret_key", "database_url", "queue_url", "cache_url", mode="before"
    )
    @classmethod
    def empty_is_unset(cls, value: object) -> object:
        """Treat `NAME=` in a .env file as if the line were missing."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("lumaai_api_key", mode="after")
    @classmethod
    def one_word(cls, value: SecretStr | None) -> SecretStr | None:
        """Strip the key. It goes into a header, so it must be one word of printable ASCII."""
        if value is None:
            return None
        key = value.get_secret_value().strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("a key is one word of plain characters")
        return SecretStr(key)

    @field_validator("luma_limits", mode="after")
    @classmethod
    def limits_are_four_numbers(cls, value: str | None) -> str | None:
        """Check the form: `off`, or in flight/per minute for videos, then images: `10/20 40/80`."""
        if (
            value
            and value != "off"
            and not re.fullmatch(r"[1-9]\d*/[1-9]\d* [1-9]\d*/[1-9]\d*", value)
        ):
            raise ValueError("off, or videos then images as in flight/per minute: 10/20 40/80")
        return value or None

    @property
    def account_limits(self) -> dict[str, tuple[int, int]] | None:
        """By media type, how many may be in flight and how many created a minute; None: no limits.

        Empty where LUMA_LIMITS is not set: then the tier of a new account applies. Nothing is
        limited with our own sandbox if its options switch its limits off.
        """
        limits = self.luma_limits
        if limits is None and self.on_sandbox and "--limits off" in self.sandbox_options:
            limits = "off"
        if limits == "off":
            return None
        pairs = [part.split("/") for part in limits.split()] if limits else []
        return {
            media_type: (int(concurrent), int(minute))
            for media_type, (concurrent, minute) in zip(("video", "image"), pairs, strict=False)
        }

    @property
    def on_sandbox(self) -> bool:
        """Whether the studio uses the local sandbox, because no API key is set."""
        return self.lumaai_api_key is None

    @property
    def luma_base_url(self) -> str:
        """The address of the API, without a final slash."""
        if self.lumaai_base_url:
            return self.lumaai_base_url
        if self.on_sandbox:
            return f"http://127.0.0.1:{self.sandbox_port}/dream-machine/v1"
        return "https://api.lumalabs.ai/dream-machine/v1"

    @property
    def public_url(self) -> str | None:
        """The address at which the API reaches this studio; for a sandbox it is on loopback."""
        if self.public_base_url:
            return self.public_base_url
        return f"http://127.0.0.1:{self.port}" if self.on_sandbox else None


class Secrets:
    """The secrets of one installation, in one file of mode 0600 under STUDIO_DATA.

    The first start makes the file. A second process that starts at the same moment reads the
    file of the first one.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "secrets.json"

    def read(self) -> dict[str, str]:
        """Return the secrets. Makes them and writes the file if there is none."""
        try:
            values: dict[str, str] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return self._make()
        return values

    def _make(self) -> dict[str, str]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        values = {
            "secret_key": secrets.token_urlsafe(50),
            "callback_key": secrets.token_hex(32),
            "media_key": secrets.token_hex(32),
        }
        draft = self.path.with_suffix(f".{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            json.dump(values, stream)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, self.path)
        except FileExistsError:
            return self.read()
        finally:
            draft.unlink()
        return values
