"""Approval in the page: by one person, by two at once, refused, across a restart of the server."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Page, expect

import skillopt
from skillopt.core.gate.contest import Outcome
from skillopt.core.loop_settings import LoopSettings
from skillopt.errors import ApprovalNeeded
from tests.adapters.ledger.samples import SKILL, a_round, a_run
from tests.browser import samples
from tests.browser.browsing import NO_BROWSER, chromium, grave_faults, hostile, overhang, tab_to
from tests.browser.conftest import OpenPage, Served, serving
from tests.scripted import draft, insert

ONE = draft(insert(samples.GARDEN), idea=f"garden words {hostile('idea')}", criteria=["desk"])
TWO = draft(insert(samples.TOOLS), idea="tool words")


class Waiting(NamedTuple):
    """A run that waits for a person."""

    skill: Path
    entry: str

    @property
    def folder(self) -> Path:
        return self.skill.parents[1]


async def goes_on(skill: Path) -> str | skillopt.Run:
    """The same command again: the entry that it waits for, or its end."""
    try:
        return await skillopt.atune(
            skill, **samples.asked(skill, ONE, TWO, approve=True, rounds=2, write=True)
        )
    except ApprovalNeeded as needed:
        return needed.entry


@pytest.fixture
async def waiting(tmp_path: Path) -> Waiting:
    if chromium() is None:
        pytest.skip(NO_BROWSER)
    skill = samples.project(tmp_path)
    entry = await goes_on(skill)
    assert isinstance(entry, str)
    return Waiting(skill, entry)


async def person(open_page: OpenPage, served: Served, entry: str, *, dark: bool = False) -> Page:
    """Somebody with the link, at the page of what waits."""
    page = await open_page(dark=dark, width=360 if dark else 1280)
    await page.goto(served.link)
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Approvals").click()
    await page.get_by_role("link", name=entry[:12]).click()
    return page


async def decide(page: Page, region: str, button: str, *, name: str, reason: str = "") -> None:
    shown = page.get_by_role("region", name=region, exact=True)
    await shown.get_by_label("Your name").fill(name)
    if reason:
        await shown.get_by_label("Why").fill(reason)
    await shown.get_by_role("button", name=button, exact=True).click()


async def test_a_refusal_a_second_person_and_an_approval(
    open_page: OpenPage, waiting: Waiting
) -> None:
    with serving(waiting.folder) as served:
        page = await person(open_page, served, waiting.entry)
        late = await person(open_page, served, waiting.entry, dark=True)
        for one in (page, late):
            assert await grave_faults(one) == []
            assert await overhang(one) == 0
        await expect(page.locator("#main")).to_contain_text(hostile("idea"))
        reason = f"roses have their own desk {hostile('reason')}"
        await decide(page, "Refuse", "Refuse", name="Ana", reason=reason)
        await expect(page.locator(".said")).to_contain_text("Refused by Ana")
        await expect(page.locator(".said")).to_contain_text(hostile("reason"))
        await decide(late, "Approve", "Approve", name="Bo")
        await expect(late.get_by_role("alert")).to_contain_text("Ana refused it")
        await expect(late.get_by_role("button", name="Approve")).to_have_count(0)

        second = await goes_on(waiting.skill)
        assert isinstance(second, str)
        assert second != waiting.entry
        page = await person(open_page, served, second)
        text = page.locator("textarea")
        await expect(text).to_have_value(samples.TEXT + samples.TOOLS)
        await decide(page, "Approve", "Approve", name="Bo", reason="in order")
        await expect(page.locator(".said")).to_contain_text("by Bo")
        await page.get_by_role("link", name="Approvals").click()
        await expect(page.locator("#main")).to_contain_text("Nothing waits")

        run = await goes_on(waiting.skill)
        assert isinstance(run, skillopt.Run)
        first, last = run.rounds
        assert (first.decision.kind, last.decision.kind) == ("refused", "accepted")
        assert run.last.text == samples.TEXT + samples.TOOLS
        await page.goto(f"{served.address}/entries/{waiting.entry}")
        await expect(page.locator("#main")).to_contain_text("roses have their own desk")
        await expect(page.locator("#main")).to_contain_text("Ana")


async def test_what_waits_outlives_the_server_and_the_keyboard_decides(
    open_page: OpenPage, waiting: Waiting
) -> None:
    with serving(waiting.folder) as served:
        page = await person(open_page, served, waiting.entry)
    with serving(waiting.folder) as served:
        path = page.url.rpartition(":")[2].partition("/")[2]
        answer = await page.goto(f"{served.address}/{path}")
        assert answer
        assert answer.status == 401, "the session ended with its server"
        await page.goto(served.link)
        await page.goto(f"{served.address}/{path}")
        await page.get_by_role("heading", name="Approve", exact=True).scroll_into_view_if_needed()
        await tab_to(page, "Why (optional)", at_most=200)
        await page.keyboard.type("reads well")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said")).to_contain_text("reads well")
        await page.goto(f"{served.address}/approvals")
        await expect(page.get_by_role("region", name="Decided")).to_contain_text("approved by")
    second = await goes_on(waiting.skill)
    assert isinstance(second, str)
    async with skillopt.SqlLedger.open(samples.ledger_of(waiting.skill)) as ledger:
        entry = await ledger.show_round(waiting.entry)
    assert entry.round.decision.kind == "accepted"
    assert entry.round.approval
    assert entry.round.approval.reason == "reads well"


async def test_a_forged_decision_is_refused(open_page: OpenPage, waiting: Waiting) -> None:
    with serving(waiting.folder) as served:
        page = await person(open_page, served, waiting.entry)
        forged = f"""<!doctype html><title>evil</title>
            <form method=post action={served.address}/approvals/{waiting.entry}/approve>
            <input name=name value=Eve></form>"""
        await page.context.route(
            "http://127.0.0.1:9/**",
            lambda route: route.fulfill(content_type="text/html", body=forged),
        )
        other = await page.context.new_page()
        await other.goto("http://127.0.0.1:9/")
        await other.evaluate("document.forms[0].submit()")
        await expect(other.locator("body")).to_contain_text("another site")
        await page.reload()
        await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()


async def waiting_twice(folder: Path) -> tuple[str, str]:
    """Two proposals that wait, of runs that are over before their first round."""
    entries = []
    async with skillopt.SqlLedger.open(folder / ".skillopt" / "ledger.db") as ledger:
        for name in ("run-1", "run-2"):
            record = a_run(name, fingerprint=name, settings=LoopSettings(approve=True))
            await ledger.start_run(record, SKILL)
            round_, candidate = a_round(run=name, outcome=Outcome.ACCEPTED)
            assert candidate
            await ledger.add_waiting(round_, candidate)
            entries.append(round_.id)
    one, two = entries
    return one, two


async def test_an_edited_version_is_approved_and_of_two_at_once_one_decides(
    open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "skillopt.toml").touch()
    one, two = await waiting_twice(tmp_path)
    with serving(tmp_path) as served:
        page = await person(open_page, served, one)
        own = SKILL.text + "- Ask for the order.\n"
        await page.get_by_label("SKILL.md", exact=True).fill("---\nname: other\n---\n# Other\n")
        region = "Approve an edited version"
        await decide(page, region, "Approve this version", name="Ana", reason="shorter")
        await expect(page.get_by_role("alert")).to_contain_text("another front matter")
        await page.get_by_label("SKILL.md", exact=True).fill(own)
        await decide(page, region, "Approve this version", name="Ana", reason="shorter")
        await expect(page.locator(".said")).to_contain_text("Edited by Ana")

        people = [await person(open_page, served, two) for _ in range(2)]
        await asyncio.gather(
            decide(people[0], "Approve", "Approve", name="Bo"),
            decide(people[1], "Refuse", "Refuse", name="Cy", reason="no"),
        )
        for shown in people:
            await expect(shown.locator(".said")).to_contain_text(
                re.compile("(Approved|Refused) by")
            )
        said = [await shown.get_by_role("alert").all_inner_texts() for shown in people]
    async with skillopt.SqlLedger.open(tmp_path / ".skillopt" / "ledger.db") as ledger:
        kept = (await ledger.show_waiting(one)).decision
        first = (await ledger.show_waiting(two)).decision
    assert kept
    assert (kept.kind, kept.reason) == ("edited", "shorter")
    assert kept.candidate == skillopt.Skill(text=own).digest
    assert first
    (told,) = [text for texts in said for text in texts]
    assert f"{first.person} {first.kind} it" in told
