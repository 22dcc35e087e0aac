"""Results as pandas tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skillopt.adapters.frames import Dtype, data_frame
from skillopt.core.history.run import AcceptedRound, Round

if TYPE_CHECKING:
    from pandas import DataFrame

    from skillopt.app.evaluate import Evaluation
    from skillopt.app.result import Run

RUN: dict[str, Dtype] = {
    "run": "string",
    "round_id": "string",
    "round": "Int64",
    "parent": "string",
    "candidate": "string",
    "idea": "string",
    "outcome": "string",
    "stage": "string",
    "task": "string",
    "incumbent": "Float64",
    "candidate_score": "Float64",
    "incumbent_runs": "Float64",
    "candidate_runs": "Int64",
}
EVALUATION: dict[str, Dtype] = {
    "task": "string",
    "score": "Float64",
    "other": "Float64",
    "runs": "Int64",
    "seconds": "Float64",
    "faults": "string",
}


def run_frame(run: Run) -> DataFrame:
    """One row a validation task of a round's verdict; one for a round that came to none."""
    return data_frame((row for one in run.rounds for row in _round(one)), RUN)


def evaluation_frame(found: Evaluation) -> DataFrame:
    """One row a task."""
    rows = (
        (one.task, one.score, one.other, one.runs, one.seconds, "\n".join(one.faults))
        for one in found.by_task
    )
    return data_frame(rows, EVALUATION)


def _round(one: Round) -> Iterator[tuple[object, ...]]:
    decision = one.decision
    verdict = decision.verdict
    head = (
        one.run,
        one.id,
        one.number,
        one.parent,
        decision.candidate,
        one.proposal.draft.idea if one.proposal else None,
        verdict.outcome.value if verdict else "refused",
        "gate" if isinstance(decision, AcceptedRound) else decision.stage.value,
    )
    if verdict is None:
        yield (*head, None, None, None, None, None)
        return
    for pair in verdict.pairs:
        yield (
            *head,
            pair.task,
            pair.incumbent,
            pair.candidate,
            pair.incumbent_runs,
            pair.candidate_runs,
        )
