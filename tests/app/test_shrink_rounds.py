"""Shrinking between rounds that learn: useless rules go, learned ones stay, the margin is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.gate import Outcome
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.errors import RunStopped, SettingsError
from tests.scripted import DESKS, SKILL, agent, draft, insert, learner, proposing, tasks
from tests.targets import ScriptedTarget

DEAD = ("- bonsai: garden\n", "- chisel: tools\n", "Everybody likes us. We opened long ago.\n")
FULL = skillopt.Skill(text=f"# Which desk\n\n{DEAD[2]}\n{DEAD[0]}- bread: bakery\n{DEAD[1]}")
WORDS = {word for words in DESKS.values() for word in words}


async def tuned(tmp_path: Path, skill: skillopt.Skill = FULL, **more: Any) -> skillopt.Run:
    given: dict[str, Any] = {
        "validation_set": tasks(),
        "target": agent,
        "identity": "agent",
        "deterministic": True,
        "optimizer": learner,
        "ledger": tmp_path / "ledger.db",
        "shrink_every": 2,
        "no_worse_than": 15,
        "rounds": 40,
        "patience": 40,
        **more,
    }
    return await skillopt.atune(skill, **given)


def shortening(run: skillopt.Run) -> list[Round]:
    return [round_ for round_ in run.rounds if round_.against]


def words_of(skill: skillopt.Skill) -> set[str]:
    lines = (line for line in skill.text.splitlines() if line.startswith("- "))
    return {word for line in lines for word in line[2:].partition(":")[0].split(" or ")}


async def test_useless_rules_between_useful_ones_go_and_what_was_learned_stays(
    tmp_path: Path,
) -> None:
    run = await tuned(tmp_path)
    assert words_of(run.last) == WORDS
    assert "Everybody" not in run.last.text
    assert (run.shipped, run.record.stopped_by) == ("improved", "nothing left to fix")
    without = await tuned(tmp_path / "b", shrink_every=None, no_worse_than=None)
    assert words_of(without.last) == WORDS | {"bonsai", "chisel"}
    assert all(not round_.against for round_ in without.rounds)
    assert run.sealed is not None
    assert without.sealed is not None
    assert run.sealed.last_score == without.sealed.last_score == 1


async def test_every_second_round_shortens_until_nothing_is_left_to_fix_then_all_do(
    tmp_path: Path,
) -> None:
    run = await tuned(tmp_path)
    numbers = [round_.number for round_ in shortening(run)]
    learned = [round_.number for round_ in run.rounds if not round_.against]
    assert all(number % 2 for number in learned)
    assert numbers[-5:] == list(range(len(run.rounds) - 4, len(run.rounds) + 1))


async def test_deletions_are_compared_with_the_last_version_that_gained(tmp_path: Path) -> None:
    more = "".join(f"- unheard{letter}: garden\n" for letter in "abcdef")
    run = await tuned(tmp_path, skillopt.Skill(text=FULL.text + more), rounds=16)
    gained, accepted = run.first.digest, 0
    for round_ in run.rounds:
        if round_.against:
            assert round_.against == gained
            verdict = round_.decision.verdict
            assert verdict is None or verdict.code in {"margin", "futile"}
            accepted += round_.decision.kind == "accepted" and round_.parent != gained
        elif isinstance(round_.decision, AcceptedRound):
            gained = round_.decision.candidate
    assert accepted > 1, "several in a row after the last gain"


async def test_small_losses_of_all_stretches_stay_within_one_margin(tmp_path: Path) -> None:
    """Each word is worth a twelfth of the score, and the optimizer brings back what went."""
    run = await tuned(tmp_path, no_worse_than=30, rounds=60, patience=60)
    lost, stretch = 0.0, 0.0
    for round_ in run.rounds:
        if isinstance(round_.decision, AcceptedRound):
            gain = round_.decision.verdict.gain or 0.0
            lost, stretch = (lost, -gain) if round_.against else (lost + stretch, 0.0)
            assert lost + stretch < 0.30
    assert len(shortening(run)) > 5


async def test_of_two_rules_that_say_the_same_one_stays(tmp_path: Path) -> None:
    twice = skillopt.Skill(text="# A\n\n- bread: bakery\n\n# B\n\n- saw: tools\n- bread: bakery\n")
    run = await tuned(tmp_path, twice)
    assert run.last.text.count("bread") == 1
    assert words_of(run.last) == WORDS


def both_or_nothing(skill: str, letter: str) -> str:
    """The garden's words work only beside the line that says where the garden is."""
    said = agent(skill, letter)
    return "reception" if said == "garden" and "The garden is open." not in skill else said


async def test_a_rule_that_matters_only_together_with_another_stays(tmp_path: Path) -> None:
    words = "".join(f"- {word}: garden\n" for word in DESKS["garden"])
    text = f"# Which desk\n\nThe garden is open.\n\nWe are old.\n\n- bread: bakery\n{words}"
    run = await tuned(tmp_path, skillopt.Skill(text=text), target=both_or_nothing)
    assert "The garden is open." in run.last.text
    assert "We are old." not in run.last.text
    assert words_of(run.last) == WORDS


def reads_or(skill: str, letter: str) -> str:
    """An agent that reads `- a or b: desk` as well."""
    lines = []
    for line in skill.splitlines():
        said, found, desk = line.removeprefix("- ").partition(": ")
        lines += [f"- {word}: {desk}" for word in said.split(" or ")] if found else [line]
    return agent("\n".join(lines), letter)


@pytest.mark.parametrize(("target", "merged"), [(reads_or, True), (agent, False)])
async def test_rules_are_merged_where_the_target_reads_them_so(
    tmp_path: Path, *, target: Any, merged: bool
) -> None:
    text = "".join(f"- {word}: {desk}\n" for desk, words in DESKS.items() for word in words)
    run = await tuned(
        tmp_path, skillopt.Skill(text=text), target=target, identity=str(merged), rounds=30
    )
    assert words_of(run.last) == WORDS
    assert (" or " in run.last.text) == merged
    assert run.shipped == ("no worse" if merged else "nothing accepted")


async def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    def target(stop_at: int) -> ScriptedTarget:
        ran: list[int] = []

        def before(_skill: str, _task: object, _trial: int) -> None:
            ran.append(1)
            if len(ran) == stop_at:
                raise RunStopped("no call can succeed")

        return ScriptedTarget(before=before)

    whole = await tuned(tmp_path / "a", target=target(0), identity=None)
    for stop_at in (100, 150):
        with pytest.raises(RunStopped):
            await tuned(tmp_path / "b", target=target(stop_at), identity=None)
    again = await tuned(tmp_path / "b", target=target(0), identity=None)
    assert [round_.decision.kind for round_ in again.rounds] == [
        round_.decision.kind for round_ in whole.rounds
    ]
    assert again.last == whole.last


async def test_a_refused_deletion_neither_costs_patience_nor_blocks_the_optimizer(
    tmp_path: Path,
) -> None:
    """What was not shown to be no worse may still be proposed, and tested for a gain."""
    anchor = "- bread: garden\n"
    wrong = skillopt.Skill(text=f"{anchor}\nBe kind.\n")
    cure = draft({"kind": "delete", "anchor": anchor}, insert("- bread: bakery\n"))
    run = await tuned(
        tmp_path, wrong, optimizer=proposing(cure), shrink_every=1, patience=1, rounds=9
    )
    assert len(run.rounds) > 1


async def test_too_few_tasks_for_the_margin_shorten_nothing(tmp_path: Path) -> None:
    run = await tuned(tmp_path, no_worse_than=None, rounds=6)
    assert shortening(run) == []


async def test_a_noisy_target_never_runs_a_trial_twice(tmp_path: Path) -> None:
    target = ScriptedTarget(noise=0.02)
    run = await tuned(
        tmp_path,
        target=target,
        identity=None,
        deterministic=None,
        no_worse_than=30,
        rounds=12,
        patience=12,
    )
    assert len(target.ran) == len(set(target.ran))
    assert any(
        round_.decision.verdict.outcome is Outcome.ACCEPTED
        for round_ in shortening(run)
        if round_.decision.verdict
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"shrink": True}, "take out one of them"),
        ({"alpha": 0.6, "gate": "strict"}, "must be below"),
    ],
)
async def test_what_does_not_go_together_is_refused(
    tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        await tuned(tmp_path, SKILL, **more)
