"""Refused edits tested again, on the skill as it is now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.app.retry import aretry
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Outcome
from skillopt.core.history.run import Round
from skillopt.errors import CallFailed, InputError
from tests.cli.commands import skillopt_here
from tests.scripted import (
    SKILL,
    draft,
    insert,
    proposing,
    tasks,
)
from tests.targets import ScriptedTarget

GOOD = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
USELESS = draft(insert("- nothing: nowhere\n"), idea="useless")


async def entry(tmp_path: Path, reply: str, **more: object) -> Round:
    """The refused round of a run of one proposal."""
    call = {"validation_set": tasks(), "target": ScriptedTarget(), **more}
    run = await skillopt.atune(
        SKILL, optimizer=proposing(reply), ledger=tmp_path / "ledger.db", rounds=1, **call
    )
    (round_,) = run.rounds
    assert round_.decision.kind == "refused"
    return round_


async def test_an_inconclusive_entry_goes_on_with_what_it_has(tmp_path: Path) -> None:
    lasts = True

    def outage(skill: str, task: Task, _trial: int) -> None:
        if lasts and "roses" in skill and sum(task.id.encode()) % 2 == 0:
            raise CallFailed("the provider is down")

    target = ScriptedTarget(before=outage)
    round_ = await entry(tmp_path, draft(insert(GOOD)), target=target)
    assert round_.decision.verdict
    assert round_.decision.verdict.outcome is Outcome.INCONCLUSIVE
    lasts = False
    paid = set(target.ran)
    before = len(target.ran)
    call = {"validation_set": tasks(), "target": target, "ledger": tmp_path / "ledger.db"}
    found = await aretry(SKILL, round_, **call)
    assert (found.outcome, found.retries) == (Outcome.ACCEPTED, round_.id)
    again = target.ran[before:]
    assert again
    assert all(failed_first(one) for one in again if one in paid), "what was had is not paid again"
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        kept = await ledger.show_run(found.run)
        assert (await ledger.verify()).sound
    assert (kept.record.retries, kept.record.kind) == (round_.id, "gate")
    (summary,) = kept.rounds
    assert summary.outcome == "accepted"


def failed_first(call: tuple[str, str, int]) -> bool:
    """The outage struck this call."""
    return "roses" in call[0] and sum(call[1].encode()) % 2 == 0


async def test_one_edit_of_a_bundle_is_retried_alone_on_todays_text(tmp_path: Path) -> None:
    good, bad = insert(GOOD), insert("- hammer: nowhere\n- rolls: nowhere\n- bread: nowhere\n")
    useless = insert("- nothing: nowhere\n")
    round_ = await entry(tmp_path, draft(useless, bad, idea="bad"))
    call = {
        "validation_set": tasks(),
        "target": ScriptedTarget(),
        "ledger": tmp_path / "ledger.db",
    }
    found = await aretry(SKILL, round_, edit=1, **call)
    assert found.outcome is Outcome.REJECTED
    assert found.new == skillopt.Skill(text=SKILL.text + bad["text"]).digest
    longer = skillopt.Skill(text=SKILL.text + good["text"])
    found = await aretry(longer, round_, edit=0, **call)
    assert found.new == skillopt.Skill(text=longer.text + useless["text"]).digest


async def test_an_edit_that_only_rewords_passes_when_it_need_only_be_no_worse(
    tmp_path: Path,
) -> None:
    round_ = await entry(tmp_path, USELESS)
    found = await aretry(
        SKILL,
        round_,
        validation_set=tasks(),
        target=ScriptedTarget(),
        ledger=tmp_path / "ledger.db",
        no_worse_than=60.0,
    )
    assert (found.outcome, found.verdict.code) == (Outcome.ACCEPTED, "margin")


@pytest.mark.parametrize(
    ("text", "edit", "complaint"),
    [
        ("# Another\n\n- bread: bakery\n", 0, "anchor_missing"),
        (SKILL.text, 4, "has no edit 4; its edits are counted from 0 to 0"),
    ],
)
async def test_what_does_not_fit_any_more_is_told_before_a_call(
    text: str, edit: int, complaint: str, tmp_path: Path
) -> None:
    replace = {"kind": "replace", "anchor": "Word and desk.", "text": "Words, desks."}
    round_ = await entry(tmp_path, draft(replace))
    target = ScriptedTarget()
    with pytest.raises(InputError, match=complaint):
        await aretry(
            skillopt.Skill(text=text),
            round_,
            edit=edit,
            validation_set=tasks(),
            target=target,
            ledger=tmp_path / "ledger.db",
        )
    assert target.ran == []


async def test_an_accepted_entry_and_one_without_edits_cannot_be_retried(tmp_path: Path) -> None:
    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=ScriptedTarget(),
        optimizer=proposing(draft(insert(GOOD)), "no proposal"),
        ledger=tmp_path / "ledger.db",
        rounds=2,
    )
    accepted, unread = run.rounds
    call = {"validation_set": tasks(), "target": ScriptedTarget(), "ledger": tmp_path / "l.db"}
    with pytest.raises(InputError, match="was accepted: there is nothing to retry"):
        await aretry(SKILL, accepted, **call)
    with pytest.raises(InputError, match="has no edits to retry"):
        await aretry(SKILL, unread, **call)


def test_the_commands(tmp_path: Path) -> None:
    """On the file its run was on; a rejected edit stays rejected, exit code 1."""
    (tmp_path / "validation_sets").mkdir()
    words = {"invoice": "billing", "password": "access", "crash": "bugs"}
    rows = [
        {
            "id": f"{split}-{at}",
            "split": split,
            "input": f"{split} {at}: my {word}.",
            "expected": desk,
        }
        for split, count in (("train", 9), ("validation", 24), ("test", 18))
        for at in range(count)
        for word, desk in [list(words.items())[at % 3]]
    ]
    content = {"name": "tickets", "checks": [{"type": "exact"}], "tasks": rows}
    (tmp_path / "validation_sets" / "tickets.yaml").write_text(json.dumps(content))
    old = "# Tickets\n\n- Otherwise, answer `billing`.\n"
    (tmp_path / "tickets.md").write_text(old)
    (tmp_path / "skillopt.toml").write_text("practice = true\n")
    tuned = skillopt_here("tune", "tickets.md", "--no-write", "--rounds", "3", cwd=tmp_path)
    assert tuned.returncode == 0, tuned.stderr
    shown = skillopt_here("ledger", "digest", "tickets.md", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "round 1 of a new run" in shown.stderr
    asked = skillopt_here("ledger", "digest", "tickets.md", "--json", cwd=tmp_path)
    assert json.loads(asked.stdout)["text"] == shown.stdout.rstrip("\n")
    listed = skillopt_here("ledger", "list", "--json", cwd=tmp_path)
    first = json.loads(listed.stdout)["rounds"][-1]["id"]
    accepted = skillopt_here("ledger", "retry", first, cwd=tmp_path)
    assert accepted.returncode == 2
    assert "was accepted" in accepted.stderr
    assert "Traceback" not in accepted.stderr
    nobody = skillopt_here("ledger", "retry", "zz", cwd=tmp_path)
    assert nobody.returncode == 2
    assert "no proposal 'zz'" in nobody.stderr
    (tmp_path / "tickets.md").unlink()
    gone = skillopt_here("ledger", "retry", first, cwd=tmp_path)
    assert gone.returncode == 2
    assert "has no file tickets.md; name its file" in gone.stderr
    both = skillopt_here("ledger", "retry", first, "--json", "--markdown", cwd=tmp_path)
    assert both.returncode == 2
