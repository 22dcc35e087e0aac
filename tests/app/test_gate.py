"""The gate through the whole stack: sentinels, missing outcomes, blindness, the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Outcome
from skillopt.core.history.run import AcceptedRound, RefusedRound
from skillopt.errors import CallFailed, TargetError
from tests.app.tickets import project
from tests.cli.commands import skillopt_here
from tests.scripted import (
    SKILL,
    Messages,
    draft,
    insert,
    proposing,
    tasks,
)
from tests.targets import ScriptedTarget

GOOD = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
BETTER = skillopt.Skill(text=SKILL.text + GOOD)


def protecting(*ids: str) -> skillopt.ValidationSet:
    given = tasks()
    made = [
        task.model_copy(update={"protected": True}) if task.id in ids else task
        for task in given.tasks
    ]
    return given.model_copy(update={"tasks": tuple(made)})


# -- sentinels


async def test_a_broken_sentinel_vetoes_and_the_reason_names_it(tmp_path: Path) -> None:
    worse = skillopt.Skill(text=BETTER.text.replace("- bread: bakery\n", ""))
    found = await skillopt.agate(
        SKILL,
        worse,
        validation_set=protecting("bread-1"),
        target=ScriptedTarget(),
        ledger=tmp_path / "ledger.db",
    )
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "sentinel")
    assert "'bread-1'" in found.verdict.reason


@pytest.mark.parametrize("noise", [0.0, 0.1])
async def test_a_task_the_incumbent_fails_is_no_sentinel_and_the_user_is_told(
    noise: float, tmp_path: Path
) -> None:
    found = await skillopt.agate(
        SKILL,
        BETTER,
        validation_set=protecting("hedge-1"),
        target=ScriptedTarget(noise=noise),
        ledger=tmp_path / "ledger.db",
    )
    assert found.verdict.code != "sentinel"
    assert any("'hedge-1' cannot be protected" in note for note in found.verdict.notes)


def test_tune_tells_of_a_sentinel_that_is_none_once_and_in_json_in_every_verdict(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path, protected=True)
    told = skillopt_here("tune", "tickets.md", "--rounds", "3", "--no-write", cwd=folder)
    assert told.returncode == 0, told.stderr
    note = "task 'validation-2' cannot be protected"
    assert " ".join(told.stdout.split()).count(note) == 1
    found = skillopt_here(
        "tune", "tickets.md", "--rounds", "3", "--no-write", "--json", "--seed", "1", cwd=folder
    )
    rounds = json.loads(found.stdout)["rounds"]
    verdicts = [one["decision"]["verdict"] for one in rounds if one["decision"].get("verdict")]
    assert verdicts
    assert all(any(note in text for text in verdict["notes"]) for verdict in verdicts)


# -- missing outcomes


class Outage:
    """The provider fails on some tasks while it lasts."""

    def __init__(self, *, share: int, marker: str) -> None:
        self.lasts = True
        self._share, self._marker = share, marker

    def __call__(self, skill: str, task: Task, _trial: int) -> None:
        hit = sum(task.id.encode()) % self._share == 0
        if self.lasts and self._marker in skill and task.split == "validation" and hit:
            raise CallFailed("the provider is down")


async def test_too_much_missing_is_inconclusive_and_can_be_taken_up_again(tmp_path: Path) -> None:
    """The proposal keeps its evidence: the same edits again pay only for what was missing."""
    outage = Outage(share=2, marker="roses")
    target = ScriptedTarget(before=outage)
    runs = []
    for number in range(2):
        runs.append(
            await skillopt.atune(
                SKILL,
                validation_set=tasks(),
                target=target,
                optimizer=proposing(draft(insert(GOOD))),
                ledger=tmp_path / "ledger.db",
                rounds=1,
                seed=number,
            )
        )
        outage.lasts = False
    first, second = (run.rounds[0].decision for run in runs)
    assert isinstance(first, RefusedRound)
    assert first.verdict is not None
    assert (first.code, first.verdict.outcome) == ("missing", Outcome.INCONCLUSIVE)
    assert "can be tried again" in first.reason
    assert isinstance(second, AcceptedRound), "the screen let it through, and the gate took it"
    validation = {task.id for task in tasks().split("validation")}
    tried = [
        (task, trial) for text, task, trial in target.ran if GOOD in text and task in validation
    ]
    lost = {again for again in tried if tried.count(again) > 1}
    assert lost
    assert all(sum(task.encode()) % 2 == 0 for task, _ in lost)


async def test_a_later_round_of_the_same_run_can_take_it_up_again(tmp_path: Path) -> None:
    outage = Outage(share=2, marker="roses")
    target = ScriptedTarget(before=outage)

    def again(messages: Messages) -> str:
        outage.lasts = False
        return draft(insert(GOOD))

    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=target,
        optimizer=proposing(draft(insert(GOOD)), again),
        ledger=tmp_path / "ledger.db",
        rounds=2,
    )
    codes = [getattr(round_.decision, "code", round_.decision.kind) for round_ in run.rounds]
    assert codes == ["missing", "accepted"]


async def test_a_little_missing_is_left_out_of_both_arms(tmp_path: Path) -> None:
    def fails(skill: str, task: Task, _trial: int) -> None:
        if task.id == "hedge-1" and "roses" in skill:
            raise CallFailed("the provider is down")

    found = await skillopt.agate(
        SKILL,
        BETTER,
        validation_set=tasks(),
        target=ScriptedTarget(before=fails),
        ledger=tmp_path / "ledger.db",
    )
    assert found.outcome is Outcome.ACCEPTED
    lost = next(pair for pair in found.verdict.pairs if pair.task == "hedge-1")
    assert lost.candidate is None


async def test_a_target_that_crashes_itself_has_failed(tmp_path: Path) -> None:
    def crashes(skill: str, _task: Task, _trial: int) -> None:
        if "roses" in skill:
            raise TargetError("it crashed")

    found = await skillopt.agate(
        SKILL,
        BETTER,
        validation_set=tasks(),
        target=ScriptedTarget(before=crashes),
        ledger=tmp_path / "ledger.db",
    )
    assert found.outcome is Outcome.REJECTED
    assert all(pair.candidate == 0 for pair in found.verdict.pairs if pair.candidate_runs)


# -- blindness


async def test_no_prompt_holds_a_verdicts_words_or_numbers(tmp_path: Path) -> None:
    """Accepted, futile, vetoed by a sentinel and by a guard, inconclusive: one bit of each."""
    prompts: list[str] = []
    proposals = [
        draft(insert(GOOD), idea="some words"),
        draft(insert("- nothing: nowhere\n"), idea="useless"),
        draft(
            {"kind": "delete", "anchor": "- bread: bakery\n"},
            insert("- hedge: garden\n- soil: garden\n"),
            idea="breaks a sentinel",
        ),
        draft(insert("- hammer: tools\n- screws: tools\n" + "x" * 500), idea="too long"),
        draft(insert("- pretzel: bakery\n- rolls: bakery\n"), idea="unreachable"),
        draft(insert("- hammer: tools\n- screws: tools\n"), idea="last"),
    ]
    answers = proposing(*proposals)

    def optimizer(messages: Messages) -> str:
        prompts.append("\n".join(message["content"] for message in messages))
        return answers(messages)

    run = await skillopt.atune(
        SKILL,
        validation_set=protecting("bread-1"),
        target=ScriptedTarget(before=Outage(share=2, marker="pretzel")),
        optimizer=optimizer,
        ledger=tmp_path / "ledger.db",
        rounds=6,
        gate="race",
        guard_skill_chars=300,
        max_changed_chars=2_000,
    )
    verdicts = [round_.decision.verdict for round_ in run.rounds if round_.decision.verdict]
    assert {verdict.code for verdict in verdicts} >= {"futile", "sentinel", "guard", "missing"}
    said = "\n".join(prompts)
    for verdict in verdicts:
        assert verdict.reason not in said
        for note in verdict.notes:
            assert note not in said
        if verdict.gain:
            assert f"{100 * verdict.gain:+.1f} points" not in said
    hidden = {task.id for task in tasks().tasks if task.split != "train"}
    assert not [name for name in hidden if name in said]


# -- a person's edit


async def test_a_gated_edit_is_a_run_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    found = await skillopt.agate(
        SKILL, BETTER, validation_set=tasks(), target=ScriptedTarget(), ledger=path
    )
    async with skillopt.SqlLedger.open(path) as ledger:
        (summary,) = await ledger.list_runs()
        assert (summary.record.id, summary.record.kind) == (found.run, "gate")
        assert (summary.rounds, summary.accepted) == (1, 1)
        assert summary.record.last == BETTER.digest
        entry = await ledger.show_round((await ledger.list_rounds())[0].id)
        assert entry.round.decision.verdict == found.verdict
        assert entry.diff is not None
        assert "+- roses: garden" in entry.diff
        assert (await ledger.verify()).sound
        assert (await ledger.usage(found.run)) == found.usage


async def test_the_same_edit_again_pays_nothing(tmp_path: Path) -> None:
    target = ScriptedTarget()
    both = [
        await skillopt.agate(
            SKILL, BETTER, validation_set=tasks(), target=target, ledger=tmp_path / "ledger.db"
        )
        for _ in range(2)
    ]
    assert both[0].verdict == both[1].verdict
    assert (both[0].usage.calls > 0, both[1].usage.calls) == (True, 0)
    assert both[0].run == both[1].run


GATED = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")


def test_the_gates_answer_in_plain_lines_json_and_markdown(tmp_path: Path) -> None:
    folder = project(tmp_path, protected=True)
    plain = skillopt_here(*GATED, "--table", cwd=folder)
    assert plain.returncode == 0, plain.stderr
    assert plain.stdout.startswith("accepted: ")
    assert "note: task 'validation-2' cannot be protected" in plain.stdout
    assert "length of the skill: " in plain.stdout
    assert "validation-23" in plain.stdout
    as_json = json.loads(skillopt_here(*GATED, "--json", cwd=folder).stdout)
    assert as_json["outcome"] == "accepted"
    assert len(as_json["verdict"]["pairs"]) == 24
    assert as_json["verdict"]["reason"]
    assert as_json["power"]["units"] == 24
    comment = skillopt_here(*GATED, "--markdown", cwd=folder).stdout
    assert comment.startswith("### skillopt gate: accepted (new)\n")
    for part in (
        "| gain on validation tasks | +",
        "<details><summary>16 of 24",
        "24 validation tasks:",
    ):
        assert part in comment
    assert comment.count("<details>") == comment.count("</details>") == 1
    runs = json.loads(skillopt_here("runs", "list", "--json", cwd=folder).stdout)["runs"]
    assert [run["record"]["kind"] for run in runs] == ["gate"]
    assert "gate" in skillopt_here("runs", "list", cwd=folder).stdout


def test_the_gates_exit_codes(tmp_path: Path) -> None:
    folder = project(tmp_path)
    worse = skillopt_here("gate", "new.md", "tickets.md", *GATED[3:], cwd=folder)
    assert (worse.returncode, worse.stdout.split(":")[0]) == (1, "rejected")
    both = skillopt_here(*GATED, "--json", "--markdown", cwd=folder)
    assert both.returncode == 2
    assert "choose one" in both.stderr
    vetoed = skillopt_here(*GATED, "--guard-skill-chars", "10", cwd=folder)
    assert vetoed.returncode == 1
    assert "guard_skill_chars allows 10" in vetoed.stdout


def test_the_head_of_a_run_says_what_it_can_detect(tmp_path: Path) -> None:
    folder = project(tmp_path)
    told = skillopt_here("tune", "tickets.md", "--rounds", "1", "--no-write", cwd=folder)
    head = told.stdout.partition("\nrun ")[0]
    assert "24 validation tasks" in head
    assert "about 80 % of the time" in " ".join(head.split())
    found = skillopt_here(
        "tune", "tickets.md", "--rounds", "1", "--no-write", "--json", "--seed", "1", cwd=folder
    )
    assert json.loads(found.stdout)["power"]["units"] == 24
