"""The pages of what waits: three forms, a second person, a reader, hostile texts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.core.content.finding import Finding
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Round
from skillopt.core.history.waiting import Waiting
from skillopt.core.loop_settings import LoopSettings
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert
from tests.web.conftest import Browser, Opening

HOSTILE = "<script>alert(1)</script>"
OWN = SKILL.text + "- Ask for the order.\n"


def waits(where: Path, *, run: str = "run-1") -> Round:
    async def make() -> Round:
        async with SqlLedger.open(where) as ledger:
            await ledger.start_run(
                a_run(run, fingerprint=run, settings=LoopSettings(approve=True)), SKILL
            )
            edit = an_insert(f"- {HOSTILE}\n")
            round_, candidate = a_round(
                run=run, proposal=a_proposal(edit, idea=HOSTILE), outcome=Outcome.ACCEPTED
            )
            found = Finding(kind="urls", rule="a URL", action="warn", passages=(HOSTILE,), count=1)
            round_ = round_.model_copy(update={"content": (found,)})
            assert candidate
            await ledger.add_waiting(round_, candidate)
            return round_

    return asyncio.run(make())


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def decided(where: Path) -> Waiting:
    (one,) = skillopt.approvals(decided=True, ledger=where)
    return one


def opened(browse: Opening, where: Path, **options: bool) -> tuple[Browser, str]:
    round_ = waits(where)
    return browse(where, **options).signed_in(), f"/approvals/{round_.id}"


def test_what_waits_is_listed_and_shown_as_text(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where)
    assert path in browser.get("/approvals").text
    shown = browser.get(path)
    for page in (shown.text, browser.get("/approvals").text):
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page
    for said in ("accepted by the gate", "urls", "no word of refunds", 'value="ada"'):
        assert said in shown.text
    assert browser.get("/approvals/ffff").status_code == 404


def test_long_lists_go_on_from_their_last_row(
    browse: Opening, where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.web.pages.approvals.A_PAGE", 1)
    ids = [waits(where, run=f"run-{number}").id for number in range(1, 5)]
    for entry in ids[:2]:
        skillopt.approve(entry, by="Ana", ledger=where)
    browser = browse(where).signed_in()
    first = browser.get("/approvals").text
    assert listed(first, ids) == {ids[3], ids[1]}
    older, decided_ones = f"/approvals?before={ids[3]}", f"/approvals?decided_before={ids[1]}"
    assert older in first
    assert decided_ones in first
    last = browser.get(older).text
    assert listed(last, ids) == {ids[2]}
    assert "before=" not in last
    assert "Decided" not in last
    assert listed(browser.get(decided_ones).text, ids) == {ids[0]}
    assert "Nothing waits" not in browser.get(decided_ones).text
    assert browser.get("/approvals?before=none").status_code == 404


def listed(page: str, ids: list[str]) -> set[str]:
    return {one for one in ids if f'"/approvals/{one}"' in page}


def test_it_is_approved_and_the_second_person_hears_of_it(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where)
    done = browser.submit(f"{path}/approve", name="Ana  B", reason="reads well")
    assert (done.status_code, done.headers["location"]) == (303, path)
    decision = decided(where).decision
    assert decision
    assert (decision.kind, decision.person, decision.known_by) == ("approved", "Ana B", "page")
    late = browser.submit(f"{path}/refuse", name="Bo", reason="too long")
    assert late.status_code == 409
    assert "Ana B approved it on" in late.text
    assert "<textarea" not in late.text
    assert "Nothing waits" in browser.get("/approvals").text


def test_it_is_refused_with_a_reason_and_not_without(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where)
    bare = browser.submit(f"{path}/refuse", name="Bo", reason=" ")
    assert bare.status_code == 422
    assert "needs a reason" in bare.text
    assert browser.submit(f"{path}/refuse", name="", reason="no").status_code == 422
    browser.submit(f"{path}/refuse", name="Bo", reason="no scripts")
    decision = decided(where).decision
    assert decision
    assert (decision.kind, decision.reason) == ("refused", "no scripts")


def test_who_refused_what_the_gate_had_accepted_is_among_the_refusals(
    browse: Opening, where: Path
) -> None:
    browser, path = opened(browse, where)
    assert "Refused by people" not in browser.get("/refused").text
    browser.submit(f"{path}/refuse", name="Bo", reason=f"no {HOSTILE}")
    for at in ("/refused", "/refused?skill=triage"):
        text = browser.get(at).text
        assert f'<a href="{path}">' in text
        assert "refused</span> by Bo" in text
        assert "no &lt;script&gt;" in text
        assert HOSTILE not in text


def test_an_edited_text_is_kept_to_the_letter(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where)
    text = "---\nname: other\n---\n# Other\n"
    bad = browser.submit(f"{path}/edit", name="Ana", reason="my <own>", text=text)
    assert bad.status_code == 422
    assert "another front matter" in bad.text
    assert "# Other" in bad.text, "what was typed is not lost"
    assert bad.text.count('value="my &lt;own&gt;"') == 1, "and stays in its own form"
    browser.submit(f"{path}/edit", name="Ana", text=OWN.replace("\n", "\r\n"))
    found = decided(where)
    assert found.decision
    assert found.decision.candidate == skillopt.Skill(text=OWN).digest


def test_a_reader_decides_nothing(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where, read_only=True)
    assert "<button>Approve" not in browser.get(path).text
    for what in ("approve", "edit", "refuse"):
        answer = browser.submit(f"{path}/{what}", name="Ana", reason="x", text=OWN)
        assert answer.status_code == 403
    assert decided(where).decision is None


def test_what_is_out_of_date_says_so_and_can_be_closed(
    browse: Opening, where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(where.parent)
    (where.parent / "skillopt.toml").touch()
    file = where.parent / "skills" / "triage" / "SKILL.md"
    file.parent.mkdir(parents=True)
    file.write_text("# By hand\n")
    browser, path = opened(browse, where)
    assert "waits, out of date" in browser.get("/approvals").text
    assert "has changed since the run started" in browser.get(path).text
    browser.submit(f"{path}/refuse", name="Ana", reason="an old text")
    assert "out of date" not in browser.get("/approvals").text


def test_other_pages_lead_to_what_waits(browse: Opening, where: Path) -> None:
    browser, path = opened(browse, where)
    led = browser.get(path.replace("approvals", "entries"))
    assert (led.status_code, led.headers["location"]) == (307, path)
    assert f'<a href="{path}">a proposal waits for approval</a>' in browser.get("/runs/run-1").text
    assert browser.get("/entries/ffff").status_code == 404
