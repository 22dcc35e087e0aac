"""An optimizer that carries tasks and checks into the skill: refused before the gate, and said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.app.retry import aretry
from skillopt.core.evaluation.checks import Exact, Regex
from skillopt.core.history.run import RefusedRound
from skillopt.core.quoting import blocks
from skillopt.errors import InputError
from tests.scripted import SKILL, Messages, agent, draft, insert, proposing, skillopt_process

PATTERN = r"^(?:bakery|garden|tools)(?:\s+desk)?$"
GOOD = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n"
WORDS = {
    "garden": ("roses", "lawn", "hedge", "soil"),
    "tools": ("saw", "drill", "hammer", "screws"),
    "bakery": ("bread", "rolls", "cake", "pretzel"),
}


def letter(word: str, split: str) -> str:
    """A letter that no two splits share a line of."""
    return {
        "train": f"Dear shop, my aunt in Bergen would love {word} before her birthday on Friday.",
        "validation": f"Somebody at the harbour market said that {word} can be had here cheaply.",
        "test": f"After so many rainy weeks our school orchestra needs {word} most urgently.",
    }[split]


def tasks() -> skillopt.ValidationSet:
    made = []
    for desk, words in WORDS.items():
        for word in words:
            for split in ("train", "validation", "test"):
                # A task is known by its own words, not by those that all letters share.
                tail = (
                    f" Yours, {word.title()} {split[:2].title()}ckeren of {word}gate {split}side."
                )
                made.append(
                    skillopt.Task(
                        id=f"{word}-{split}",
                        split=split,  # type: ignore[arg-type]
                        input=letter(word, split) + tail,
                        expected=desk,
                        checks=(
                            Exact(type="exact"),
                            Regex(type="regex", pattern=PATTERN, says="a desk and nothing else"),
                        ),
                    )
                )
    return skillopt.ValidationSet(name="letters", tasks=tuple(made))


TASKS = tasks()
TRAIN = TASKS.split("train")[0]
HELD_OUT = TASKS.split("validation")[0]
QUOTES_TRAIN = draft(
    insert(f"- If the letter is “{TRAIN.text}”, say garden. Match `{PATTERN}`.\n"),
    idea="roses",
)
QUOTES_HELD_OUT = draft(
    insert(f"- {HELD_OUT.text} → garden\n"), idea=f"the letter “{HELD_OUT.text}”"
)


class Recording:
    """An optimizer that keeps what it was asked."""

    def __init__(self, *replies: str) -> None:
        self.asked: list[str] = []
        self._reply = proposing(*replies)

    def __call__(self, messages: Messages) -> str:
        self.asked.append(json.dumps(messages, ensure_ascii=False))
        return self._reply(messages)


async def tuned(folder: Path, optimizer: Callable[[Messages], str], **more: Any) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=TASKS,
        optimizer=optimizer,
        ledger=folder / "ledger.db",
        **{"target": agent, "rounds": 3, "deterministic": True, **more},
    )


async def test_a_leak_is_refused_before_the_gate_and_the_ledger_says_why(tmp_path: Path) -> None:
    ran: list[str] = []

    def recording(skill: str, text: str) -> str:
        ran.append(skill)
        return agent(skill, text)

    optimizer = Recording(QUOTES_TRAIN, QUOTES_TRAIN, QUOTES_HELD_OUT, draft(insert(GOOD)))
    run = await tuned(tmp_path, optimizer, target=recording)
    first, second, third = run.rounds
    for round_, splits in ((first, {"train"}), (second, {"validation"})):
        refused = round_.decision
        assert isinstance(refused, RefusedRound)
        assert (refused.stage, refused.code, refused.verdict) == ("screen", "leak", None)
        assert {leak.split for leak in refused.leaks} == splits
    assert isinstance(first.decision, RefusedRound)
    assert isinstance(second.decision, RefusedRound)
    assert {leak.rule for leak in first.decision.leaks} == {"input", "mechanics"}
    assert "repeats the input of a train task: “" in first.decision.reason
    assert "edit 0 repeats the input of a validation task: “" in second.decision.reason
    assert third.decision.kind == "accepted"
    assert ran
    assert not any(TRAIN.text in skill or HELD_OUT.text in skill for skill in ran)


async def test_a_train_leak_may_be_repaired_a_held_out_one_may_not(tmp_path: Path) -> None:
    optimizer = Recording(QUOTES_TRAIN, QUOTES_HELD_OUT, QUOTES_HELD_OUT, draft(insert(GOOD)))
    run = await tuned(tmp_path, optimizer)
    assert run.rounds[0].first_try is not None
    assert run.rounds[0].first_try.code == "leak"
    repair = json.loads(optimizer.asked[2])[-1]["content"]
    assert "repeats the input of a train task" in blocks(repair)["refusal"]
    assert run.rounds[1].first_try is None
    assert len(optimizer.asked) == 3 + 2 + 2


async def test_no_later_prompt_has_text_of_held_out_tasks_or_the_pattern(tmp_path: Path) -> None:
    optimizer = Recording(QUOTES_HELD_OUT, draft(insert("- nothing: nowhere\n")), QUOTES_HELD_OUT)
    await tuned(tmp_path, optimizer)
    assert len(optimizer.asked) == 6
    for prompt in optimizer.asked:
        assert "harbour market" not in prompt
        assert "school orchestra" not in prompt
        assert r"\\s+desk" not in prompt
    assert "a desk and nothing else" in optimizer.asked[0]


async def test_examples_from_train_tasks_may_be_wanted(tmp_path: Path) -> None:
    example = draft(insert(f"{GOOD}- Example: {TRAIN.text} garden\n"))
    for policy, code in (("strict", "leak"), ("heldout", None), ("off", None)):
        run = await tuned(tmp_path / policy, proposing(example), rounds=1, leak_screen=policy)
        refused = run.rounds[0].decision
        assert (refused.code if isinstance(refused, RefusedRound) else None) == code
    run = await tuned(
        tmp_path / "held", proposing(QUOTES_HELD_OUT), rounds=1, leak_screen="heldout"
    )
    assert run.rounds[0].decision.kind == "refused"


async def test_without_the_screen_a_leak_ships(tmp_path: Path) -> None:
    leaking = draft(insert(f"{GOOD}- {HELD_OUT.text} → garden. Match `{PATTERN}`.\n"))
    off = await tuned(tmp_path / "off", proposing(leaking), rounds=1, leak_screen="off")
    assert off.rounds[0].decision.kind == "accepted"
    assert off.shipped in {"improved", "not certified"}
    assert PATTERN in off.skill.text
    on = await tuned(tmp_path / "on", proposing(leaking), rounds=1)
    assert on.shipped == "nothing accepted"


async def test_a_run_at_the_default_keeps_its_fingerprint(tmp_path: Path) -> None:
    run = await tuned(tmp_path, proposing(draft(insert(GOOD))), rounds=1)
    assert "leak" not in run.record.model_dump_json()
    assert "leaks" not in run.rounds[0].model_dump_json()


async def test_a_hand_written_edit_is_tested_and_its_leaks_are_a_warning(tmp_path: Path) -> None:
    new = skillopt.Skill(text=f"{SKILL.text}{GOOD}- {HELD_OUT.text}\n")
    call: dict[str, Any] = {"validation_set": TASKS, "target": agent}
    found = await skillopt.agate(SKILL, new, ledger=tmp_path / "ledger.db", **call)
    assert found.outcome == "accepted"
    [leak] = found.leaks
    assert (leak.rule, leak.split) == ("input", "validation")
    again = await skillopt.agate(SKILL, new, ledger=tmp_path / "ledger.db", **call)
    assert again.known_since is not None
    assert again.leaks == found.leaks
    quiet = await skillopt.agate(
        SKILL, new, ledger=tmp_path / "ledger.db", leak_screen="off", **call
    )
    assert quiet.leaks == ()


async def test_a_leak_is_not_retried(tmp_path: Path) -> None:
    run = await tuned(tmp_path, proposing(QUOTES_HELD_OUT), rounds=1)
    call: dict[str, Any] = {
        "validation_set": TASKS,
        "target": agent,
        "ledger": tmp_path / "ledger.db",
    }
    with pytest.raises(InputError, match=r"of a validation task.*\(screen: leak\); nothing was"):
        await aretry(SKILL, run.rounds[0], **call)
    found = await aretry(SKILL, run.rounds[0], leak_screen="off", **call)
    assert found.verdict.rollouts > 0


async def test_the_commands_say_it(tmp_path: Path) -> None:
    run = await tuned(tmp_path, proposing(QUOTES_HELD_OUT), rounds=1)
    (round_,) = run.rounds
    told = skillopt_process(
        "ledger", "show", round_.id, "--ledger", tmp_path / "ledger.db", cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr
    said = " ".join(told.stdout.split())
    assert "leak" in said
    assert "edit 0 repeats the input of a validation task" in said
    listed = skillopt_process(
        "ledger", "list", "--reason", "leak", "--json", "--ledger", "ledger.db", cwd=tmp_path
    )
    assert round_.id in listed.stdout, listed.stderr
