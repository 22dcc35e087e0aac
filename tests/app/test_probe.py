"""Probes of targets whose faults are known: each shows in its own measure, and in no other."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.app.probe import ProbeReport, aprobe
from skillopt.core.evaluation.second_attempt import EARLIER, REQUEST
from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER
from skillopt.core.evaluation.task import Task
from skillopt.errors import CallFailed, OutcomesMissing, SettingsError, SpendExhausted
from tests.app.jobs import BETTER
from tests.scripted import DESKS, SKILL, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

Agent = Callable[[str, str], str]
WORDS = {word: desk for desk, words in DESKS.items() for word in words}


def desk_of(text: str) -> str:
    """The right desk for the last word in ``text`` that has one."""
    found = [word for word in text.replace("?", " ").replace("!", " ").split() if word in WORDS]
    return WORDS[found[-1]] if found else "nowhere"


def right(_skill: str, text: str) -> str:
    return desk_of(text)


def repairing(_skill: str, text: str) -> str:
    return desk_of(text.partition(EARLIER)[0]) if REQUEST in text else "reception"


def breaking(_skill: str, text: str) -> str:
    return "reception" if REQUEST in text else desk_of(text)


def sure(_skill: str, text: str) -> str:
    said = desk_of(text) if "bread" in text or "saw" in text else "reception"
    return f"{said}\n{MARKER}\nConfidence: 99" if INSTRUCTION in text else said


def fawning(_skill: str, text: str) -> str:
    tone = any(mark in text for mark in ("Hello!", "Do this now", "Dear assistant"))
    return "whatever you like" if tone else desk_of(text)


def stubborn(_skill: str, _text: str) -> str:
    return "tools"


def learning_from_errors(_skill: str, text: str) -> str:
    """Answers as the history does, where there is one."""
    return "reception" if "Your answer:" in text else desk_of(text)


async def probed(target: Any, skill: Any = SKILL, **more: Any) -> ProbeReport:
    given: dict[str, Any] = {
        "validation_set": tasks(),
        "target": target,
        "ledger": MemoryLedger(),
    }
    return await aprobe(skill, **(given | more))


async def test_a_target_that_repairs_gains_by_its_second_attempts() -> None:
    report = await probed(repairing, second_attempts=True)
    found = report.found.second_attempts
    assert found is not None
    assert (found.failed, found.repaired, found.passed, found.broken) == (24, 24, 0, 0)
    assert (found.first.mean, found.second.mean, found.gain.mean) == (0, 1, 1)
    assert found.gain.low > 0.5
    assert report.found.score.mean == 0
    assert report.spent.calls == report.usage.calls == 48
    assert (report.found.self_check, report.found.variants, report.found.agreement) == (None,) * 3


async def test_a_target_that_breaks_right_answers_loses_by_them() -> None:
    found = (await probed(breaking, second_attempts=True)).found.second_attempts
    assert found is not None
    assert (found.repaired, found.broken, found.passed) == (0, 24, 24)
    assert found.gain.high < -0.5


async def test_repairs_and_breakages_that_cancel_out_are_still_told_apart() -> None:
    def swapping(_skill: str, text: str) -> str:
        first = desk_of(text.partition(EARLIER)[0])
        good = (first == "tools") == (REQUEST in text)
        return first if good else "reception"

    found = (await probed(swapping, second_attempts=True)).found.second_attempts
    assert found is not None
    assert (found.repaired, found.broken) == (8, 16)


async def test_an_over_confident_target_shows_in_brier_score_and_table() -> None:
    report = await probed(sure, self_check=True)
    found = report.found.self_check
    assert found is not None
    assert (found.answers, found.assessed) == (24, 24)
    assert found.score.mean == report.found.score.mean == pytest.approx(4 / 24)
    assert found.effect.mean == 0
    assert found.brier is not None
    assert found.brier.mean == pytest.approx((20 * 0.99**2 + 4 * 0.01**2) / 24)
    assert found.skill is not None
    assert found.skill < 0
    assert found.overconfidence is not None
    assert found.overconfidence.low > 0.5
    ((row,),) = (found.table,)
    assert (row.low, row.count, row.outcome) == (0.8, 24, pytest.approx(4 / 24))


async def test_a_target_that_never_assesses_itself_has_a_score_and_no_brier_score() -> None:
    found = (await probed(right, self_check=True)).found.self_check
    assert found is not None
    assert (found.assessed, found.brier, found.skill, found.table) == (0, None, None, ())
    assert found.score.mean == 1


async def test_a_target_that_flips_under_politeness_is_inconsistent_there_alone() -> None:
    found = (await probed(fawning, variants=3)).found.variants
    assert found is not None
    kinds = {one.kind: one for one in found.kinds}
    assert set(kinds) == {"preamble", "politeness", "errors"}
    assert kinds["politeness"].consistency.mean == 0
    assert kinds["politeness"].robustness.mean == -1
    assert kinds["preamble"].consistency.mean == kinds["errors"].consistency.mean == 1
    assert found.consistency.mean == pytest.approx(2 / 3)
    assert found.robustness.high < 0
    assert (found.plain.mean, found.wrapped.mean) == (1, pytest.approx(2 / 3))


async def test_a_target_that_follows_earlier_errors_shows_there_alone() -> None:
    found = (await probed(learning_from_errors, variants=3)).found.variants
    assert found is not None
    assert {one.kind for one in found.kinds if one.consistency.mean < 1} == {"errors"}


async def test_a_steady_target_is_consistent_and_robust() -> None:
    found = (await probed(right, variants=2)).found.variants
    assert found is not None
    assert (found.variants, found.consistency.mean, found.robustness.mean) == (48, 1, 0)
    assert found.same_answer.mean == 1


async def test_a_consistently_wrong_target_agrees_and_that_is_said() -> None:
    report = await probed(stubborn, agreement=3)
    found = report.found.agreement
    assert found is not None
    assert (found.runs, found.agreement.mean, found.score.mean) == (3, 1, pytest.approx(1 / 3))
    assert len(found.consistently_wrong) == 16
    assert "agreement is no sign of a right answer" in report.partings[0]
    assert report.spent.calls == 72


async def test_more_agreement_on_wrong_answers_than_another_version_is_said() -> None:
    calls: dict[str, int] = {}

    def hedging(skill: str, text: str) -> str:
        """Right two times of three with the first version; always the same desk with the next."""
        calls[text] = calls.get(text, 0) + 1
        if skill == BETTER.text:
            return "tools"
        return desk_of(text) if calls[text] % 3 else "reception"

    report = await probed(hedging, BETTER, agreement=3, against=SKILL)
    assert report.differences["agreement"].low > 0
    assert report.differences["score"].mean < 0
    assert any("agreement rises" in one for one in report.partings)
    back = await probed(hedging, SKILL, agreement=3, against=BETTER)
    assert not any("agreement rises" in one for one in back.partings)


async def test_a_deterministic_target_agrees_for_nothing_and_is_not_asked_to() -> None:
    target = ScriptedTarget()
    report = await probed(target, agreement=3)
    assert target.deterministic
    assert (report.found.agreement, report.partings) == (None, ())
    assert len(target.ran) == 24
    assert "its runs always agree" in report.warnings[0]


async def test_advice_on_self_correction_is_judged_by_what_the_second_attempt_gains() -> None:
    advice = SKILL.model_copy(update={"text": SKILL.text + "Look again at the word.\n"})

    def heeding(skill: str, text: str) -> str:
        good = REQUEST in text and "Look again" in skill
        return desk_of(text.partition(EARLIER)[0]) if good else "reception"

    report = await probed(heeding, advice, second_attempts=True, against=SKILL)
    assert report.differences["score"].mean == 0
    assert report.differences["second_gain"].mean == 1
    assert report.differences["second_gain"].low > 0


async def test_without_a_probe_named_all_are_run() -> None:
    report = await probed(right)
    found = report.found
    assert None not in (found.second_attempts, found.self_check, found.variants, found.agreement)
    assert report.spent.calls == 24 * (3 + 1 + 1 + 3)
    assert report.plan.rollouts(24, trials=1) == {
        "plain": 72,
        "second attempts": 24,
        "self-checks": 24,
        "variants": 72,
    }


async def test_probes_are_stored_under_keys_of_their_own_and_never_paid_twice(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "ledger.db"
    identity = {"identity": "agent 1", "ledger": ledger}
    first = await probed(sure, **identity)
    again = await probed(sure, **identity)
    assert again.spent.calls == 0
    assert again.found == first.found
    plain = await skillopt.aevaluate(SKILL, validation_set=tasks(), target=sure, **identity)
    assert plain.score.mean == first.found.score.mean
    async with skillopt.SqlLedger.open(ledger) as opened:
        assert [run.record.kind for run in await opened.list_runs()] == ["probe", "probe"]
        assert (await opened.verify()).sound


async def test_no_reader_of_the_ledger_takes_a_probe_for_a_plain_rollout(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"

    def before(_skill: str, task: Task, _trial: int) -> None:
        if REQUEST in task.text and task.id == "bread-1":
            raise CallFailed("down")

    await probed(ScriptedTarget(before=before), ledger=ledger)
    with closing(sqlite3.connect(ledger)) as opened:
        rows = opened.execute("select distinct task_id, task from rollouts").fetchall()
    known = {task.id: task.digest for task in tasks().tasks}
    assert {(name, task) for name, task in rows if name in known} <= set(known.items())
    names = {name.partition(" [")[2] for name, _ in rows}
    assert names >= {"", "second attempt]", "self-check]", "variant errors]"}
    assert "bread-1 [second attempt]" in {name for name, _ in rows}


async def test_a_secret_in_an_answer_is_asked_about_as_the_ledger_keeps_it(tmp_path: Path) -> None:
    seen: list[str] = []

    def telling(_skill: str, text: str) -> str:
        seen.append(text)
        return f"the key is {'sk-' + 'proj-' + 'Ab3dE5gH7jK9mN1pQ3sT5vW7' * 2}"

    given = {"identity": "agent 1", "ledger": tmp_path / "ledger.db"}
    await probed(telling, second_attempts=True, **given)
    assert any(REQUEST in text for text in seen)
    assert not any("Ab3dE5gH7jK9" in text for text in seen)
    assert (await probed(telling, second_attempts=True, **given)).spent.calls == 0


async def test_the_plain_rollouts_of_an_evaluation_are_used() -> None:
    given = {"identity": "agent 1", "ledger": MemoryLedger()}
    await skillopt.aevaluate(SKILL, validation_set=tasks(), target=right, **given)
    assert (await probed(right, second_attempts=True, **given)).spent.calls == 24


async def test_the_skill_and_the_right_answers_are_the_same_in_every_manner() -> None:
    seen: list[tuple[str, str]] = []

    def listening(skill: str, text: str) -> str:
        seen.append((skill, text))
        return "reception"

    await probed(listening)
    assert {skill for skill, _ in seen} == {SKILL.text}
    assert not any(desk in text for _, text in seen for desk in DESKS)


async def test_a_command_is_asked_again_in_its_input(tmp_path: Path) -> None:
    script = tmp_path / "agent.py"
    script.write_text(
        "import json, sys\n"
        "asked = json.load(sys.stdin)['input']\n"
        f"print('again' if {REQUEST!r} in asked and 'first' in asked else 'first')\n"
    )
    two = tasks().model_copy(update={"tasks": tasks().split("validation")[:2]})
    report = await probed(
        None,
        validation_set=two,
        target_command=f"{sys.executable} {script}",
        second_attempts=True,
    )
    assert report.found.second_attempts is not None
    assert report.found.second_attempts.changed == 2


async def test_an_empty_first_answer_has_no_second_attempt() -> None:
    report = await probed(lambda _skill, _text: "", second_attempts=True)
    assert report.found.second_attempts is None
    assert report.spent.calls == 24


async def test_a_limit_of_spend_holds() -> None:
    with pytest.raises(SpendExhausted):
        await probed(right, second_attempts=True, max_calls=30)


async def test_no_outcomes_is_no_report() -> None:
    def before(_skill: str, _task: Task, _trial: int) -> None:
        raise CallFailed("down")

    with pytest.raises(OutcomesMissing, match="too many to compare with"):
        await probed(ScriptedTarget(before=before), second_attempts=True)


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"agreement": 1}, "it takes 2 runs of a task to agree"),
        ({"variants": 10}, "variants: .*less than or equal to 9.*got 10"),
        ({"kinds": ("rude",), "variants": 1}, "kinds"),
        ({"split": "test"}, "a probe runs on `train` or `validation`"),
    ],
)
async def test_what_cannot_be_probed_is_refused(named: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        await probed(right, **named)
