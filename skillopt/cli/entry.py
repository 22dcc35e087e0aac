"""One entry of the ledger told in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillopt.cli.output import one_line, percent, shown_decision, shown_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillopt.adapters.ledger.schema.views import RoundEntry
    from skillopt.core.gate import Verdict
    from skillopt.core.history.run import Round


def told_entry(found: RoundEntry, *, tasks: bool) -> Iterator[str]:
    """All that is known of an entry, line by line.

    Args:
        found: the entry.
        tasks: the paired results of every validation task, too.
    """
    round_, verdict = found.round, found.round.decision.verdict
    yield from _head(found)
    yield from _critiques(round_)
    if found.diff:
        yield from ("", *found.diff.rstrip("\n").split("\n"), "")
    if tasks and verdict:
        yield from _paired(verdict)
    yield from _learned(round_)
    for asked in found.exchanges:
        prompt = f"prompt {asked.prompt_digest[:12]}"
        yield f"exchange {asked.key} of {asked.model[:12]}: {prompt}, {shown_usage(asked.usage)}"
    yield f"the run had spent by then: {shown_usage(round_.spent)}"
    yield from _neighbours(found)


def _head(found: RoundEntry) -> Iterator[str]:
    summary, round_, run = found.summary, found.round, found.run
    judged = " (judged by the target itself)" if run.self_judged else ""
    decided = f"{summary.outcome} at stage {summary.stage.value} ({summary.code})"
    yield f"entry {summary.id}: round {summary.number} of run {summary.run}, {summary.skill}"
    if run.retries:
        yield f"puts entry {run.retries} before the gate again"
    yield f"{decided}: {one_line(summary.reason)}{judged}"
    yield f"idea: {one_line(summary.idea) or '(no proposal)'}"
    yield f"meant to mend: {one_line(', '.join(summary.criteria)) or 'not said'}"
    yield f"under: {one_line(', '.join(summary.sections)) or 'no heading'}"
    yield f"target {run.target}, optimizer {run.optimizer}, judge {run.judge or 'none'}"
    compared = f"incumbent {summary.parent[:12]}, candidate {(summary.candidate or 'none')[:12]}"
    baseline = f", first version {percent(run.baseline)}" if run.baseline is not None else ""
    yield f"{compared}; gate {run.settings.gate.kind}{baseline}"
    known = getattr(round_.decision, "known", None)
    if known:
        yield f"refused before as entry {known}"
    if round_.first_try:
        first = round_.first_try
        before = f", refused before as entry {first.known}" if first.known else ""
        yield f"first try: {first.stage.value}: {one_line(first.reason)}{before}"


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
        yield f"on train tasks: mended {mended}; broke {broke}; {train.same} as before"
    for part in round_.parts:
        yield f"edit {part.edit} alone: {part.outcome}"


def _neighbours(found: RoundEntry) -> Iterator[str]:
    for name, other in (("before it", found.before), ("after it", found.after)):
        if other:
            yield f"{name}: {other.id}  {shown_decision(other)}"
    for one in found.alike:
        yield f"alike ({one.likeness:.2f}): {one.id}  {one.outcome}  {one_line(one.idea)}"


def _paired(verdict: Verdict) -> Iterator[str]:
    yield f"{'task':<48} incumbent  candidate"
    for pair in verdict.pairs:
        scores = [
            f"{score:9.2f}" if score is not None else "      n/a"
            for score in (pair.incumbent, pair.candidate)
        ]
        yield f"{pair.task[:48]:<48} {scores[0]}  {scores[1]}"
