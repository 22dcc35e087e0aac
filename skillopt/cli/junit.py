"""`--junit FILE`: results as JUnit XML, for systems that read test reports.

JUnit has no schema of its own; these are the elements and attributes of the Jenkins xUnit plugin's
`junit-10.xsd`, which other readers take, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple
from xml.etree import ElementTree as ET

import typer

from skillopt.cli.output import count, without_secrets
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.app.evaluate import Evaluation, TaskResult
    from skillopt.app.gate_changes import GatedChanges, GatedSkill
    from skillopt.app.single_edit import GatedEdit
    from skillopt.core.gate import PairedTask

Junit = Annotated[
    Path | None, typer.Option("--junit", help="Also write the results to this file, as JUnit XML.")
]

MOST_CHARS = 4_000
"""Of one text in the file."""
_LINES = {0x9, 0xA, 0xD}
_RANGES = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
"""The characters that XML 1.0 has, with tab and line ends."""


class Case(NamedTuple):
    """A test case; it has failed where it has a failure, and else passed or was skipped."""

    name: str
    failure: str = ""
    kind: str = ""
    """The type of the failure, in one word."""
    skipped: str = ""
    details: str = ""
    seconds: float = 0.0


class Suite(NamedTuple):
    """The cases of a skill."""

    name: str
    cases: tuple[Case, ...]
    properties: tuple[tuple[str, str], ...] = ()


def check_junit(path: Path | None) -> None:
    """Check that the file can be written, before anything is paid for.

    Raises:
        SettingsError: its folder is not there, or it is a folder.
    """
    if path is None:
        return
    if path.is_dir() or not path.absolute().parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise SettingsError(f"--junit {path} {what}; name a file in a folder that is there")


def write_junit(path: Path | None, suites: Iterable[Suite]) -> None:
    """Write suites to a file; nothing where there is none to write."""
    if path is not None:
        path.write_bytes(junit(tuple(suites)))


def junit(suites: Sequence[Suite]) -> bytes:
    """Suites as a document in UTF-8."""
    every = [case for suite in suites for case in suite.cases]
    root = ET.Element("testsuites", {"name": "skillopt", **_counts(every)})
    for suite in suites:
        skipped = sum(bool(case.skipped) for case in suite.cases)
        counts = {**_counts(suite.cases), "skipped": str(skipped)}
        element = ET.SubElement(root, "testsuite", {"name": _clean(suite.name), **counts})
        listed = ET.SubElement(element, "properties")
        for name, value in suite.properties:
            ET.SubElement(listed, "property", name=_clean(name), value=_clean(value))
        for case in suite.cases:
            _add(element, case, of=suite.name)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def gate_suite(path: str, gated: GatedEdit) -> Suite:
    """A verdict and its tasks; a case has failed only where the edit was not accepted.

    Args:
        path: what the suite is called.
        gated: the gate's word.
    """
    accepted = gated.outcome.value == "accepted"
    reason = f"{gated.outcome.value}: {gated.verdict.reason}"
    power = "\n".join([gated.power.text, *gated.power.warnings])
    verdict = Case(
        "verdict",
        failure="" if accepted else reason,
        kind=gated.outcome.value,
        details=f"{reason}\n{power}",
    )
    tasks = (_compared(pair, accepted=accepted) for pair in gated.verdict.pairs)
    properties = (("old", gated.old), ("new", gated.new), ("run", gated.run))
    return Suite(path, (verdict, *tasks), (*properties, ("calls", str(gated.usage.calls))))


def change_suites(found: GatedChanges) -> list[Suite]:
    """A suite for each skill that has changed."""
    return [_changed(one) for one in found.skills]


def eval_suite(measured: Evaluation) -> Suite:
    """The tasks of an evaluation: one that does not fully meet its checks has failed."""
    cases = tuple(_measured(task) for task in measured.by_task)
    properties = (("version", measured.digest), ("split", measured.split))
    return Suite(measured.skill, cases, (*properties, ("score", f"{measured.score.mean:.4f}")))


def _changed(one: GatedSkill) -> Suite:
    if one.gated is not None:
        return gate_suite(one.path, one.gated)
    case = Case("verdict", failure=one.failed or "", kind="failed", skipped=one.skipped or "")
    return Suite(one.path, (case,))


def _compared(pair: PairedTask, *, accepted: bool) -> Case:
    if pair.candidate is None or pair.incumbent is None:
        return Case(pair.task, skipped="no result for both versions")
    said = f"{pair.incumbent:.2f} -> {pair.candidate:.2f} in {count(pair.candidate_runs, 'run')}"
    worse = pair.candidate < pair.incumbent and not accepted
    return Case(pair.task, failure=said if worse else "", kind="regression", details=said)


def _measured(task: TaskResult) -> Case:
    if task.score is None:
        return Case(task.task, skipped="no result", seconds=task.seconds)
    said = f"score {task.score:.2f} in {count(task.runs, 'run')}"
    failure = said if task.score < 1 else ""
    details = "\n".join([said, *task.faults])
    return Case(task.task, failure=failure, kind="score", details=details, seconds=task.seconds)


def _counts(cases: Sequence[Case]) -> dict[str, str]:
    failures = sum(bool(case.failure) for case in cases)
    return {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}


def _add(suite: ET.Element, case: Case, *, of: str) -> None:
    seconds = f"{max(0.0, case.seconds):.3f}"
    names = {"name": _clean(case.name), "classname": _clean(of), "time": seconds}
    element = ET.SubElement(suite, "testcase", names)
    if case.failure:
        message = _clean(case.failure)
        failure = ET.SubElement(element, "failure", type=_clean(case.kind), message=message)
        failure.text = _clean(case.details or case.failure)
    elif case.skipped:
        ET.SubElement(element, "skipped", message=_clean(case.skipped))
    elif case.details:
        ET.SubElement(element, "system-out").text = _clean(case.details)


def _clean(text: str) -> str:
    """``text`` without secrets, without what XML cannot hold, and not too long."""
    shown = str(without_secrets(text))
    if len(shown) > MOST_CHARS:
        shown = f"{shown[:MOST_CHARS]} ... ({len(shown):,} characters)"
    return "".join(char if _is_xml(ord(char)) else "\ufffd" for char in shown)


def _is_xml(code: int) -> bool:
    return code in _LINES or any(low <= code <= high for low, high in _RANGES)
