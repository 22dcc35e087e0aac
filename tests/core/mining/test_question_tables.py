from __future__ import annotations

import pytest

from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.question_tables import question_tables


def found(text: str) -> list[tuple[str, str, str]]:
    blocks = question_tables(text.splitlines(), "faq.md")
    finds = [one for block in blocks for one in block.finds]
    return [
        (str(one.input), one.recorded, one.source)
        if isinstance(one, Found)
        else ("", "", one.source)
        for one in finds
    ]


@pytest.mark.parametrize(
    "head",
    [
        "| Question | Answer |\n|---|:---:|",
        "Q | A\n--- | ---",
        "| **Question** | _Answer_ |\n| - | - |",
        "| FAQ | |\n|---|---|",
    ],
)
def test_a_headed_table(head: str) -> None:
    body = "| How long | Two days |\n| **Where?** | In Rome<br>or in \\| Ostia |"
    assert found(f"{head}\n{body}\n\ntext | text") == [
        ("How long", "Two days", "faq.md:3"),
        ("Where?", "In Rome\nor in | Ostia", "faq.md:4"),
    ]


def test_columns_in_another_place() -> None:
    table = "| No | Answer | Owner | Question |\n|-|-|-|-|\n| 1 | Two days | me | How long? |"
    assert found(table) == [("How long?", "Two days", "faq.md:3")]


def test_a_table_whose_first_cells_all_ask() -> None:
    assert found("| Topic | Note |\n|-|-|\n| Where? | Rome |") == [("Where?", "Rome", "faq.md:3")]


@pytest.mark.parametrize(
    "table",
    [
        "| Plan | Price |\n|-|-|\n| Where? | 5 |\n| Small | 6 |",
        "| Question | Answer |\n| How long | Two days |",
        "| Question |\n|-|\n| How long |",
        "| Plan | Price |\n|-|-|",
        "a | b",
        "|\n|\n|",
    ],
)
def test_other_tables(table: str) -> None:
    assert found(table) == []


def test_a_row_without_an_answer_is_named() -> None:
    rows = ["| Question | Answer |", "|-|-|", "| How long | |", "| Where?", f"| {'x' * 600} | y |"]
    [block] = question_tables(rows, "x")
    assert [one.source for one in block.finds if isinstance(one, Skipped)] == ["x:3", "x:4", "x:5"]
    assert (block.first, block.last) == (0, 4)


@pytest.mark.parametrize(
    "row", [" " * 400_000 + "-|", "|-" * 200_000, "|" * 400_000, "{#" * 200_000 + "|"]
)
def test_rows_made_to_take_long(row: str) -> None:
    assert found(f"| Question | Answer |\n{row}\n{row}") in ([], [("", "", "faq.md:3")])
