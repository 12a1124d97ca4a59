"""A real Chromium, the computer's own; where there is none, tests fail and say what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

__all__ = ["NoBrowserError", "browser", "found"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: It asks nobody for anything but the pages under test.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    # A name of a school's network: over plain http, and no secure context.
    "--host-resolver-rules=MAP cycles.school.test 127.0.0.1",
)


class NoBrowserError(Exception):
    """There is no Chromium here."""


def found() -> str:
    """Where Chromium is; raises `NoBrowserError` with what to do."""
    named = os.environ.get("CYCLES_TEST_CHROMIUM")
    path = named or next((p for n in _NAMES if (p := shutil.which(n))), None)
    if path is None:
        raise NoBrowserError(
            "The pages are tested in Chromium, and there is none here. On Debian and Ubuntu: "
            "apt-get install chromium fonts-noto-cjk; elsewhere name one that you have: "
            "CYCLES_TEST_CHROMIUM=/path/to/chrome make test"
        )
    return path


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, running until the block ends."""
    # Its sandbox refuses to be started by root.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found(), args=[*_QUIET, *as_root])
        try:
            yield running
        finally:
            running.close()


if __name__ == "__main__":
    try:
        found()
    except NoBrowserError as error:
        sys.exit(str(error))
