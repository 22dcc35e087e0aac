"""One Chromium for all tests of this folder. It has no network but loopback, and tests say so if asked for.

Playwright's asynchronous form: its other form keeps a loop running in the thread, and then no test
of that process could run one. All tests here share one loop, as the browser belongs to it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.browsing import FLAGS, NO_BROWSER, Watch, chromium

FOLDER = Path(__file__).parent


class OpenPage(Protocol):
    async def __call__(
        self, *, dark: bool = False, width: int = 1280, javascript: bool = True
    ) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    shared = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if FOLDER in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(shared, append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip(NO_BROWSER)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=path, args=FLAGS) as opened,
    ):
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def watch() -> AsyncIterator[Watch]:
    """Fails the test for what no page may do: see `Watch`. A test that provokes it clears `found`."""
    watching = Watch()
    yield watching
    assert watching.found == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, watch: Watch) -> AsyncIterator[OpenPage]:
    """Opens a page in a profile of its own: another person's browser."""
    contexts = []

    async def opened(*, dark: bool = False, width: int = 1280, javascript: bool = True) -> Page:
        context = await browser.new_context(
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        await watch.over(context)
        return await context.new_page()

    yield opened
    for context in contexts:
        await context.close()
