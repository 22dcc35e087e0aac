"""Ids of any kind have pages: those of other ledgers and loops hold whatever their makers chose."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from skillopt.adapters.ledger import SqlLedger
from skillopt.web.application import routes
from skillopt.web.ids import id_of, segment
from tests.adapters.ledger.samples import SKILL, a_round, a_run, an_end
from tests.web.conftest import Browser, Opening

ODD = (
    "a/b/tree",
    "..",
    "../../x%2F",
    "%2e%2e",
    "one?a=b#c",
    " a  b ",
    "ü/日本",
    ":..",
    "'\"<i>&+\\",
    "/",
)


async def _fill(where: Path) -> None:
    async with SqlLedger.open(where) as ledger:
        for odd in ODD:
            run = a_run(odd, skill_name=odd, skill_path=None)
            await ledger.start_run(run, SKILL)
            round_, _ = a_round(1, run=odd)
            await ledger.add_round(round_.model_copy(update={"id": odd}), None)
            await ledger.finish_run(an_end(run))


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ids") / "ledger.db"
    asyncio.run(_fill(path))
    return path


@pytest.fixture
def browser(browse: Opening, where: Path) -> Browser:
    return browse(where).signed_in()


def shown(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.text)


def links(browser: Browser, path: str, *, to: str) -> set[str]:
    found = re.findall(r'(?:href|data-events)="([^"]*)"', browser.get(path).text)
    return {link for link in map(unescape, found) if link.startswith(to)}


@pytest.mark.parametrize("odd", ODD)
def test_links_lead_to_every_page_of_it(browser: Browser, odd: str) -> None:
    run, entry = f"/runs/{segment(odd)}", f"/entries/{segment(odd)}"
    assert run in links(browser, "/runs", to="/runs/")
    assert f"<h1>Run {odd}</h1>" in shown(browser, run)
    assert f"{run}/tree" in links(browser, run, to=run)
    assert entry in links(browser, f"{run}/tree", to="/entries/")
    assert "What is not known" in shown(browser, f"{run}/known")
    assert "event: over" in shown(browser, f"{run}/events")
    assert f"<code>{odd}</code>, round 1" in shown(browser, entry)
    assert f"{entry}/evidence" in links(browser, entry, to=entry)
    assert entry in links(browser, f"{entry}/evidence", to="/entries/")
    (skill,) = links(browser, entry, to="/skills/one?")
    assert f"<h1>{odd}</h1>" in shown(browser, skill)
    (lines,) = links(browser, skill, to="/skills/lines?")
    assert "Be brief." in shown(browser, lines)
    (refused,) = links(browser, skill, to="/refused?")
    assert entry in links(browser, refused, to="/entries/")
    if odd.strip("."):  # browsers would resolve dots; else an address may be quoted as usual
        assert f"<h1>Run {odd}</h1>" in shown(browser, f"/runs/{quote(odd, safe='')}")


def test_skills_come_in_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillopt.web.pages.skills.A_PAGE", 4)
    seen: list[str] = []
    path = "/skills"
    while path:
        seen += links(browser, path, to="/skills/one?")
        path = next(iter(links(browser, path, to="/skills?")), "")
    assert len(seen) == len(set(seen)) == len(ODD)
    assert "no more skills" in shown(browser, "/skills?from=50")
    assert browser.get("/skills?from=x").status_code == 404


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_an_id_survives_its_address(odd: str) -> None:
    part = segment(odd)
    request: Any = SimpleNamespace(path_params={"id": part})
    assert id_of(request, "id") == odd
    assert re.fullmatch(r"[\w.~:%-]+", part, re.ASCII), "it needs no quoting in a path"
    assert unquote(part) not in (".", "..")


def test_every_route_with_an_id_is_here() -> None:
    """A further one needs its test here.

    Approvals have digests that this program made, candidates their own tests (`test_candidates.py`).
    """
    found = {one.path for one in routes() if isinstance(one, Route) and "{" in one.path}
    assert {path for path in found if not path.startswith(("/approvals/", "/candidates/"))} == {
        "/runs/{run}",
        "/runs/{run}/known",
        "/runs/{run}/tree",
        "/runs/{run}/events",
        "/entries/{entry}",
        "/entries/{entry}/evidence",
        "/export/{name}",
    }
