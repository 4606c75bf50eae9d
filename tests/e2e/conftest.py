"""A real Chromium against a live server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """One browser per module; without one the tests fail, they do not hide."""
    if not CHROMIUM.exists():
        pytest.fail("install chromium (Debian: apt-get install chromium)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in this thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, live_server, request):
    """Open a page, signed in: `visit(cast.ana, "/produtos", width=390)`. Faults in the page fail the test."""
    contexts, faults = [], []

    def open_(user, path="/produtos", *, width=1280, height=800, dark=False, scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="pt-BR",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if user:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.goto(live_server.url + path)
        return page

    open_.faults = faults
    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def session_of(user) -> str:
    """Return the key of a new session of somebody."""
    from django.test import Client

    from cast import proved

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    proved(client)
    return client.cookies["sessionid"].value


@pytest.fixture
def cast(transactional_db):
    """The people, in a database that the live server sees."""
    from cast import make_cast

    return make_cast()
