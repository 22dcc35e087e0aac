"""The way of the score: what each round found, and what the run went on with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skillopt.core.history.endings import outcome_at
from skillopt.core.history.run import AcceptedRound, OutcomeName, Round, RunRecord
from skillopt.core.report import paired
from skillopt.core.report.values import Step


def outcome_of(round_: Round) -> OutcomeName:
    """A round's verdict in one word."""
    if isinstance(round_.decision, AcceptedRound):
        return "accepted"
    verdict = round_.decision.verdict
    return "inconclusive" if verdict and verdict.outcome.value == "inconclusive" else "rejected"


def stage_of(round_: Round) -> str:
    """Where it was decided."""
    return "gate" if isinstance(round_.decision, AcceptedRound) else round_.decision.stage.value


def score_path(record: RunRecord, rounds: Sequence[Round]) -> Iterator[Step]:
    """A step for each round.

    Scores are those that the gate counts: means over tasks, of an accepted version with what the
    gate takes for luck taken out.
    """
    scores = {record.first: _first(record, rounds)}
    for round_ in rounds:
        before = scores.get(round_.against or round_.parent)
        yield _step(round_, before)
        decision = round_.decision
        if isinstance(decision, AcceptedRound):
            scores[decision.candidate] = paired.mean_score(decision.verdict)


def _first(record: RunRecord, rounds: Sequence[Round]) -> float | None:
    if record.baseline is not None:
        return record.baseline
    verdicts = (round_.decision.verdict for round_ in rounds if round_.parent == record.first)
    first = next(filter(None, verdicts), None)
    return paired.first_score(first.pairs) if first else None


def _step(round_: Round, before: float | None) -> Step:
    outcome, verdict = outcome_of(round_), round_.decision.verdict
    step = Step(
        number=round_.number,
        outcome=outcome,
        said=outcome_at(outcome, stage_of(round_)),
        before=before,
        after=before,
    )
    if verdict is None:
        return step
    after = paired.mean_score(verdict) if outcome == "accepted" else before
    step = step.model_copy(update={"tasks": verdict.tasks_seen, "after": after})
    if before is None or verdict.gain is None:
        return step
    limits = paired.interval(verdict)
    low, high = (before + limit for limit in limits) if limits else (None, None)
    return step.model_copy(update={"score": before + verdict.gain, "low": low, "high": high})
