"""The other tests' means: that they find what they look for."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from tests.browser import browsing
from tests.browser.browsing import (
    Watch,
    focused,
    grave_faults,
    hidden_stops,
    hostile,
    overhang,
    sideways,
    tab_to,
)
from tests.browser.conftest import OpenPage

PAGE = '<!doctype html><html lang="en"><title>t</title><main><h1>h</h1>{}</main></html>'


def test_a_browser_named_in_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browsing.VARIABLE, "/opt/other")
    assert browsing.chromium() == "/opt/other"


def test_without_a_browser_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(browsing.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browsing.chromium() is None


async def test_a_hostile_text_runs_where_it_is_not_escaped_and_is_found(
    open_page: OpenPage, watch: Watch
) -> None:
    page = await open_page()
    await page.set_content(PAGE.format(html.escape(hostile("escaped"))))
    assert watch.found == []
    await page.set_content(PAGE.format(hostile("raw")))
    await page.wait_for_load_state("networkidle")
    assert "a hostile text ran: raw" in watch.found
    watch.found.clear()


async def test_a_request_that_leaves_this_machine_is_found(
    open_page: OpenPage, watch: Watch, tmp_path: Path
) -> None:
    page = await open_page()
    (tmp_path / "a.html").write_text(PAGE.format('<img alt="" src="http://a.example/x.png">'))
    await page.goto((tmp_path / "a.html").as_uri())
    assert watch.found == ["a request left this machine: http://a.example/x.png"]
    watch.found.clear()


async def test_axe_finds_what_is_serious(open_page: OpenPage) -> None:
    page = await open_page()
    await page.set_content(PAGE.format("<p>fine</p>"))
    assert await grave_faults(page) == []
    await page.set_content(PAGE.format("<input><p style='color:#ddd;background:#fff'>pale</p>"))
    assert [fault.split(" ")[0] for fault in await grave_faults(page)] == [
        "color-contrast",
        "label",
    ]


async def test_axe_runs_on_a_page_that_allows_no_script(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = await open_page()
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    (tmp_path / "a.html").write_text(PAGE.format("<input>").replace("<title>", policy + "<title>"))
    await page.goto((tmp_path / "a.html").as_uri())
    assert len(await grave_faults(page)) == 1


async def test_a_page_that_scrolls_sideways_is_found(open_page: OpenPage) -> None:
    page = await open_page(width=360)
    await page.set_content(PAGE.format("<p>narrow"))
    assert await overhang(page) == 0
    await page.set_content(PAGE.format("<p style='width:600px'>wide"))
    assert await overhang(page) > 200


async def test_a_part_that_scrolls_sideways_is_found(open_page: OpenPage) -> None:
    page = await open_page(width=360)
    part = "<style>.scroll{{overflow-x:auto}}</style><div class=scroll aria-label=t>{}</div>"
    await page.set_content(PAGE.format(part.format("narrow")))
    assert await sideways(page) == []
    await page.set_content(PAGE.format(part.format("<p style='width:600px'>wide")))
    assert await sideways(page) == ["t"]


async def test_a_stop_that_does_not_show_its_focus_is_found(open_page: OpenPage) -> None:
    page = await open_page()
    style = "<style>#b:focus{outline:none}</style>"
    await page.set_content(PAGE.format(f"{style}<a href=x>one</a><a href=y id=b>two</a>"))
    assert await hidden_stops(page) == ["two"]


async def test_the_keyboard_reaches_what_shows_its_focus(open_page: OpenPage) -> None:
    page = await open_page()
    style = "<style>#b:focus{outline:none}</style>"
    await page.set_content(PAGE.format(f"{style}<a href=x>one</a><a href=y id=b>two</a>"))
    assert await focused(page) == ""
    await tab_to(page, "one")
    with pytest.raises(AssertionError, match="does not show it"):
        await tab_to(page, "two")
    with pytest.raises(AssertionError, match="no 'three'"):
        await tab_to(page, "three", at_most=3)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8/", "file:///x", "data:,x", "http://[::1]:8/", "about:blank"]
)
def test_these_stay_here(url: str) -> None:
    assert browsing.stays_here(url)


@pytest.mark.parametrize(
    "url", ["https://a.example/", "http://127.0.0.1.a.example/", "http://a.example@b.example/"]
)
def test_these_leave(url: str) -> None:
    assert not browsing.stays_here(url)
