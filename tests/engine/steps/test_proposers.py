"""The proposers through a round: each asks what it must, all meet the same screen and gate."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import skillopt
from skillopt.core.history.run import NOBODY, AcceptedRound, RefusedRound
from skillopt.core.proposals.imitation import HEADING
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import MissingModelError
from tests.engine.setups import ALL_WORDS, Bench, bench, draft_of
from tests.scripted import DESKS, SKILL, tasks

NONE = json.dumps({"critiques": []})


async def first_round(*replies: str, **more: object) -> tuple[Bench, RoundWork]:
    made = await bench(*replies, **more)  # type: ignore[arg-type]
    search = (await measure_baseline(made.context)).search
    return made, RoundWork(made.context, search, SKILL)


async def test_imitation_asks_nobody_and_cites_what_it_copied() -> None:
    made, work = await first_round(NONE, proposer="imitate")
    round_ = await work.commit()
    assert made.optimizer.asked == []
    assert round_.critiques == ()
    assert round_.proposal is not None
    assert set(round_.aims) <= {task.id for task in tasks().split("train")}
    assert len(round_.aims) > 3


async def test_a_rewrite_is_one_call_and_not_bound_by_the_edit_budget() -> None:
    body = f"# Desks\n\nOther words.\n\n- bread: bakery\n{ALL_WORDS}"
    narrow = BudgetPlan(max_changed_chars=5, min_changed_chars=5)
    made, work = await first_round(
        json.dumps({"idea": "all of it", "body": body}), proposer="rewrite", budget=narrow
    )
    round_ = await work.commit()
    assert len(made.optimizer.asked) == 1
    assert isinstance(round_.decision, AcceptedRound)
    assert await made.ledger.rounds(made.context.run) == (round_,)


async def test_a_rewrite_that_does_worse_is_rejected_by_the_gate_and_kept() -> None:
    reply = json.dumps({"idea": "nothing at all", "body": "Be nice.\n"})
    made, work = await first_round(reply, proposer="rewrite")
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert round_.decision.stage.value == "gate"
    assert (await made.ledger.rounds(made.context.run))[0].proposal == round_.proposal


async def test_critiques_come_first_by_default() -> None:
    made, work = await first_round(NONE, draft_of("- cake: bakery\n"))
    await work.commit()
    assert len(made.optimizer.asked) == 2


KNOWN = {word for words in DESKS.values() for word in words}


def nearest(skill: str, letter: str) -> str:
    """The answer of the example about the same word."""
    about = KNOWN & set(re.findall(r"\w+", letter))
    found = re.findall(r"^Text: (.*)\nAnswer: (.*)$", skill, re.MULTILINE)
    alike = (answer for text, answer in found if about & set(re.findall(r"\w+", text)))
    return next(alike, "reception")


async def test_imitation_tunes_a_target_that_learns_from_examples(tmp_path: Path) -> None:
    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=nearest,
        identity="nearest",
        proposer="imitate",
        ledger=tmp_path / "ledger.db",
    )
    assert run.record.optimizer == NOBODY
    assert isinstance(run.rounds[0].decision, AcceptedRound)
    assert HEADING in run.last.text
    assert len(run.skill.text) - len(SKILL.text) < 1200 * len(run.rounds)


async def test_only_imitation_needs_no_optimizer(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="no model for the optimizer"):
        await skillopt.atune(
            SKILL,
            validation_set=tasks(),
            target=nearest,
            identity="nearest",
            proposer="rewrite",
            ledger=tmp_path / "ledger.db",
        )
