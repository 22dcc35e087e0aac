from __future__ import annotations

import pytest

from skillopt.core.mining.candidate import Found
from skillopt.core.mining.question_details import question_details

PAGE = """\
<details>
<summary>How long can I return it?</summary>

Thirty days.

</details>

<DETAILS open><Summary><b>Who &amp; what
pays?</b></Summary>We do.</DETAILS>
"""


def found(text: str) -> list[tuple[str, str | None]]:
    finds = [one for block in question_details(text.splitlines(), "x") for one in block.finds]
    return [
        (str(one.input), one.recorded) if isinstance(one, Found) else (one.source, None)
        for one in finds
    ]


def test_sections_that_ask() -> None:
    one, other = question_details(PAGE.splitlines(), "faq.md")
    assert (one.first, one.last, other.first, other.last) == (0, 5, 7, 8)
    assert one.finds == (
        Found(input="How long can I return it?", recorded="Thirty days.", source="faq.md:1", quote="Thirty days."),
    )  # fmt: skip
    assert found(PAGE)[1] == ("Who & what pays?", "We do.")


def fold(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>{text}</details>"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (fold("Where?", "Rome") + fold("When?", "Now"), [("Where?", "Rome"), ("When?", "Now")]),
        (fold("Billing", fold("Where?", "Rome")), [("Where?", "Rome")]),
        (fold("Where?", fold("Why?", "So")), [("Where?", fold("Why?", "So"))]),
        (fold("Notes", "text"), []),
        (fold("Where?", " "), [("x:1", None)]),
        (fold("?", "text"), []),
        ("<details><summary>Where?</summary>Rome\n" + fold("Why?", "So"), [("x:1", None), ("Why?", "So")]),
        ("```\n" + fold("Where?", "Rome") + "\n```", []),
        ("</details></summary><summary>Where?</summary>" + fold("Why?", "So"), [("Why?", "So")]),
        ("<details>Where?</details>", []),
        (fold("a?" * 300, "x"), []),
    ],
)  # fmt: skip
def test_folded_in_many_ways(text: str, asked: list[tuple[str, str | None]]) -> None:
    assert found(text) == asked


def test_code_within_an_answer_is_kept() -> None:
    code = "\n```\n</details>\n```\n"
    assert found(fold("How?", code)) == [("How?", code.strip())]


@pytest.mark.parametrize(
    "text",
    ["<details" * 100_000, "<details>" * 100_000, fold("a?", "") * 20_000,
     "<details><summary>a?</summary>" * 30_000 + "</details>" * 30_000],
    ids=["cut", "open", "empty", "deep"],
)  # fmt: skip
def test_pages_made_to_take_long(text: str) -> None:
    assert all(recorded is None or len(recorded) < len(text) for _, recorded in found(text))
