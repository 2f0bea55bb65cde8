"""A headless browser for the tests of pages; they are skipped, with the reason, where there is none."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opener = Callable[..., contextlib.AbstractContextManager[tuple[Any, list[str]]]]


@contextlib.contextmanager
def start_browser() -> Iterator[Opener]:
    """Chromium, as a function that opens a page in it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine: install Debian's `chromium`")
    reason = "Playwright is not installed: pip install playwright"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)

        @contextlib.contextmanager
        def open_page(path: Path, width: int = 1280, scheme: str = "light") -> Iterator[tuple[Any, list[str]]]:
            """A page, and its troubles: console errors, exceptions, requests to the network."""
            troubles: list[str] = []
            context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            page = context.new_page()
            page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("request", lambda request: _note_request(request.url, troubles))
            page.goto(path.as_uri(), wait_until="load")
            yield page, troubles
            context.close()

        yield open_page
        browser.close()


def _note_request(url: str, troubles: list[str]) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        troubles.append(f"asks the network for {url}")
