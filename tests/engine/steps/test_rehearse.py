"""A proposal on train tasks that it was not shown, and its revision, through a whole round."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import skillopt
from skillopt.core.history.run import RefusedRound
from skillopt.core.proposals.sampling import train_order
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from tests.scripted import SKILL, agent, draft, insert, tasks

SHOWN = 4
SWAP = draft(
    {"kind": "replace", "anchor": "- bread: bakery\n", "text": "- roses: garden\n"},
    idea="roses for bread",
)
ROSES = draft(insert("- roses: garden\n"), idea="roses beside bread")
KNOWN = {"bread": "bakery", "cake": "bakery", "rolls": "bakery", "soil": "garden", "lawn": "garden"}
LINES = "".join(f"- {word}: {desk}\n" for word, desk in KNOWN.items())


class Optimizer:
    """Proposes one thing, and another after a rehearsal; keeps what it is shown."""

    def __init__(self, first: str, revised: str) -> None:
        self.replies = {False: first, True: revised}
        self.shown: list[dict[str, str]] = []

    def __call__(self, messages: list[dict[str, str]]) -> str:
        told = blocks(messages[1]["content"])
        if "limits" not in told:
            return '{"critiques": []}'
        self.shown.append(told)
        return self.replies["rehearse" in told]


def unseen_by(*words: str) -> int:
    """A seed with which none of the words is in the first round's evidence."""
    train = tasks().split("train")
    for seed in range(500):
        first = {task.id for task in train_order(train, seed=seed, number=1)[:SHOWN]}
        if not first & {f"{word}-0" for word in words}:
            return seed
    raise AssertionError(words)


def tuned(
    path: Path, optimizer: Optimizer, *, seed: int, skill: Skill = SKILL, **more: Any
) -> skillopt.Run:
    return skillopt.tune(
        skill,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        **{"deterministic": True, **more},
        rounds=1,
        minibatch=SHOWN,
        evidence=SHOWN,
        seed=seed,
    )


def test_what_it_broke_is_shown_and_the_revision_is_tested(tmp_path: Path) -> None:
    optimizer = Optimizer(SWAP, ROSES)
    (round_,) = tuned(tmp_path, optimizer, seed=unseen_by("bread", "roses")).rounds
    told = optimizer.shown[1]
    by_rollout = {one["rollout"]: one["task"] for one in json.loads(told["evidence"])}
    rehearsal = json.loads(told["rehearse"])
    assert [by_rollout[name] for name in rehearsal["broke"]] == ["bread-0"]
    assert [by_rollout[name] for name in rehearsal["fixed"]] == ["roses-0"]
    assert rehearsal["proposed"]["idea"] == "roses for bread"
    assert round_.decision.kind == "accepted"
    assert round_.proposal is not None
    assert round_.proposal.draft.idea == "roses beside bread"
    assert [(loser.stage.value, loser.code) for loser in round_.losers] == [("race", "revised")]


def test_without_a_better_revision_the_first_one_goes_on(tmp_path: Path) -> None:
    optimizer = Optimizer(SWAP, SWAP)
    (round_,) = tuned(tmp_path, optimizer, seed=unseen_by("bread", "roses")).rounds
    assert round_.decision.verdict is not None, "one fixed and one broken is no clear harm"
    assert round_.losers == ()


def test_clear_harm_is_refused_before_the_gate(tmp_path: Path) -> None:
    rich = Skill(text=f"# Which desk\n\n## Words\n\n{LINES}")
    harm = draft({"kind": "delete", "anchor": LINES}, idea="forget the words")
    optimizer = Optimizer(harm, harm)
    seed = unseen_by(*KNOWN)
    (round_,) = tuned(tmp_path, optimizer, seed=seed, skill=rich).rounds
    assert isinstance(round_.decision, RefusedRound)
    assert (round_.decision.stage.value, round_.decision.code) == ("race", "harm")
    assert round_.decision.verdict is None
    assert round_.train is not None
    assert set(round_.train.broke) == {f"{word}-0" for word in KNOWN}


def test_it_can_be_switched_off_and_is_for_targets_that_answer_alike(tmp_path: Path) -> None:
    seed = unseen_by("bread", "roses")
    for place, more in enumerate(
        ({"rehearse": False}, {"conditioning": False}, {"deterministic": False})
    ):
        optimizer = Optimizer(SWAP, ROSES)
        folder = tmp_path / str(place)
        folder.mkdir()
        tuned(folder, optimizer, seed=seed, **more)
        assert len(optimizer.shown) == 1


def test_where_the_gate_is_cheap_there_is_none(tmp_path: Path) -> None:
    optimizer = Optimizer(SWAP, ROSES)
    run = skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=tmp_path / "ledger.db",
        deterministic=True,
        rounds=1,
        seed=3,
    )
    assert len(run.rounds) == 1
    assert not any("rehearse" in told for told in optimizer.shown)
