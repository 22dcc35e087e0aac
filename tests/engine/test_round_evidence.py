"""What a proposal rests on: made once, and nothing where nobody learns."""

from __future__ import annotations

import json

from skillopt.engine.round_evidence import RoundEvidence
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.observe_train import Observed
from skillopt.engine.steps.proposers import Proposer, proposer_of
from tests.engine.setups import Bench, bench
from tests.scripted import SKILL

SAID = json.dumps(
    {"critiques": [{"rollout": "r1", "criterion": "desk", "quote": '"', "cause": "no rule"}]}
)


async def evidence_of(proposer: Proposer | None) -> tuple[Bench, RoundEvidence]:
    made = await bench(SAID)
    search = (await measure_baseline(made.context)).search
    made.target.ran.clear()
    return made, RoundEvidence(made.context, search, SKILL, proposer=proposer)


async def test_each_part_is_made_once() -> None:
    made, evidence = await evidence_of(proposer_of("critique"))
    first = (await evidence.observed(), await evidence.critiques())
    assert (await evidence.observed(), await evidence.critiques()) == first
    assert len(made.optimizer.asked) == 1
    assert len(made.target.ran) == len(first[0].chosen)
    assert [one.cause for one in first[1]] == ["no rule"]


async def test_what_is_observed_is_what_prompts_show() -> None:
    _, evidence = await evidence_of(proposer_of("critique"))
    seen = await evidence.observations()
    assert [one.task for one in seen] == [run.task_id for run in await evidence.shown()]


async def test_where_nobody_learns_nothing_is_run_or_asked() -> None:
    made, evidence = await evidence_of(None)
    assert await evidence.observed() == Observed()
    assert (await evidence.critiques(), await evidence.alike(told=())) == ((), "")
    assert (made.target.ran, made.optimizer.asked) == ([], [])
