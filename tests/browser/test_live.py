"""The page of a run while it goes on, as a person watches it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from playwright.async_api import expect

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import SKILL, a_round, a_run, an_end
from tests.browser.conftest import OpenPage, serving


async def test_a_run_is_watched_to_its_end(open_page: OpenPage, tmp_path: Path) -> None:
    where, run = tmp_path / ".skillopt" / "ledger.db", a_run("live/run")
    where.parent.mkdir()
    (tmp_path / "skillopt.toml").touch()
    async with SqlLedger.open(where) as ledger:
        await ledger.start_run(run, SKILL)
        with serving(tmp_path) as served:
            page = await open_page()
            await page.goto(served.link)
            await page.goto(f"{served.address}/runs/{quote(run.id, safe='')}")
            live = page.get_by_role("status")
            await expect(live).to_contain_text("0 proposals")
            await page.evaluate("window.same = true")
            await ledger.add_round(*a_round(1, run=run.id))
            await expect(live).to_contain_text("1 proposal")
            assert await page.evaluate("window.same"), "it was kept up to date without a reload"
            await ledger.finish_run(an_end(run))
            await expect(live).to_have_count(0)
            await expect(page.locator("#main")).to_contain_text("rounds")
            assert not await page.evaluate("window.same"), "the whole page is another one now"
