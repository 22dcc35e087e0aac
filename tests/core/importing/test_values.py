"""The report of an import."""

from __future__ import annotations

from skillopt.core.importing.values import MOST_SAID, Report, Tally


def test_kinds_are_counted_with_their_first_record() -> None:
    tally = Tally()
    for _ in range(3):
        tally.begin()
        tally.refuse("`cost`")
    tally.leave_out("no answer")
    report = Report(
        format="rows", records=3, tasks=2, refused=tally.refused, left_out=tally.left_out,
        fields={"input": "q"}, mapped={"equals -> exact": 2}, notes=("so it is",),
    )  # fmt: skip
    assert report.lines == [
        "read as rows with a question and an answer: 3 records, 2 tasks",
        "input <- q",
        "equals -> exact: 2",
        "so it is",
        "refused: `cost` (3, first in record 1)",
        "left out: no answer (1, first in record 3)",
    ]


def test_many_kinds_are_not_all_said() -> None:
    tally = Tally()
    for number in range(MOST_SAID + 5):
        tally.refuse(f"kind {number}")
    report = Report(format="rows", records=1, tasks=1, refused=tally.refused)
    assert len(report.warnings) == MOST_SAID + 1
    assert report.warnings[-1] == "refused: and 5 more kinds; --json names them"
