"""The ledger's digest: what the optimizer reads of the search so far.

It tells of proposals, stages and one bit per verdict. Nothing of the validation and test tasks is
in it: no text, no answers, no scores, no p-values. Those would let the optimizer fit the gate
(Dwork et al. 2015, "The reusable holdout", say how fast).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from skillopt.core.edit import Delete, Edit, Insert, Replace
from skillopt.core.refusal import Refusal, Stage
from skillopt.core.value import canonical_json

LARGEST_DIGEST = 8000
"""Characters; the same whatever the ledger's age."""


def refused_digest(
    refusals: Sequence[Refusal],
    *,
    accepted: Sequence[str],
    criteria: Sequence[str],
    context: str,
    largest: int = LARGEST_DIGEST,
) -> str:
    """The search so far as text, most relevant refusals first, in at most ``largest`` characters.

    Args:
        refusals: every refusal of the skill, oldest first.
        accepted: the ideas of the accepted proposals of this run, in order.
        criteria: the criteria the current failures miss; refusals that meant to mend them lead.
        context: the current context; entries of another one are marked as stale.
        largest: bound on the result's length.
    """
    if not refusals and not accepted:
        return "Nothing was tried before."
    lines = [f"accepted: {idea}" for idea in accepted]
    ranked = sorted(
        enumerate(refusals),
        key=lambda pair: (-_relevance(pair[1], criteria, context), -pair[0]),
    )
    rest: Counter[str] = Counter()
    room = largest - sum(len(line) + 1 for line in lines) - 200
    for _, refusal in ranked:
        entry = _entry(refusal, context=context)
        if len(entry) + 1 <= room:
            lines.append(entry)
            room -= len(entry) + 1
        else:
            rest[refusal.stage.value] += 1
    if rest:
        counts = ", ".join(f"{count} at stage {stage}" for stage, count in sorted(rest.items()))
        lines.append(f"and {sum(rest.values())} older or less relevant refusals: {counts}")
    return "\n".join(lines)[:largest]


def _relevance(refusal: Refusal, criteria: Sequence[str], context: str) -> int:
    shared = len(set(refusal.proposal.draft.criteria) & set(criteria))
    at_gate = refusal.stage is Stage.GATE
    return shared + 2 * at_gate + 2 * (refusal.context == context)


def _entry(refusal: Refusal, *, context: str) -> str:
    """One refusal. Of the gate only its one bit is told: not which of its rules decided."""
    verdict = "inconclusive" if refusal.outcome == "inconclusive" else "refused"
    why = "" if refusal.stage is Stage.GATE else f": {refusal.reason}"
    stale = "" if refusal.context == context else " (stale: another target, task set or gate)"
    edits = "\n".join(f"  {canonical_json(_shown(edit))}" for edit in refusal.proposal.edits)
    head = f"{verdict} at stage {refusal.stage.value}{why}{stale}: {refusal.proposal.draft.idea}"
    return f"{head}\n{edits}"


def _shown(edit: Edit) -> dict[str, object]:
    match edit:
        case Insert():
            return {"kind": edit.kind, "text": edit.text.strip()}
        case Replace():
            return {"kind": edit.kind, "anchor": edit.anchor.strip(), "text": edit.text.strip()}
        case Delete():
            return {"kind": edit.kind, "anchor": edit.anchor.strip()}
