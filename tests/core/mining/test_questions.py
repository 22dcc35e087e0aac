from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.questions import questions

PAGE = """\
# Returns

We take things back.

## How long can I return it?

Thirty days.

- with the receipt

## Shipping

Not a question.

**Who pays for it?**
We do.

```text
## Is this a heading?
It is code.
```

Q: Where do I send it?
A: To the shop.

### Q2. Which shop
**A:** The nearest one.

## Is there no answer?

## And here?
"""


def asked(text: str, source: str) -> list[Found]:
    return [one for one in questions(text, source) if isinstance(one, Found)]


def test_questions_and_their_answers_with_lines() -> None:
    found = [(one.input, one.recorded, one.source) for one in asked(PAGE, "faq.md")]
    assert found == [
        ("How long can I return it?", "Thirty days.\n\n- with the receipt", "faq.md:5"),
        (
            "Who pays for it?",
            "We do.\n\n```text\n## Is this a heading?\nIt is code.\n```",
            "faq.md:15",
        ),
        ("Where do I send it?", "To the shop.", "faq.md:23"),
        ("Which shop", "The nearest one.", "faq.md:26"),
    ]


def test_the_answer_is_the_quote() -> None:
    assert all(one.quote == one.recorded for one in asked(PAGE, "faq.md"))


@given(
    st.text("#Q:A?* \n`~ab", max_size=200)
    | st.lists(
        st.sampled_from(["<details>", "</details>", "<summary>", "</summary>", "a?", "b", "\n", "|",
                         "|-|-|", "# ", "```"]),
        max_size=40,
    ).map("".join)
)  # fmt: skip
def test_an_answer_stands_in_the_document(text: str) -> None:
    for one in questions(text, "x"):
        if isinstance(one, Skipped):
            continue
        squeezed = "".join(text.split())
        assert "".join(str(one.quote).split()) in squeezed
        assert "".join(str(one.input).split()) in squeezed


@pytest.mark.parametrize("row", ["# " + " #" * 200_000, "Q" + " " * 400_000, "**" + "a*" * 200_000])
def test_a_line_made_to_take_long_is_no_heading(row: str) -> None:
    assert list(questions(f"{row}\nanswer", "x")) == []


def test_a_text_without_questions_has_none() -> None:
    assert list(questions("Just text.\n\nMore? Perhaps.", "x")) == []


def test_underlined_questions_links_and_anchors() -> None:
    page = (
        "How long?\n=========\n\nTwo days.\n\n## [Where to?](https://example.org)\n\nRome.\n\n"
        "## By whom? {#whom}\n\nUs.\n\n## ??\n\nNothing.\n"
    )
    found = asked(page, "page")
    assert [(one.input, one.recorded) for one in found] == [
        ("How long?", "Two days."),
        ("Where to?", "Rome."),
        ("By whom?", "Us."),
    ]
    assert [one.source for one in found] == ["page:1", "page:6", "page:10"]


def test_front_matter_and_code_hold_no_questions() -> None:
    page = "---\ntitle: What?\n---\n\nText.\n\n## Q?\n\n```\n\nwhy?\n---\n```\n"
    [found] = asked(page, "page")
    assert (found.input, found.recorded) == ("Q?", "```\n\nwhy?\n---\n```")


def test_blocks_of_questions_end_the_answer_above_them() -> None:
    page = (
        "## What is it?\n\nA shop.\n\n| Question | Answer |\n|---|---|\n| How long | Two days |\n\n"
        "<details><summary>Where?</summary>\n\nIn Rome.\n\n## Which street?\n\nNone.\n</details>\n\n"
        "## By whom?\n\nUs.\n"
    )
    assert [(one.input, one.recorded, one.source) for one in asked(page, "page")] == [
        ("What is it?", "A shop.", "page:1"),
        ("How long", "Two days", "page:7"),
        ("Where?", "In Rome.\n\n## Which street?\n\nNone.", "page:9"),
        ("By whom?", "Us.", "page:18"),
    ]


def test_a_table_that_asks_nothing_is_a_part_of_the_answer() -> None:
    page = "## Which plans?\n\n| Plan | Price |\n|---|---|\n| Small | 5 |\n"
    assert [one.recorded for one in asked(page, "page")] == [page.partition("\n\n")[2].strip()]
