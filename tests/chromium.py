"""Debian's Chromium, or the one that CHROMIUM names, as tests, pictures and benchmarks start it.

As root it gives threads of its own real-time priority; on a small machine it then starves the very
studio that it looks at. It is started without the right to do so (CAP_SYS_NICE).
"""

import os
import shlex
import shutil
import tempfile
from functools import cache
from pathlib import Path

FOUND = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--autoplay-policy=no-user-gesture-required",
)


@cache
def executable() -> str | None:
    """Path of what to start; None where there is no Chromium. May write a short script."""
    if FOUND is None or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return FOUND
    script = Path(tempfile.mkdtemp(prefix="dailies-chromium-")) / "chromium"
    words = shlex.join(["setpriv", "--bounding-set=-sys_nice", "--", FOUND])
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    script.chmod(0o700)
    return str(script)
