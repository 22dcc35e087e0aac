"""A report of what the ledger has of a run: the same facts give the same report."""

from __future__ import annotations

from collections.abc import Iterator

from skillopt.core.gate.contest import Verdict
from skillopt.core.gate.power import Power, gate_power, measured_spread
from skillopt.core.history.run import NOBODY, RunRecord
from skillopt.core.report import summary
from skillopt.core.report.facts import RunFacts
from skillopt.core.report.heat import heat_map
from skillopt.core.report.path import score_path
from skillopt.core.report.proposals import proposals_of
from skillopt.core.report.spend import spend_of
from skillopt.core.report.unknown import unknown_of
from skillopt.core.report.values import Report

PASS_OR_FAIL = 1 - 1e-9
"""The smallest distance between two scores from which on a set is taken for one of pass or fail."""


def report_of(facts: RunFacts) -> Report:
    """The whole report."""
    record, rounds = facts.record, facts.rounds
    proposals = tuple(proposals_of(facts))
    heat = heat_map(record, rounds, no_result=facts.no_result)
    result, good = summary.result(record, rounds)
    return Report(
        run=record.id,
        kind=record.kind,
        skill=record.skill_name,
        skill_path=record.skill_path,
        first=record.first,
        last=record.last,
        started=record.started,
        finished=record.finished,
        user=record.user,
        roles=tuple(_roles(record)),
        gate=summary.gate_words(record.settings.gate),
        asked=summary.asked(record),
        decided=summary.decided(record, rounds, waits=facts.waits),
        result=result,
        good=good,
        sealed=record.sealed,
        baseline=record.baseline,
        path=() if record.kept_by else tuple(score_path(record, rounds)),
        proposals=proposals,
        heat=heat,
        spend=spend_of(facts),
        power=_power(facts),
        unknown=unknown_of(facts, heat=heat, proposals=proposals),
    )


def _roles(record: RunRecord) -> Iterator[tuple[str, str]]:
    if record.kept_by:
        return
    yield "target", record.shown_target
    if record.optimizer != NOBODY:
        yield "optimizer", record.optimizer
    if record.judge:
        yield "judge", f"{record.judge} (the target itself)" if record.self_judged else record.judge


def _power(facts: RunFacts) -> Power | None:
    """What the gate could find on the run's own validation tasks; None where it tested nothing."""
    verdicts = [one.decision.verdict for one in facts.rounds if one.decision.verdict is not None]
    sizes = [len(verdict.pairs) for verdict in verdicts]
    if not sizes or not max(sizes) or facts.record.kept_by:
        return None
    tasks = {pair.task: None for verdict in verdicts for pair in verdict.pairs}
    spread = measured_spread(verdicts, tasks)
    policy = facts.record.settings.gate
    return gate_power(max(sizes), spread, policy, graded=_graded(verdicts[-1]))


def _graded(verdict: Verdict) -> bool:
    step = verdict.memory.step
    return step is not None and step < PASS_OR_FAIL
