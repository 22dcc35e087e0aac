"""Mined candidates in the page: one added, one refused, a second person told, hostile texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from tests.app.candidates_project import FIRE, ICE, a_project
from tests.browser import samples
from tests.browser.browsing import (
    NO_BROWSER,
    chromium,
    grave_faults,
    hostile,
    overhang,
    sideways,
    tab_to,
)
from tests.browser.conftest import OpenPage, Served, serving


@pytest.fixture
async def project(tmp_path: Path) -> Path:
    """One with an empty ledger and two candidates, one of them hostile."""
    if chromium() is None:
        pytest.skip(NO_BROWSER)
    skill = samples.project(tmp_path)
    worst = FIRE.model_copy(
        update={"input": f"Is it {hostile('input')}?", "source": hostile("source")}
    )
    a_project(tmp_path, worst, ICE)
    async with skillopt.SqlLedger.open(samples.ledger_of(skill)):
        return tmp_path


async def person(open_page: OpenPage, served: Served, question: str, *, dark: bool) -> Page:
    page = await open_page(dark=dark, width=360 if dark else 1280)
    await page.goto(served.link)
    await page.get_by_role("link", name="Approvals").click()
    await page.locator("#main").get_by_role("link", name="Candidate tasks").click()
    for check in (grave_faults, overhang, sideways):
        assert not await check(page)
    await page.get_by_role("link", name=question).click()
    for check in (grave_faults, overhang, sideways):
        assert not await check(page)
    return page


async def test_one_is_added_one_refused_and_the_second_person_hears_of_it(
    open_page: OpenPage, project: Path
) -> None:
    with serving(project) as served:
        page = await person(open_page, served, "Is ice warm?", dark=False)
        late = await person(open_page, served, "Is ice warm?", dark=True)
        add = page.get_by_role("region", name="Add it with this answer")
        await add.get_by_role("button").click()
        await expect(page.get_by_role("alert")).to_contain_text("expected")
        await add.get_by_label("Right answer").fill("no")
        await add.get_by_role("button").click()
        await expect(page.locator(".said")).to_contain_text("Added to")
        await late.get_by_role("region", name="Refuse").get_by_role("button").click()
        await expect(late.get_by_role("alert")).to_contain_text("has added it")
        await expect(late.get_by_role("button", name="Refuse")).to_have_count(0)

        page = await person(open_page, served, "Is it ", dark=True)
        await tab_to(page, "Why (optional)", at_most=60)
        await page.keyboard.type(f"no {hostile('reason')}")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said")).to_contain_text(hostile("reason"))
    tasks = read_validation_set(project / "validation_sets" / "desk.yaml").tasks
    assert [(one.id, one.expected) for one in tasks][2:] == [("ice", "no")]
