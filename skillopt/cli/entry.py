"""One proposal of the ledger, in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.cli.output import (
    one_line,
    outcome_at,
    percent,
    shown_decision,
    shown_models,
    shown_usage,
)
from skillopt.cli.verdicts import told_table
from skillopt.core.figures import margin_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillopt.adapters.ledger.schema.views import RoundEntry
    from skillopt.core.gate import GatePolicy
    from skillopt.core.history.run import Round


def told_entry(found: RoundEntry, *, tasks: bool) -> Iterator[str]:
    """All that is known of a proposal, line by line.

    Args:
        found: the proposal.
        tasks: also the paired results of every validation task.
    """
    round_, verdict = found.round, found.round.decision.verdict
    yield from _head(found)
    yield from _critiques(round_)
    if found.diff:
        yield from ("", *found.diff.rstrip("\n").split("\n"), "")
    if tasks and verdict:
        yield from told_table(verdict)
    yield from _learned(round_)
    for asked in found.exchanges:
        prompt = f"prompt {asked.prompt_digest[:12]}"
        yield f"exchange {asked.key} of {asked.model[:12]}: {prompt}, {shown_usage(asked.usage)}"
    yield f"spent by the run so far: {shown_usage(round_.spent)}"
    yield from _neighbours(found)


def _head(found: RoundEntry) -> Iterator[str]:
    summary, round_, run = found.summary, found.round, found.run
    judged = " (judged by the target itself)" if run.self_judged else ""
    decided = f"{outcome_at(summary.outcome, summary.stage.value)} ({summary.code})"
    yield f"proposal {summary.id}: round {summary.number} of run {summary.run}, {summary.skill}"
    yield f"{summary.created:%Y-%m-%d %H:%M} UTC"
    if run.retries:
        yield f"re-test of proposal {run.retries}"
    yield f"{decided}: {one_line(summary.reason)}{judged}"
    yield f"idea: {one_line(summary.idea) or '(none)'}"
    yield f"criteria: {one_line(', '.join(summary.criteria)) or 'none named'}"
    yield f"sections: {one_line(', '.join(summary.sections)) or 'above the first heading'}"
    yield shown_models(run)
    compared = f"incumbent {summary.parent[:12]}, candidate {(summary.candidate or 'none')[:12]}"
    baseline = f", first version {percent(run.baseline)}" if run.baseline is not None else ""
    yield f"{compared}; gate {_gate(run.settings.gate)}{baseline}"
    known = getattr(round_.decision, "known", None)
    if known:
        yield f"same as refused proposal {known}"
    if round_.first_try:
        first = round_.first_try
        before = f" (same as refused proposal {first.known})" if first.known else ""
        yield f"first try: {first.stage.value}: {one_line(first.reason)}{before}"


def _gate(policy: GatePolicy) -> str:
    if policy.no_worse_than is None:
        return policy.kind
    return f"{policy.kind}, no worse than {margin_points(policy.no_worse_than)} points"


def _critiques(round_: Round) -> Iterator[str]:
    for critique in round_.critiques:
        yield f"critique of {one_line(critique.criterion)}: {one_line(critique.cause)}"
        yield f'  "{one_line(critique.quote)}"'


def _learned(round_: Round) -> Iterator[str]:
    if round_.train:
        train = round_.train
        mended, broke = (
            one_line(", ".join(each)) or "none" for each in (train.mended, train.broke)
        )
        yield f"on train tasks: fixed {mended}; broke {broke}; {train.same} unchanged"
    for part in round_.parts:
        yield f"edit {part.edit} alone: {part.outcome}"


def _neighbours(found: RoundEntry) -> Iterator[str]:
    for name, other in (("previous", found.before), ("next", found.after)):
        if other:
            yield f"{name}: {other.id}  {shown_decision(other)}"
    for one in found.alike:
        yield f"similar ({one.likeness:.2f}): {one.id}  {one.outcome}  {one_line(one.idea)}"
