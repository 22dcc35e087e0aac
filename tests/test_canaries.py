"""Who gets to see what, with a canary in everything: the real steps, scripted models.

The optimizer sees train tasks and one bit of each verdict; nothing of validation and test tasks.
The target sees the skill and its task; nothing of the ledger.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.practice import mentor
from skillopt.adapters.targets.prompts import conversation
from skillopt.app.ablate import aablate
from skillopt.core.evaluation.checks import Contains, Rubric
from skillopt.core.evaluation.rollout import Answer, Reply, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.quoting import blocks
from skillopt.core.value import content_hash
from skillopt.errors import InputError

SPLITS = {"train": 6, "validation": 24, "test": 12}
COLOURS = {"apple": "red", "pear": "green", "plum": "blue"}
SKILL = skillopt.Skill(
    text="---\nname: fruit\ndescription: d\n---\n# Fruit\n\n## Colours\n\n- apple: red\n"
)

Messages = list[dict[str, str]]


def tasks() -> skillopt.ValidationSet:
    """Fruit in sentences; every text of a task names its split."""
    made = []
    for split, count in SPLITS.items():
        bird = f"canary-{split}"
        for number in range(count):
            fruit = list(COLOURS)[number % 3]
            made.append(
                skillopt.Task(
                    id=f"{bird}-id-{number}",
                    split=split,  # type: ignore[arg-type]
                    input=f"What of the {fruit}? {bird}-input-{number}",
                    expected=f"{bird}-expected-{number}",
                    checks=(
                        Contains(type="contains", value=COLOURS[fruit], criterion="colour"),
                        Rubric(type="rubric", criteria=("It is polite.",)),
                    ),
                    tags=(f"{bird}-tag",),
                )
            )
    return skillopt.ValidationSet(name="fruit", criteria={"colour": "Right."}, tasks=tuple(made))


class Recorder:
    """A model that keeps every prompt and replies by a function of its messages."""

    def __init__(self, name: str, reply: Callable[[Messages], str]) -> None:
        self.identity = content_hash(name)
        self.prompts: list[str] = []
        self._reply = reply
        self._meter = SpendMeter(SpendLimits())

    async def reply(self, messages: Any, *, shape: type | None = None) -> Reply:
        said = [message.model_dump() for message in messages]
        self.prompts.append("\n".join(message["content"] for message in said))
        with await self._meter.reserve(Usage(calls=1)) as reservation:
            reservation.settle(Usage(calls=1))
        return Reply(text=self._reply(said), usage=Usage(calls=1))


class Agent:
    """A target that reads the prompt a chat model would get, and keeps it."""

    identity = content_hash("agent")
    deterministic = True

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def answer(self, skill: skillopt.Skill | None, task: Task, *, trial: int) -> Answer:
        said = [message.model_dump() for message in conversation(skill, task)]
        self.prompts.append("\n".join(message["content"] for message in said))
        return Answer(text=answer(said))


def answer(messages: Messages) -> str:
    system, question = messages[0]["content"], messages[-1]["content"]
    for fruit, colour in re.findall(r"^- (\w+): (\w+)", system, re.MULTILINE):
        if fruit in question:
            return f"The answer to {question} is {colour}."
    return "unknown"


def insert(text: str) -> dict[str, str]:
    return {"kind": "insert", "anchor": "- apple: red\n", "text": text}


BAD = {"kind": "replace", "anchor": "- apple: red\n", "text": "- apple: black\n"}
PLUM = insert("- plum: blue\n")
NEUTRAL = insert("- Never mention the weather.\n")
REWORDED = insert("- Do not mention the weather.\n")
PROPOSALS = [
    [BAD],
    [BAD],  # known, and as a repair:
    [NEUTRAL],
    [REWORDED],  # the same idea in other words, and as a repair:
    [{"kind": "delete", "anchor": "nowhere"}],
    [{"kind": "replace", "anchor": "apple: red", "text": "apple: brown"}, PLUM],
    [insert("- pear: green\n")],
    [insert("- lemon: gray\n"), insert("- lime: gray\n")],
]


class Optimizer:
    """Goes through :data:`PROPOSALS`, with a canary in whatever goes to the ledger."""

    def __init__(self) -> None:
        self.turn = 0

    def __call__(self, messages: Messages) -> str:
        data = blocks("\n".join(m["content"] for m in messages if m["role"] == "user"))
        seen = json.loads(data["evidence"])
        if "limits" not in data:
            quote = next(one["input"] for one in seen if not one["passed"])
            who = next(one["rollout"] for one in seen if not one["passed"])
            found = {
                "rollout": who, "criterion": "colour", "quote": quote, "cause": "canary-ledger-cause"
            }  # fmt: skip
            return json.dumps({"critiques": [found]})
        edits = PROPOSALS[self.turn % len(PROPOSALS)]
        self.turn += 1
        return json.dumps(
            {
                "idea": f"canary-ledger-idea {self.turn}",
                "criteria": ["colour"],
                "rollouts": [one["rollout"] for one in seen[:3]],
                "edits": edits,
            }
        )


def learn(messages: Messages) -> str:
    return mentor.reply(blocks("\n".join(m["content"] for m in messages if m["role"] == "user")))


class Seen:
    """One or two runs, with everything that was said in them."""

    def __init__(self, path: Path, optimizer: Callable[[Messages], str]) -> None:
        self.path = path
        self.target = Agent()
        self.judge = Recorder("judge", polite)
        self.optimizer = Recorder("optimizer", optimizer)
        self.runs: list[skillopt.Run] = []

    async def tune(self, **more: Any) -> skillopt.Run:
        run = await skillopt.atune(
            SKILL,
            validation_set=tasks(),
            target=self.target,
            optimizer=self.optimizer,
            judge=self.judge,
            ledger=self.path,
            **{"rounds": 7, "ablate": True, "train_check": True, **more},
        )
        self.runs.append(run)
        return run


def polite(_messages: Messages) -> str:
    verdict = {"criterion": "It is polite.", "why": "it is", "met": 1}
    return json.dumps({"results": [verdict]})


def tuned(path: Path, optimizer: Callable[[Messages], str], *seeds: int) -> Seen:
    seen = Seen(path, optimizer)
    for seed in seeds:
        asyncio.run(seen.tune(seed=seed))
    return seen


@pytest.fixture(scope="module", params=["scripted", "mentor"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    optimizer = Optimizer() if request.param == "scripted" else learn
    return tuned(tmp_path_factory.mktemp("seen") / "ledger.db", optimizer, 0, 1)


def test_the_optimizer_sees_nothing_of_validation_and_test_tasks(seen: Seen) -> None:
    assert seen.optimizer.prompts
    for prompt in seen.optimizer.prompts:
        assert "canary-train-input" in prompt
        assert "canary-validation" not in prompt
        assert "canary-test" not in prompt


def test_the_optimizer_gets_one_bit_of_a_verdict(seen: Seen) -> None:
    for run in seen.runs:
        for round_ in run.rounds:
            verdict = round_.decision.verdict
            if verdict is None:
                continue
            told = [verdict.reason, f"{100 * (verdict.gain or 0):+.1f}", *verdict.notes]
            told += [f"{verdict.p_value:.3f}"] if verdict.p_value is not None else []
            for secret in told:
                assert not any(secret in prompt for prompt in seen.optimizer.prompts)


def test_the_target_sees_the_skill_and_its_task(seen: Seen) -> None:
    for prompt in seen.target.prompts:
        skill = blocks(prompt)["skill"]
        outside = prompt.replace(skill, "")
        assert outside.count("canary-") == 1
        assert "-input-" in outside
        assert "refused" not in prompt
        for of_the_ledger in ("canary-ledger", "canary-validation", "canary-test"):
            assert of_the_ledger not in skill


def test_the_judge_sees_nothing_of_the_ledger(seen: Seen) -> None:
    assert seen.judge.prompts
    assert not any("canary-ledger" in prompt for prompt in seen.judge.prompts)
    assert not any("refused" in blocks(prompt) for prompt in seen.judge.prompts)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return tuned(tmp_path_factory.mktemp("first") / "ledger.db", Optimizer(), 0)


@pytest.fixture
def scripted(first_run: Seen, tmp_path: Path) -> Seen:
    """The first run, and a ledger that may be written to."""
    copy = copy_of(first_run)
    copy.path = tmp_path / "ledger.db"
    shutil.copy(first_run.path, copy.path)
    return copy


def copy_of(seen: Seen) -> Seen:
    made = Seen(seen.path, Optimizer())
    made.runs = list(seen.runs)
    made.optimizer.prompts = list(seen.optimizer.prompts)
    return made


async def test_what_happens_to_the_scripted_proposals(scripted: Seen) -> None:
    decisions = [round_.decision for round_ in scripted.runs[0].rounds]
    told = [(d.kind, getattr(d, "stage", ""), getattr(d, "code", "")) for d in decisions]
    assert told[0][:2] == ("refused", "gate")
    tries = [round_.first_try for round_ in scripted.runs[0].rounds]
    assert [t.code if t else None for t in tries[1:3]] == ["known", "alike"]
    known = tries[1]
    assert known
    assert known.known == scripted.runs[0].rounds[0].id


async def test_the_next_prompt_tells_what_was_refused_and_what_it_did(scripted: Seen) -> None:
    told = [
        blocks(prompt)["refused"] for prompt in scripted.optimizer.prompts if "<<<limits" in prompt
    ]
    assert told[0] == "Nothing was tried before."
    assert "refused at stage gate, round 1: canary-ledger-idea 1" in told[1]
    assert '"text":"- apple: black"' in told[1]
    assert "hoped to mend: criteria colour; train tasks canary-train-id-" in told[1]
    assert "broke canary-train-id-0, canary-train-id-3" in told[1]


async def test_a_run_starts_with_what_earlier_runs_learned(scripted: Seen) -> None:
    before = len(scripted.optimizer.prompts)
    await scripted.tune(seed=5)
    first = next(p for p in scripted.optimizer.prompts[before:] if "<<<limits" in p)
    assert "an earlier run: canary-ledger-idea" in blocks(first)["refused"]


async def test_sibling_skills_inform_when_asked(scripted: Seen) -> None:
    other = skillopt.Skill(text=SKILL.text.replace("name: fruit", "name: vegetables"))
    for siblings, told in (((), False), (("fruit",), True)):
        optimizer = Recorder(f"optimizer {siblings}", Optimizer())
        await skillopt.atune(
            other,
            validation_set=tasks(),
            target=scripted.target,
            optimizer=optimizer,
            judge=scripted.judge,
            ledger=scripted.path,
            rounds=1,
            siblings=siblings,
        )
        refused = blocks(next(p for p in optimizer.prompts if "<<<limits" in p))["refused"]
        assert ("(stale: of the sibling skill fruit)" in refused) == told


async def test_without_conditioning_nothing_is_told_and_nothing_is_known(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "ledger.db", Optimizer())
    run = await seen.tune(conditioning=False)
    told = [blocks(p)["refused"] for p in seen.optimizer.prompts if "<<<limits" in p]
    assert set(told) == {""}
    assert run.rounds[1].decision.verdict is not None
    assert run.rounds[0].proposal
    assert run.rounds[1].proposal
    assert run.rounds[0].proposal.edits_digest == run.rounds[1].proposal.edits_digest


async def test_known_refusals_cost_no_rollout(scripted: Seen) -> None:
    """A second run with nothing but refused ideas pays for no candidate."""
    paid = len(scripted.target.prompts)
    again = Recorder("stubborn", stubborn)
    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=scripted.target,
        optimizer=again,
        judge=scripted.judge,
        ledger=scripted.path,
        rounds=2,
        warm_start=False,
    )
    assert [getattr(round_.decision, "code", "") for round_ in run.rounds] == ["known", "known"]
    assert len(scripted.target.prompts) == paid


def stubborn(messages: Messages) -> str:
    """Proposes what was refused first, whatever it is told."""
    return Optimizer()(messages)


async def test_parts_of_a_bundle_are_told_apart(scripted: Seen) -> None:
    async with SqlLedger.open(scripted.path) as ledger:
        rounds = await ledger.rounds(scripted.runs[0].record.id)
    bundle = next(round_ for round_ in rounds if round_.parts)
    assert [part.outcome for part in bundle.parts] == ["rejected", "accepted"]
    told = [blocks(p)["refused"] for p in scripted.optimizer.prompts if "<<<limits" in p][-1]
    assert "this edit alone as well" in told
    assert 'propose it by itself: {"kind":"insert","text":"- plum: blue"}' in told


async def test_a_bundle_is_taken_apart_on_request(tmp_path: Path) -> None:
    seen = Seen(tmp_path / "ledger.db", Optimizer())
    run = await seen.tune(ablate=False)
    bundle = next(r for r in run.rounds if r.proposal and len(r.proposal.edits) > 1)
    assert bundle.parts == ()
    seats = {"target": seen.target, "judge": seen.judge, "ledger": seen.path}
    found = await aablate(SKILL, bundle, validation_set=tasks(), **seats)  # type: ignore[arg-type]
    assert [part.outcome for part in found.parts] == ["rejected", "accepted"]
    await seen.tune(seed=9)
    told = [blocks(p)["refused"] for p in seen.optimizer.prompts if "<<<limits" in p][-1]
    assert "this edit alone as well" in told
    single = next(r for r in run.rounds if r.proposal and len(r.proposal.edits) == 1)
    with pytest.raises(InputError, match="nothing to take apart"):
        await aablate(SKILL, single, validation_set=tasks(), **seats)  # type: ignore[arg-type]
