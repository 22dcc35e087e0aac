"""What the browser's tests ask of a page, and what no page may do."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
VARIABLE = "SKILLOPT_TEST_CHROMIUM"
NO_BROWSER = f"no Chromium on PATH: install it, or name one in {VARIABLE}"

FOREIGN_NAME = "rebound.example"
"""A name of a stranger's that leads to 127.0.0.1, as after DNS rebinding."""

FLAGS = (
    "--no-sandbox",  # root has none, and CI is root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    f"--host-resolver-rules=MAP {FOREIGN_NAME} 127.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost",
)
HERE = {"127.0.0.1", "localhost", "::1", FOREIGN_NAME}
NO_NETWORK = {"about", "blob", "data", "file"}

SENTINEL = "sentinel"
"""A function of every page. A hostile text calls it: `<script>sentinel("idea")</script>`."""

GRAVE = {"serious", "critical"}


def chromium() -> str | None:
    """Its path: the one named in the environment, or the first that is installed."""
    named = os.environ.get(VARIABLE)
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def hostile(name: str) -> str:
    """A text that calls the sentinel wherever it is not escaped: between tags, in quotes, in a script."""
    call = f"{SENTINEL}('{name}')"
    return (
        f"\"'></textarea></title></style></script><script>{call}</script>"
        f"<img src=x onerror={call}>{{{{7*7}}}}"
    )


def stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in NO_NETWORK or parts.hostname in HERE


@dataclass
class Watch:
    """What happened in a context's pages that must not."""

    found: list[str] = field(default_factory=list)

    async def over(self, context: BrowserContext) -> None:
        await context.expose_function(SENTINEL, self._ran)
        context.on("request", self._asked)
        context.on("dialog", self._dialog)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.found.append(f"a script failed: {error.error}"))

    def _ran(self, name: object = "") -> None:
        self.found.append(f"a hostile text ran: {name}")

    def _asked(self, request: Request) -> None:
        if not stays_here(request.url):
            self.found.append(f"a request left this machine: {request.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"a dialog: {dialog.message}")
        await dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.found.append(f"against the content security policy: {message.text}")


async def grave_faults(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical, each with its place."""
    found = await Axe().run(page)
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {node['html']}"
        for fault in found.response["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]


async def overhang(page: Page) -> int:
    """By how many pixels the page is wider than its window: 0 where it does not scroll sideways."""
    return int(
        await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    )


async def sideways(page: Page) -> list[str]:
    """Parts of a page that have to be scrolled sideways to be read, by their names."""
    found = await page.evaluate(
        """() => [...document.querySelectorAll(".scroll")]
            .filter((one) => one.scrollWidth > one.clientWidth)
            .map((one) => one.getAttribute("aria-label") || one.innerText.slice(0, 60))"""
    )
    return [str(one) for one in found]


async def hidden_stops(page: Page, *, at_most: int = 200) -> list[str]:
    """Names of what the keyboard reaches by Tab without showing that it has."""
    found: list[str] = []
    for _ in range(at_most):
        await page.keyboard.press("Tab")
        name = await focused(page)
        if not name:
            return found
        if not await shows_focus(page):
            found.append(name)
    return [*found, f"more than {at_most} stops"]


async def focused(page: Page) -> str:
    """What has the keyboard: its accessible name or text, and "" for the page itself."""
    return str(
        await page.evaluate(
            """() => {
                const at = document.activeElement;
                if (!at || at === document.body) return "";
                const label = at.labels && at.labels[0] && at.labels[0].innerText;
                return (at.getAttribute("aria-label") || label || at.innerText || at.name || at.id
                    || at.tagName).trim();
            }"""
        )
    )


async def tab_to(page: Page, name: str, *, at_most: int = 80) -> None:
    """Press Tab until the element with that name has the focus, and shows it."""
    passed = []
    for _ in range(at_most):
        await page.keyboard.press("Tab")
        passed.append(await focused(page))
        if passed[-1].startswith(name):
            assert await shows_focus(page), f"{name!r} has the focus, and does not show it"
            return
    raise AssertionError(f"no {name!r} within {at_most} tabs: {passed}")


async def shows_focus(page: Page) -> bool:
    return bool(
        await page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== "none" || style.boxShadow !== "none";
            }"""
        )
    )
