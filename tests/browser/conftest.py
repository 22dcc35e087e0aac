"""One Chromium for all tests of this folder. It has no network but loopback, and tests say so if asked for.

Playwright's asynchronous form: its other form keeps a loop running in the thread, and then no test
of that process could run one. All tests here share one loop, as the browser belongs to it.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

import skillopt
from tests.browser import samples
from tests.browser.browsing import FLAGS, NO_BROWSER, Watch, chromium
from tests.scripted import command, environment

FOLDER = Path(__file__).parent
HANGS = 60_000
"""Milliseconds after which a page will not answer any more, however busy the machine is."""
expect.set_options(timeout=HANGS)


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
        context.set_default_timeout(HANGS)
        contexts.append(context)
        await watch.over(context)
        return await context.new_page()

    yield opened
    for context in contexts:
        await context.close()


class Desks(NamedTuple):
    """A project with two runs on a skill, hostile texts in all of it."""

    skill: Path
    first: skillopt.Run
    second: skillopt.Run

    @property
    def folder(self) -> Path:
        return self.skill.parents[1]


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    if chromium() is None:
        pytest.skip(NO_BROWSER)
    skill = samples.project(tmp_path_factory.mktemp("desks"))
    first = skillopt.tune(skill, **samples.asked(skill))
    return Desks(skill, first, skillopt.tune(skill, **samples.asked(skill, seed=5, rounds=2)))


class Served(NamedTuple):
    """A server of a project's ledger."""

    link: str
    """What it printed, with the token."""

    @property
    def address(self) -> str:
        return self.link.partition("/sign-in")[0]


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """`skillopt serve` in a project, until the end of the block."""
    with subprocess.Popen(
        command("serve", "--port", "0"),
        cwd=folder,
        env=environment({"PYTHONUNBUFFERED": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            link = next(line.strip() for line in process.stdout if "/sign-in?token=" in line)
            yield Served(link)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served(desks: Desks) -> Iterator[Served]:
    with serving(desks.folder) as found:
        yield found
