"""A report as Markdown for an issue or a pull request: the same facts, without pictures."""

from __future__ import annotations

from collections.abc import Iterator

from skillopt.core.figures import count, money, percent, points
from skillopt.core.gate.measure_words import TITLES, told_measure
from skillopt.core.report.values import HeatMap, ProposalSaid, Report
from skillopt.core.skill.side_by_side import FileDiff, Row
from skillopt.pages.charts.heat_chart import GROUPS
from skillopt.pages.markdown import code, fenced, folded, inert, table
from skillopt.pages.templating import moment, short

MOST_CHARS = 60_000
"""GitHub takes 65,536 characters in an issue or a comment."""
_NAMED_TASKS = 20
"""Tasks that are named of a group."""


def report_markdown(report: Report) -> str:
    """The whole report; proposals that do not fit into an issue are counted."""
    before = [*_head(report), *_sealed(report), *_rounds(report)]
    after = [
        *_heat(report.heat),
        *_spend(report),
        *_power(report),
        *_unknown(report),
        _foot(report),
    ]
    room = MOST_CHARS - sum(len(part) + 2 for part in (*before, *after))
    return "\n\n".join([*before, *_proposals(report, room), *after]) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"<!-- skillopt report -->\n## skillopt: {report.kind} run of {inert(report.skill)}"
    yield f"{inert(report.asked)}\n{inert(report.decided)}\n**{inert(report.result)}**"
    ended = f"ended {moment(report.finished)}" if report.finished else "no end on record"
    rows = [
        ("run", f"{code(report.run)}, started {moment(report.started)}, {ended}"),
        *((role, inert(name)) for role, name in report.roles),
        ("gate", inert(report.gate)),
        ("versions", f"{code(short(report.first))} → {code(short(report.last or 'open'))}"),
    ]
    if report.baseline is not None:
        rows.append(("first version on validation tasks", percent(report.baseline)))
    yield table(("", ""), rows)


def _sealed(report: Report) -> Iterator[str]:
    yield "### Sealed test"
    sealed = report.sealed
    if sealed is None or not sealed.tasks:
        yield "There is no result of a sealed test."
        return
    rows = [
        ("scores", f"{percent(sealed.first_score)} → {percent(sealed.last_score)}"),
        ("difference", f"{points(sealed.difference)} points"),
        ("95 % interval", f"{points(sealed.low)} to {points(sealed.high)} points"),
        ("p-value", f"{sealed.p_value:.4f}"),
        ("tasks", f"{sealed.tasks}: {sealed.wins} better, {sealed.losses} worse"),
        ("missing", f"{sealed.missing}"),
        ("certified", "yes" if sealed.certified else "no"),
    ]
    yield table(("", ""), rows)


def _rounds(report: Report) -> Iterator[str]:
    yield "### Proposals"
    if not report.proposals:
        yield "No proposal has been decided."
        return
    after = {step.number: step.after for step in report.path}
    rows = [
        (
            f"{one.number}",
            inert(one.said),
            "" if one.gain is None else points(one.gain),
            ""
            if one.low is None or one.high is None
            else f"{points(one.low)} to {points(one.high)}",
            "" if one.p_value is None else f"{one.p_value:.3f}",
            f"{one.tasks_seen or ''}",
            percent(after.get(one.number)),
            inert(one.idea),
        )
        for one in report.proposals
    ]
    head = ("round", "verdict", "gain", "95 % interval", "p", "tasks", "score after", "idea")
    yield table(head, rows, right=(0, 2, 4, 5, 6))


def _proposals(report: Report, room: int) -> Iterator[str]:
    """Accepted ones first, so that they have the room."""
    ordered = sorted(report.proposals, key=lambda one: (one.outcome != "accepted", one.number))
    fits: list[tuple[int, str]] = []
    for one in ordered:
        text = folded(f"Round {one.number}: {one.outcome}", "\n\n".join(_proposal(one)))
        if len(text) + 2 > room:
            continue
        room -= len(text) + 2
        fits.append((one.number, text))
    yield from (text for _, text in sorted(fits))
    left = len(ordered) - len(fits)
    if left:
        yield (
            f"{count(left, 'proposal')} in full would not fit into an issue; "
            "the report in HTML has them."
        )


def _proposal(one: ProposalSaid) -> Iterator[str]:
    yield f"**{inert(one.idea)}**"
    yield f"{inert(one.said)}: {inert(one.reason)} (rule {code(one.code)}, entry {code(one.id)})"
    for critique in one.critiques:
        kinds = f" ({', '.join(critique.kinds)})" if critique.kinds else ""
        lines = [f"- **{inert(critique.criterion)}**: {inert(critique.cause)}{kinds}"]
        lines += [line for quote in critique.quotes for line in ("", f"  > {inert(quote)}")]
        if critique.tasks:
            lines += ["", f"  Seen on train tasks {', '.join(map(code, critique.tasks))}"]
        yield "\n".join(lines)
    for file in one.files:
        yield f"{code(file.path)}: {_kind(file)}"
        if file.rows:
            yield fenced("\n".join(_lines(file)), language="diff")
    for edit in one.edits:
        yield f"{edit.kind} in {code(edit.file)}:"
        yield fenced("\n".join(filter(None, (edit.anchor and f"at: {edit.anchor}", edit.text))))
    yield from _changes(one)
    yield from (f"- {TITLES[found.name]}: {told_measure(found)}" for found in one.measures)
    if one.train:
        fixed, broke = (
            ", ".join(map(code, some)) or "none" for some in (one.train.mended, one.train.broke)
        )
        yield f"On train tasks: fixed {fixed}; broke {broke}; {one.train.same} unchanged."
    yield from (f"> {inert(note)}" for note in one.notes)
    if one.alone:
        parts = (f"edit {part.edit} {part.outcome}" for part in one.alone)
        yield f"Each edit alone: {', '.join(parts)}."
    for other in one.also:
        yield f"- Also proposed: {inert(other.idea)} ({other.said}: {inert(other.reason)})"


def _kind(file: FileDiff) -> str:
    match file.kind:
        case "mode":
            return "only its mode changed"
        case "not text":
            return "it differs, and is no text that can be compared by line"
        case _:
            return f"{file.kind}, {file.added} added, {file.deleted} deleted"


def _lines(file: FileDiff) -> Iterator[str]:
    """As `diff` writes them, but each change at once: the order of the page."""
    for row in file.rows:
        yield from _of(row)
    if file.rows_left_out:
        yield f"@@ {count(file.rows_left_out, 'more row')} @@"


def _of(row: Row) -> Iterator[str]:
    if row.kind == "gap":
        yield f"@@ {count(row.left_out, 'unchanged line')} @@"
    elif row.kind == "same" and row.before:
        yield f"  {row.before.text}"
    else:
        if row.before:
            yield f"- {row.before.text}"
        if row.after:
            yield f"+ {row.after.text}"


def _changes(one: ProposalSaid) -> Iterator[str]:
    found = one.changes
    if found is None:
        return
    yield (
        f"Validation tasks: {found.better} better, {found.worse} worse, {found.same} the same, "
        f"{found.no_result} without a result, {found.not_run} not run."
    )
    if found.listed:
        rows = [
            (code(task.task), f"{task.before:.2f}", f"{task.after:.2f}") for task in found.listed
        ]
        yield table(("task", "before", "after"), rows, right=(1, 2))


def _heat(heat: HeatMap | None) -> Iterator[str]:
    """The map by groups: an issue has no room for every cell of a large one."""
    if heat is None:
        return
    yield "### Tasks by versions"
    rows = []
    for group, name in GROUPS.items():
        tasks = [row.task for row in heat.rows if row.group == group]
        if tasks:
            more = f" and {len(tasks) - _NAMED_TASKS} more" if len(tasks) > _NAMED_TASKS else ""
            rows.append((name, f"{len(tasks)}", ", ".join(map(code, tasks[:_NAMED_TASKS])) + more))
    yield table(("from first to last version", "tasks", "which"), rows, right=(1,))
    empty = sum(row.cells.count(".") for row in heat.rows)
    if empty:
        cells = len(heat.rows) * len(heat.versions)
        yield (
            f"{empty:,} of {cells:,} combinations of task and version were not evaluated, "
            "which is no failure."
        )


def _spend(report: Report) -> Iterator[str]:
    yield "### Spend"
    rows = [
        (
            row.role,
            row.purpose,
            f"{row.usage.calls:,}",
            f"{row.usage.tokens:,}",
            money(row.usage.cost),
        )
        for row in report.spend.rows
    ]
    total = report.spend.total
    rows.append(("all", "", f"{total.calls:,}", f"{total.tokens:,}", money(total.cost)))
    cells = [(inert(role), inert(purpose), *rest) for role, purpose, *rest in rows]
    yield table(("role", "for", "calls", "tokens", "cost"), cells, right=(2, 3, 4))
    limits = [said for _, said, _, _ in report.spend.limits]
    yield "Limits: " + ("; ".join(limits) if limits else "none on record") + "."


def _power(report: Report) -> Iterator[str]:
    yield "### What this set can detect"
    if report.power is None:
        yield "The gate has compared nothing on this run's tasks."
        return
    yield inert(report.power.text)
    yield from (f"**{inert(warning)}**" for warning in report.power.warnings)


def _unknown(report: Report) -> Iterator[str]:
    yield "### What is not known"
    lines = [f"- **{inert(one.topic)}**: {inert(one.says)}" for one in report.unknown]
    yield "\n".join(lines) or "The record of this run has no gap that a report looks for."


def _foot(report: Report) -> str:
    return f"<sub>Made from the ledger by {code(f'skillopt report {report.run} --format md')}</sub>"
