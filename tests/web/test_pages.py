"""The pages, as one who audits a ledger uses them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, filled
from tests.web.conftest import Browser, Opening


async def _fill(where: Path) -> None:
    async with SqlLedger.open(where) as ledger:
        await filled(ledger)
        await ledger.start_run(a_run("run-2"), SKILL)
        for number in range(1, 61):
            again = a_proposal(idea=f"idea number {number}")
            await ledger.add_round(*a_round(number, run="run-2", proposal=again))


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "ledger.db"
    asyncio.run(_fill(path))
    return path


@pytest.fixture
def browser(browse: Opening, where: Path) -> Browser:
    return browse(where).signed_in()


def links(text: str, *, to: str) -> list[str]:
    return re.findall(rf'href="({to}[^"]*)"', text)


def test_why_a_line_stands_here(browser: Browser) -> None:
    """From the first page, by links alone, to the line, its proposal, and what was refused."""
    (lines,) = links(browser.get("/skills").text, to="/skills/lines")
    text = browser.get(lines).text
    place = next(
        number
        for number, line in enumerate(
            re.findall(r'<td class="text">(.*?)</td>', text, re.DOTALL), 1
        )
        if "order number" in line
    )
    (link,) = [one for one in links(text, to="/skills/lines") if f"line={place}#" in one]
    told = browser.get(link.replace("&amp;", "&")).text
    assert "the order&#39;s number, not the order" in told
    assert "my refund" in told
    assert "idea number 60" in told


def test_who_refused_what(browser: Browser) -> None:
    text = browser.get("/refused").text
    assert "rejected by the gate" in text
    assert "refused: does not fit" in text
    (gate,) = [one for one in links(text, to="/entries") if "stage=gate" in one]
    listed = browser.get(gate.replace("&amp;", "&")).text
    assert "idea number 60" in listed
    assert "too_many_edits" not in listed
    fit = browser.get("/entries?refused=1&stage=fit").text
    assert '4 edits; at most 3 <span class="quiet">(too_many_edits)</span>' in fit


def test_a_list_goes_on_from_page_to_page(browser: Browser) -> None:
    seen: list[str] = []
    path = "/entries?skill=triage"
    while path:
        text = browser.get(path).text
        seen += re.findall(r'<th scope="row"><a href="/entries/(\w+)"', text)
        older = re.findall(r'rel="next" href="([^"]*)"', text)
        path = older[0].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 64


def test_words_are_found_and_a_wrong_filter_is_named(browser: Browser) -> None:
    assert "idea number 7<" in browser.get("/entries", params={"text": "number 7"}).text
    answer = browser.get("/entries", params={"verdict": "maybe"})
    assert answer.status_code == 400
    assert "maybe" in answer.text
    assert "No proposal passes these filters." in browser.get("/entries?text=zebra").text


def test_an_address_without_a_page_is_named(browser: Browser) -> None:
    answer = browser.get("/nowhere")
    assert answer.status_code == 404
    assert "there is no page &#39;/nowhere&#39;" in answer.text


def test_runs_to_compare_are_offered(browser: Browser) -> None:
    assert '<option value="run-2">triage, tune</option>' in browser.get("/compare").text


def test_an_entry_has_diff_evidence_verdict_and_neighbours(browser: Browser) -> None:
    text = browser.get("/entries?verdict=accepted&run=run-1").text
    path = re.findall(r'<th scope="row"><a href="(/entries/\w+)"', text)[0]
    entry = browser.get(path).text
    for part in ("Ask for the order", "my refund", "no word of refunds", "accepted by the gate",
                 "v-1", "Round 2", "Round 4", "/evidence"):  # fmt: skip
        assert part in entry, part
    assert browser.get("/entries/none").status_code == 404


def test_a_run_its_tree_and_its_likeness(browser: Browser) -> None:
    assert "not finished" in browser.get("/runs/run-2").text
    assert "50.0 % → 75.0 %, certified" in " ".join(browser.get("/runs/run-1").text.split())
    tree = browser.get("/runs/run-1/tree").text
    assert tree.count('<li class="line"') == 3
    assert "the last version" in tree
    compared = browser.get("/compare", params={"a": "run-1", "b": "run-2"}).text
    assert "Nothing: they were asked the same." in compared
    assert browser.get("/compare", params={"a": "run-1", "b": "x"}).status_code == 400


def test_what_a_run_cost_and_what_is_not_known(browser: Browser) -> None:
    """Two clicks from the first page."""
    (run,) = set(links(browser.get("/skills").text, to="/runs/"))
    (known,) = [one for one in links(browser.get(run).text, to="/runs/") if "known" in one]
    text = browser.get(known).text
    assert "Spend by role" in text
    assert "It has no end on record" in text


def test_a_long_run_is_left_to_the_report(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.web.pages.runs.LONGEST_REPORT", 10)
    assert "skillopt report run-2" in browser.get("/runs/run-2/known").text


def test_a_large_tree_is_not_drawn(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillopt.web.pages.runs.LARGEST_TREE", 10)
    assert "60 proposals; a tree is drawn for at most 10" in browser.get("/runs/run-2/tree").text


def test_a_running_run_is_shown_without_javascript(browser: Browser) -> None:
    text = browser.get("/runs/run-2").text
    assert 'data-events="/runs/run-2/events"' in text
    assert "60 proposals" in text


def test_too_many_watchers_are_asked_to_reload(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.web.pages.live.MOST_WATCHERS", 0)
    assert browser.get("/runs/run-2/events").status_code == 503


def test_an_export_is_the_commands(browser: Browser) -> None:
    answer = browser.get("/export/proposals.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="proposals.csv"'
    assert len(answer.text.splitlines()) == 65
    assert browser.get("/export/other").status_code == 404


def test_verify_is_started_by_a_form_and_says_what_it_found(browser: Browser) -> None:
    assert "Not checked since" in browser.get("/verify").text
    assert browser.submit("/verify", pin="x").status_code == 400
    assert browser.submit("/verify").status_code == 303
    assert browser.portal
    browser.portal.call(browser.app_state["site"].check.finished)
    text = browser.get("/verify").text
    assert "Verified" in text
    assert "2 accepted edits replayed" in text
