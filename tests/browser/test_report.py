"""A report opened from disk, as a colleague gets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from typer.testing import CliRunner

from skillopt.cli.main import app
from tests.browser.browsing import grave_faults, hostile, overhang, tab_to
from tests.browser.conftest import Desks, OpenPage


@pytest.fixture(scope="module")
def report(desks: Desks) -> Path:
    out = desks.folder / "report.html"
    given = ["report", desks.first.record.id, "-o", str(out)]
    done = CliRunner().invoke(app, [*given, "--ledger", str(desks.folder / ".skillopt/ledger.db")])
    assert done.exit_code == 0, done.output
    return out


async def opened(
    open_page: OpenPage, report: Path, *, width: int = 1280, dark: bool = False
) -> Page:
    page = await open_page(width=width, dark=dark, javascript=True)
    await page.goto(report.as_uri())
    return page


async def test_it_answers_at_once_and_hostile_texts_are_texts(
    open_page: OpenPage, report: Path, desks: Desks
) -> None:
    page = await opened(open_page, report)
    await expect(page.get_by_role("heading", level=1)).to_have_text("desks")
    await expect(page.get_by_text("certified by the sealed test").first).to_be_visible()
    for name in ("idea", "cause", "answer"):
        assert await page.get_by_text(hostile(name)).count(), name
    assert await page.locator("script, iframe, object, img[src]").count() == 0


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
async def test_it_is_accessible_and_fits(
    open_page: OpenPage, report: Path, *, width: int, dark: bool
) -> None:
    page = await opened(open_page, report, width=width, dark=dark)
    assert await grave_faults(page) == []
    assert await overhang(page) == 0
    grounds = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    shade = sum(map(int, grounds.removeprefix("rgb(").rstrip(")").split(",")[:3])) / 3
    assert (shade < 80) is dark


async def test_charts_stand_on_the_ground_of_the_dark_page(
    open_page: OpenPage, report: Path
) -> None:
    page = await opened(open_page, report, dark=True)
    white = """() => [...document.querySelectorAll("svg *")]
        .filter(one => getComputedStyle(one).fill === "rgb(255, 255, 255)")
        .map(one => one.outerHTML.slice(0, 200))"""
    assert await page.evaluate(white) == []


async def test_charts_have_words_and_their_data_as_tables(
    open_page: OpenPage, report: Path
) -> None:
    page = await opened(open_page, report)
    charts = page.locator("svg[role=img]")
    assert await charts.count() >= 3
    for at in range(await charts.count()):
        named = charts.nth(at).locator("title")
        assert (await named.text_content() or "").strip()
    assert await page.locator("details table").count() >= 3


async def test_the_keyboard_leads_through_it(open_page: OpenPage, report: Path) -> None:
    page = await opened(open_page, report)
    await tab_to(page, "Skip to the content")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    details = page.locator("details").first
    before = await details.get_attribute("open")
    await details.locator("summary").focus()
    await page.keyboard.press("Enter")
    assert await details.get_attribute("open") != before


async def test_it_prints(open_page: OpenPage, report: Path) -> None:
    page = await opened(open_page, report)
    pdf = await page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    assert await overhang(page) == 0
    kept = "getComputedStyle(document.querySelector('section[aria-labelledby=tasks] .chart'))"
    assert await page.evaluate(f"{kept}.breakBefore") == "avoid", "a heading alone at a page's end"
    await expect(page.get_by_text("Skip to the content")).to_be_hidden()
