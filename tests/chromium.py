"""Debian's Chromium, or the one that CHROMIUM names, as tests, pictures and benchmarks start it.

Its headless shell first: the same engine of the same build without a desktop around it, which opens
pages in two thirds of the time (docs/decisions/0009).
"""

import os
import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")

CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
"""Its path; None where there is none."""

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--autoplay-policy=no-user-gesture-required",
)
