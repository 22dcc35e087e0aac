"""Pictures of the report and of the web pages for the docs, from a run with the practice models.

    python docs/pictures.py
    python docs/pictures.py FOLDER    keep the project with the runs there, or use it again

It needs Chromium, as the tests in tests/browser do, and some minutes. Look at what it has made.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.browsing import FLAGS, NO_BROWSER, chromium  # noqa: E402
from tests.scripted import command, environment  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SKILL = "triage-support-tickets"
WIDTH, HEIGHT = 1100, 860
LARGEST = 150_000
"""Bytes of a picture."""
COLOURS = 64
"""Of a picture's palette: the pages have few, and letters have soft edges."""


def main(kept: str | None = None) -> None:
    """Make all of them again.

    Args:
        kept: a folder for the project; None for one that is deleted.
    """
    path = chromium()
    if path is None:
        raise SystemExit(NO_BROWSER)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = _project(Path(kept or name))
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with _served(folder) as address:
            for theme in ("light", "dark"):
                with _page(browser, theme) as page:
                    page.goto((folder / "report.html").as_uri())
                    _shoot(page, f"report-{theme}")
                    _scroll_to(page, "section[aria-labelledby=tasks]")
                    _shoot(page, f"report-tasks-{theme}")
                    _site(page, address, theme)
        browser.close()
    for picture in sorted(IMAGES.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size:,} bytes")


def _project(folder: Path) -> Path:
    """A project with a finished run, a run that waits for a person, and the first one's report."""
    finished = folder / "finished-run"
    if not finished.exists():
        for name in ("skills", "validation_sets"):
            shutil.copytree(ROOT / name, folder / name)
        (folder / "skillopt.toml").touch()
        skill = f"skills/{SKILL}/SKILL.md"
        run = json.loads(_skillopt(folder, "tune", skill, "--no-write", "--json"))
        _skillopt(folder, "tune", skill, "--no-write", "--approve", "--seed", "3", fails=True)
        finished.write_text(run["record"]["id"], encoding="utf-8")
    _skillopt(folder, "report", finished.read_text("utf-8"), "-o", "report.html")
    return folder


def _skillopt(folder: Path, *arguments: str, fails: bool = False) -> str:
    """What a command prints."""
    env = environment({"LOGNAME": "ada"})  # who started it is in the report
    done = subprocess.run(
        command(*arguments), cwd=folder, env=env, check=not fails, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with subprocess.Popen(
        command("serve", "--port", "0"),
        cwd=folder,
        env=environment({"LOGNAME": "ada", "PYTHONUNBUFFERED": "1"}),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield next(line.strip() for line in process.stdout if "/sign-in?token=" in line)
        process.terminate()


@contextmanager
def _page(browser: Browser, theme: str) -> Iterator[Page]:
    context = browser.new_context(
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": WIDTH, "height": HEIGHT},
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def _site(page: Page, link: str, theme: str) -> None:
    page.goto(link)
    page.get_by_role("link", name=f"Lines of {SKILL}").click()
    page.locator("tr.first.made").first.get_by_role("rowheader").get_by_role("link").click()
    _shoot(page, f"serve-lines-{theme}")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Approvals").click()
    page.locator("tbody").get_by_role("link").first.click()
    _shoot(page, f"serve-approval-{theme}")


def _scroll_to(page: Page, where: str) -> None:
    page.locator(where).first.evaluate("element => element.scrollIntoView({block: 'start'})")


def _shoot(page: Page, name: str) -> None:
    """Write what the window shows, in a palette of few colours."""
    shown = Image.open(BytesIO(page.screenshot()))
    path = IMAGES / f"{name}.png"
    shown.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} has {path.stat().st_size:,} bytes; the limit is {LARGEST:,}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
