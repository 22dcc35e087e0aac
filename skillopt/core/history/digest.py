"""The ledger's digest: what the optimizer reads of the search so far.

It shows the search as a search: the accepted line, the branches that were refused, what they were
meant to fix, what they did on train tasks, and where the search went back. Of the gate it shows
one bit per proposal. Nothing of the validation and test tasks is in it: no text, no answers, no
scores, no p-values, not which of its rules decided. Those would let the optimizer fit the gate
(Dwork et al. 2015, "The reusable holdout", say how fast).

Its size is bounded whatever the ledger's age: the most instructive refusals come in full, the rest
as counts per idea. A refused edit is a line of JSON under the headline that gives its verdict;
the rest is for reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from skillopt.core.figures import clipped
from skillopt.core.history.recall import Tally, Topic
from skillopt.core.history.run import Round
from skillopt.core.history.search import Accepted
from skillopt.core.proposals.lessons import lesson
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.proposals.reopening import reason_to_retest
from skillopt.core.proposals.screen import is_stale
from skillopt.core.quoting import json_text
from skillopt.core.skill.edit import Create, Delete, Describe, Edit, Insert, Remove, Replace
from skillopt.core.skill.similarity import idea_of, topic_similarity
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD

LARGEST_DIGEST = 8000
"""Characters; the same whatever the ledger's age."""

NOTHING_TRIED = "Nothing was tried before."
"""The digest of a search that has not begun."""

MOST_IN_FULL = 20
"""Refusals that are shown in full."""

_ROOM_FOR_LINE = 2400
"""Characters of the accepted line at most; its beginning gives way first."""
_ROOM_FOR_PROVEN = 2400
"""Characters of what was accepted elsewhere, at most."""
_ROOM_FOR_COUNTS = 1200
"""Characters set aside for the counts."""
_LONGEST_IDEA = 240
_MOST_TASKS = 5
"""Train tasks that are named; more are counted."""


class Now(NamedTuple):
    """What the digest is made for."""

    skill: Skill
    """The incumbent."""
    skill_id: str
    run: str | None
    """None before a run has started: every refusal is of an earlier one."""
    context: str
    """Digest of target, validation set and gate policy."""
    line: Sequence[Accepted] = ()
    """The accepted proposals of this run, in order."""
    topic: Topic = Topic()
    """What the current failures are about."""
    reopen: bool = True
    """Whether a rejection may be tested again once the incumbent has moved."""
    shown: Mapping[str, str] | None = None
    """Ids of the rollouts in the evidence, by train task; None without lessons."""
    proven: Sequence[Round] = ()
    """What was accepted elsewhere and is not in the skill, the most telling first."""


def search_digest(
    refusals: Sequence[Refusal],
    tallies: Sequence[Tally] = (),
    *,
    now: Now,
    largest: int = LARGEST_DIGEST,
) -> str:
    """The search so far as text, the most relevant refusals first, in ``largest`` characters.

    Args:
        refusals: those that may be relevant, oldest first.
        tallies: how often which idea was refused, of all refusals ever.
        now: what it is made for.
        largest: bound on the result's length, in characters.
    """
    if not refusals and not tallies and not now.line and not now.proven:
        return NOTHING_TRIED
    line = _line(now)
    proven = _proven(now.proven)
    room = largest - len(line) - len(proven) - _ROOM_FOR_COUNTS
    ranked = _ranked(refusals, now)
    times: Counter[str] = Counter()
    for tally in tallies:
        times[tally.idea] += tally.count
    shown: list[str] = []
    told: set[str] = set()
    for refusal in ranked[:MOST_IN_FULL]:
        entry = _entry(refusal, now, times=times[_name(refusal)])
        if len(entry) + 1 <= room:
            shown.append(entry)
            told.add(_name(refusal))
            room -= len(entry) + 1
    counts = _counts(tallies, told, room=room + _ROOM_FOR_COUNTS - 1)
    return "\n".join(part for part in (line, proven, *shown, counts) if part)[:largest]


def _line(now: Now) -> str:
    """The accepted line, its newest steps where it is long, and where the search went back."""
    steps = [
        f"accepted{', then left' if step.left else ''}, round {step.number}: {_clipped(step.idea)}"
        for step in now.line
    ]
    while sum(map(len, steps)) > _ROOM_FOR_LINE:
        steps.pop(0)
    left_out = len(now.line) - len(steps)
    if left_out:
        steps.insert(0, f"accepted before that: {left_out} proposals of this run")
    if now.line and now.line[-1].version != now.skill.digest:
        steps.append(
            f"accepted, then left: the search went back to {_version(now.skill.digest, now)}"
        )
    return "\n".join(steps)


def _proven(rounds: Sequence[Round]) -> str:
    """What earlier runs and siblings accepted, with its edits, as far as there is room."""
    entries: list[str] = []
    room = _ROOM_FOR_PROVEN
    for round_ in rounds:
        assert round_.proposal is not None
        head = (
            f"accepted in an earlier run or for a sibling: {_clipped(round_.proposal.draft.idea)}"
        )
        edits = (f"  {json_text(_shown(edit))}" for edit in round_.proposal.edits)
        entry = "\n".join((head, *edits))
        if len(entry) < room:
            entries.append(entry)
            room -= len(entry) + 1
    return "\n".join(entries)


def _ranked(refusals: Sequence[Refusal], now: Now) -> list[Refusal]:
    """Most relevant first; of several refusals of the same edits only the newest.

    One idea in several wordings of the skill stays as many entries: which of them were tried is
    what keeps the optimizer from trying them again.
    """
    newest = {refusal.proposal.edits_digest: place for place, refusal in enumerate(refusals)}
    kept = [
        (_relevance(refusal, now) + place / max(1, len(refusals)), place, refusal)
        for place, refusal in enumerate(refusals)
        if newest[refusal.proposal.edits_digest] == place
    ]
    return [refusal for _, _, refusal in sorted(kept, key=lambda row: (-row[0], -row[1]))]


def _relevance(refusal: Refusal, now: Now) -> float:
    """How much the entry has to teach here; recency adds at most 1 to it."""
    shared = set(refusal.proposal.draft.criteria) & set(now.topic.criteria)
    here = set(refusal.sections) & set(now.topic.sections)
    effect = refusal.train
    return (
        3.0 * (refusal.stage in (Stage.GATE, Stage.APPROVAL))
        + 2.0 * (not _is_stale(refusal, now))
        + 1.0 * bool(shared)
        + 1.0 * bool(here)
        + 2.0 * topic_similarity(refusal.failures, now.topic.failures)
        + 0.5 * bool(effect and effect.mended and effect.broke)
    )


def _entry(refusal: Refusal, now: Now, *, times: int = 1) -> str:
    """One refusal: headline, edits, and what can be learned from it."""
    outcomes = {part.edit: part.outcome for part in refusal.parts}
    good = [index for index, outcome in outcomes.items() if outcome == "accepted"]
    bad = [index for index, outcome in outcomes.items() if outcome == "rejected"]
    edits = [f"  {json_text(_shown(edit))}" for edit in refusal.proposal.edits]
    lines: list[str] = []
    if bad:
        for index in bad:
            lines += [_head(refusal, now, alone=True), edits[index]]
    else:
        together = len(good) == len(edits)
        lines += [_head(refusal, now, times=times)]
        lines += [text for index, text in enumerate(edits) if together or index not in good]
    for index in good:
        lines.append(
            f"  alone this edit did better, so propose it by itself: {edits[index].strip()}"
        )
    return "\n".join([*lines, *_aims(refusal), *_effect(refusal, now)])


def _head(refusal: Refusal, now: Now, *, times: int = 1, alone: bool = False) -> str:
    """Of the gate only its one bit is shown, not which of its rules decided."""
    verdict = "inconclusive" if refusal.outcome == "inconclusive" else "refused"
    place = f"round {refusal.number}" if refusal.run == now.run else "an earlier run"
    if refusal.run == now.run and now.line:
        place += f", on {_version(refusal.proposal.parent, now)}"
    if alone:
        place += ", this edit alone as well"
    if times > 1:
        place += f", {times} times so far"
    if refusal.stage is not Stage.GATE:
        place += f": {refusal.reason}"
    if _is_stale(refusal, now):
        place += f" (stale: {_moved(refusal, now)})"
    elif reason := _reason_to_retest(refusal, now):
        place += f" (may be tested again: {reason})"
    idea = _clipped(refusal.proposal.draft.idea)
    return f"{verdict} at stage {refusal.stage.value}, {place}: {idea}"


def _moved(refusal: Refusal, now: Now) -> str:
    if refusal.skill_id not in ("", now.skill_id):
        return f"of the sibling skill {refusal.skill_name}"
    if refusal.context != now.context:
        return "another target, task set or gate"
    return "the section was rewritten since"


def _is_stale(refusal: Refusal, now: Now) -> bool:
    foreign = refusal.skill_id not in ("", now.skill_id)
    return foreign or is_stale(refusal, skill=now.skill, context=now.context)


def _reason_to_retest(refusal: Refusal, now: Now) -> str | None:
    if refusal.stage is Stage.RACE:
        return None if refusal.code in ("worse", "harm") else "it was only compared on train tasks"
    if not (now.reopen and refusal.blocks):
        return None
    return reason_to_retest(refusal, skill=now.skill, failing=now.topic.failing)


def _aims(refusal: Refusal) -> Iterator[str]:
    criteria = ", ".join(_clipped(name, 60) for name in refusal.proposal.draft.criteria[:4])
    parts = [f"criteria {criteria}"] if criteria else []
    if refusal.aims:
        parts.append(f"train tasks {_tasks(refusal.aims)}")
    if parts:
        yield f"  hoped to mend: {'; '.join(parts)}"


def _effect(refusal: Refusal, now: Now) -> Iterator[str]:
    effect = refusal.train
    if effect is None:
        return
    mended = _tasks(effect.mended) if effect.mended else "none"
    broke = _tasks(effect.broke) if effect.broke else "none"
    yield f"  on train tasks: mended {mended}; broke {broke}; {effect.same} as before"
    if now.shown is not None and refusal.stage is Stage.GATE and not _is_stale(refusal, now):
        yield f"  lesson: {lesson(effect, now.shown)}"


def _tasks(names: Sequence[str]) -> str:
    shown = ", ".join(_clipped(name, 60) for name in names[:_MOST_TASKS])
    more = len(names) - _MOST_TASKS
    return f"{shown} and {more} more" if more > 0 else shown


def _version(digest: str, now: Now) -> str:
    for step in reversed(now.line):
        if step.version == digest:
            return f"the version of round {step.number}"
    return "the first version"


def _counts(tallies: Sequence[Tally], told: set[str], *, room: int) -> str:
    """The rest in numbers: all refusals by stage, then the ideas that were refused most often."""
    totals = [tally for tally in tallies if not tally.idea]
    if not totals:
        return ""
    by_stage: dict[str, int] = {}
    for tally in totals:
        verdict = "inconclusive" if tally.outcome == "inconclusive" else "refused"
        name = f"{verdict} at stage {tally.stage.value}"
        by_stage[name] = by_stage.get(name, 0) + tally.count
    lines = ["in all, ever: " + ", ".join(f"{count} {name}" for name, count in by_stage.items())]
    room -= len(lines[0])
    ideas = [tally for tally in tallies if tally.idea and tally.idea not in told]
    for tally in sorted(ideas, key=lambda tally: -tally.count):
        times = "once" if tally.count == 1 else f"{tally.count} times"
        line = f"also refused, {times} ({tally.stage.value}): {_clipped(tally.example)}"
        if len(line) + 1 > room:
            break
        lines.append(line)
        room -= len(line) + 1
    return "\n".join(lines)


def _name(refusal: Refusal) -> str:
    """Entries of one name tell the same: an idea in one way."""
    return idea_of(refusal.proposal.draft.idea)


def _clipped(text: str, most: int = _LONGEST_IDEA) -> str:
    return clipped(" ".join(text.split()), most)


def _shown(edit: Edit) -> dict[str, object]:
    """The edit without the lines that a replace only repeats."""
    file = {} if edit.file == SKILL_MD else {"file": edit.file}
    return {**_step(edit), **file}


def _step(edit: Edit) -> dict[str, object]:
    match edit:
        case Insert() | Create() | Describe():
            return {"kind": edit.kind, "text": edit.text.strip()}
        case Replace():
            old, new = edit.anchor.splitlines(), edit.text.splitlines()
            went = "\n".join(line for line in old if line not in new)
            came = "\n".join(line for line in new if line not in old)
            return {"kind": edit.kind, "anchor": went.strip(), "text": came.strip()}
        case Delete():
            return {"kind": edit.kind, "anchor": edit.anchor.strip()}
        case Remove():
            return {"kind": edit.kind}
