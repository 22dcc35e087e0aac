"""`skillopt serve` as a person drives it: by mouse, by keyboard, narrow, dark; and as a stranger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import (
    FOREIGN_NAME,
    Watch,
    focused,
    grave_faults,
    hidden_stops,
    overhang,
    sideways,
    tab_to,
)
from tests.browser.conftest import Desks, OpenPage, Served

SKILL = "desks/SKILL.md"


async def entered(open_page: OpenPage, served: Served, at: str = "/skills") -> Page:
    page = await open_page()
    await page.goto(served.link)
    await page.goto(served.address + at)
    return page


def addresses(desks: Desks) -> list[str]:
    """Every page, each kind of entry among them."""
    run, skill = desks.first.record.id, quote(SKILL, safe="")
    entries = [f"/entries/{round_.id}" for round_ in desks.first.rounds]
    return [
        "/skills",
        f"/skills/one?skill={skill}",
        f"/skills/lines?skill={skill}&file=SKILL.md&line=15",
        "/runs",
        f"/runs/{run}",
        f"/runs/{run}/tree",
        f"/compare?a={run}&b={desks.second.record.id}",
        "/entries?text=words&refused=1",
        *entries,
        f"{entries[1]}/evidence",
        "/refused",
        "/verify",
        "/export",
        "/approvals",
        "/nowhere",
    ]


async def test_every_page_is_accessible_dark_and_fits_a_phone(
    open_page: OpenPage, served: Served, desks: Desks
) -> None:
    page = await entered(open_page, served)
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 360, "height": 900})
    found: dict[str, object] = {}
    for at in addresses(desks):
        answer = await page.goto(served.address + at)
        assert answer
        assert answer.status == (404 if at == "/nowhere" else 200), at
        if faults := await grave_faults(page):
            found[at] = faults
        if over := await overhang(page):
            found[f"{at}: width"] = f"{over} px too wide"
        if cut := await sideways(page):
            found[f"{at}: cut"] = cut
    assert found == {}


async def test_light_pages_are_accessible(
    open_page: OpenPage, served: Served, desks: Desks
) -> None:
    page = await entered(open_page, served)
    for at in addresses(desks)[2:10:3]:
        await page.goto(served.address + at)
        assert await grave_faults(page) == []


async def test_whatever_the_keyboard_reaches_shows_it(
    open_page: OpenPage, served: Served, desks: Desks
) -> None:
    page = await entered(open_page, served)
    found = {}
    for at in addresses(desks)[:11:2]:
        await page.goto(served.address + at)
        if hidden := await hidden_stops(page):
            found[at] = hidden
    assert found == {}


async def to_the_skill(open_page: OpenPage, served: Served) -> Page:
    page = await open_page()
    await page.goto(served.link)
    await page.locator("tbody").get_by_role("link", name="desks", exact=True).click()
    return page


async def test_why_a_line_stands_here_is_three_clicks_from_its_skill(
    open_page: OpenPage, served: Served
) -> None:
    page = await to_the_skill(open_page, served)
    await page.get_by_role("link", name="Why does each line stand here?").click()
    line = page.locator("tr", has_text="- lawn: garden")
    await line.get_by_role("rowheader").get_by_role("link").click()
    told = page.locator("section", has=page.get_by_role("heading", name="Line "))
    await expect(told).to_contain_text("garden words")
    await expect(told).to_contain_text("sentinel('cause')")
    await told.get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("garden words")
    main = page.locator("#main")
    for said in ("accepted by the gate", "- lawn: garden", "sentinel('answer')", "points on"):
        await expect(main).to_contain_text(said)


async def test_who_refused_what_and_why_is_two_clicks_from_its_skill(
    open_page: OpenPage, served: Served
) -> None:
    page = await to_the_skill(open_page, served)
    refused = page.get_by_role("region", name="Newest refused proposals")
    row = refused.get_by_role("row", name="bakery words")
    await expect(row).to_contain_text("rejected by the gate")
    await expect(row).to_contain_text("points on")
    await page.get_by_role("link", name="Who refused what, and why?").click()
    rules = page.get_by_role("region", name="Refusals by rule")
    row = rules.get_by_role("row", name="rejected by the gate")
    await expect(row).to_contain_text("points on")
    await row.get_by_role("link").last.click()
    await expect(page.locator("#main")).to_contain_text("rejected by the gate")
    await expect(page.get_by_role("heading", name="Verdict")).to_be_visible()


async def test_the_link_leads_in_and_leaves_no_token_behind(
    open_page: OpenPage, served: Served
) -> None:
    page = await entered(open_page, served)
    assert page.url == f"{served.address}/skills"
    assert await page.evaluate("document.cookie") == ""
    stranger = await open_page()
    answer = await stranger.goto(f"{served.address}/skills")
    assert answer
    assert answer.status == 401
    await stranger.goto(f"{served.address}/sign-in")
    await stranger.get_by_label("Token").fill("a guess")
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.get_by_role("alert")).to_have_text("wrong token or password")
    await stranger.get_by_label("Token").fill(served.link.partition("token=")[2])
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Skills")
    await stranger.get_by_role("button", name="Sign out").click()
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Sign in")
    answer = await stranger.goto(f"{served.address}/skills")
    assert answer
    assert answer.status == 401


async def test_a_search_and_filters_find_an_entry_and_its_evidence(
    open_page: OpenPage, served: Served, desks: Desks
) -> None:
    page = await entered(open_page, served)
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Proposals").click()
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(5)
    await page.get_by_label("Words in idea").fill("bakery")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**text=bakery*")
    assert 0 < await rows.count() < 5
    await page.get_by_label("Verdict").select_option("rejected")
    await page.get_by_text("More filters").click()
    await page.get_by_label("Run", exact=True).fill(desks.first.record.id)
    await page.get_by_role("button", name="Filter").click()
    await expect(rows).to_have_count(1)
    await rows.get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("bakery words")
    await expect(page.get_by_text("rejected by the gate").first).to_be_visible()
    await expect(page.locator("#main")).to_contain_text("- drill: bakery")
    await page.get_by_role("link", name="Evidence").click()
    await page.locator("summary").first.click()
    await expect(page.locator("#main")).to_contain_text("sentinel('answer')")


async def test_two_runs_are_compared(open_page: OpenPage, served: Served, desks: Desks) -> None:
    page = await entered(open_page, served, "/compare")
    await page.get_by_label("First run").fill(desks.first.record.id)
    await page.get_by_label("Second run").fill(desks.second.record.id)
    await page.get_by_role("button", name="Compare").click()
    differs = page.get_by_role("region", name="Settings that differ")
    await expect(differs.get_by_role("row", name="seed")).to_contain_text("5")
    both = page.get_by_role("region", name="Ideas that both tried")
    await expect(both).to_contain_text("garden words")


async def test_the_ledger_is_verified(open_page: OpenPage, served: Served) -> None:
    page = await entered(open_page, served, "/verify")
    await page.get_by_role("button", name="Verify now").click()
    while await page.get_by_text("Under way").count():
        await page.reload()
    await expect(page.get_by_role("status")).to_contain_text("Verified")


async def test_the_keyboard_alone_finds_an_entry(open_page: OpenPage, served: Served) -> None:
    page = await entered(open_page, served)
    await tab_to(page, "Skip to the content")
    await tab_to(page, "Proposals")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Proposals")
    await tab_to(page, "Words in idea")
    await page.keyboard.type("tool words")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**text=tool*words*")
    first = await page.locator("tbody tr").first.get_by_role("link").first.inner_text()
    await tab_to(page, first)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("tool words")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('main') !== null")


FORGED = """<!doctype html><title>evil</title>
<form id=sign-out method=post action={0}/sign-out target=frame></form>
<form id=verify method=post action={0}/verify target=frame><input name=csrf value=guess></form>
<iframe name=frame></iframe>"""


@contextmanager
def elsewhere(page: str) -> Iterator[int]:
    """The port of another program's server on this machine: whatever is asked for, it has one page."""

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_form_of_another_origin_changes_nothing(
    open_page: OpenPage, served: Served, watch: Watch, host: str
) -> None:
    page = await entered(open_page, served)
    other = await page.context.new_page()
    with elsewhere(FORGED.format(served.address)) as port:
        for form in ("sign-out", "verify"):
            await other.goto(f"http://{host}:{port}/")
            async with other.expect_response(f"{served.address}/{form}") as answered:
                await other.evaluate(f"document.getElementById('{form}').submit()")
            assert (await answered.value).status in (401, 403)
        with pytest.raises(Exception, match="Failed to fetch"):
            await other.evaluate(f"fetch('{served.address}/entries', {{credentials: 'include'}})")
        await other.close()
    await page.goto(f"{served.address}/verify")
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    watch.found.clear()  # what the browser says of the frame that it did not load


async def test_a_name_of_a_stranger_that_leads_here_shows_nothing(
    open_page: OpenPage, served: Served
) -> None:
    page = await open_page()
    rebound = served.link.replace("127.0.0.1", FOREIGN_NAME)
    answer = await page.goto(rebound)
    assert answer
    assert answer.status in (400, 403, 421)
    await expect(page.locator("body")).to_contain_text("not this server's")
    assert await page.context.cookies() == []


async def test_it_works_without_scripts(open_page: OpenPage, served: Served, desks: Desks) -> None:
    page = await open_page(javascript=False)
    await page.goto(served.link)
    await page.goto(f"{served.address}/runs/{desks.first.record.id}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(desks.first.record.id)
    await page.goto(f"{served.address}/entries?text=tool")
    await expect(page.locator("tbody tr").first).to_be_visible()
