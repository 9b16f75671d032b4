"""Headless Chromium for the tests of the pages: the machine's own, or the one that is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMED = "JOINEDUP_CHROMIUM"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
WAIT_MS = 60_000
"""How long a page may take on a busy machine; no test is about that."""
MISSING = (
    "there is no Chromium on the PATH. Run `make browser`, install the package chromium of your"
    f" system, or name it with {NAMED}."
)


def chromium_path(own: str) -> str | None:
    """Return where Chromium is: named, on the PATH, or fetched by Playwright; None where it is not.

    own: where Playwright keeps its own, `playwright install chromium` fetched it.
    """
    named = os.environ.get(NAMED)
    found = named or next(filter(None, map(shutil.which, ON_PATH)), None)
    return found or (own if Path(own).exists() else None)


@contextmanager
def headless() -> Iterator[Browser]:
    """Yield the browser; skip, in words, where this machine has none."""
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        if path is None:
            pytest.skip(f"THE PAGES ARE NOT SEEN IN A BROWSER HERE: {MISSING}")
        # As root, and in most containers, Chromium can make no sandbox; it opens our pages alone.
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def sign_in(
    page: Page, address: str, password: str, *, name: str, la: str, role: str, teams: str = ""
) -> None:
    """Sign in by the form of the local login."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Your name").fill(name)
    page.get_by_label(la, exact=True).check()
    page.locator(f"input[name=role][value={role}]").check()
    page.get_by_label("Teams").fill(teams)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core holds against the page as it stands, by WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    return [
        {"rule": one["id"], "places": [node["target"] for node in one["nodes"]][:3]}
        for one in found.response["violations"]
    ]


def main() -> int:
    """Say whether there is a Chromium; return 1 where there is none."""
    with sync_playwright() as playwright:
        found = chromium_path(playwright.chromium.executable_path)
    print(f"Chromium: {found}" if found else f"For the tests of the pages {MISSING}")
    return 0 if found else 1


if __name__ == "__main__":
    raise SystemExit(main())
