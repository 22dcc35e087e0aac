"""Foreign text in Markdown does nothing; a CommonMark parser with GitHub's tables is the judge."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from skillopt.core.content.hidden_characters import visible
from skillopt.pages.markdown import code, fenced, folded, inert, table
from tests.pages.hostile import HOSTILE

PARSER = MarkdownIt("gfm-like", {"linkify": False})
TEXT = st.text(st.sampled_from("ab1 `*_~[](){}<>#+-.!|$@:/&=\"'\\^\n\t"), max_size=30)


def kinds(text: str) -> set[str]:
    """Types of the inline tokens of a text in one paragraph."""
    found = [token for token in PARSER.parse(text) if token.type == "inline"]
    return {child.type for token in found for child in token.children or ()}


def blocks(text: str) -> set[str]:
    return {token.type for token in PARSER.parse(text)}


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE, "# head", "- item", "+ item", "1. item", "12) item", "---", "===", "> quote", "a | b",
        "**b** _i_ ~~s~~ `c`", "[a](javascript:alert(1))", "![x](y)", "<img src=x>", "```\nx",
        "<!-- x", "&copy;", "\\", "a\\", "<https://evil.test>",
    ],
)  # fmt: skip
def test_it_stays_plain_text(text: str) -> None:
    made = inert(text)
    assert blocks(made) <= {"paragraph_open", "inline", "paragraph_close"}
    assert kinds(made) <= {"text", "html_inline", "text_special"}
    assert PARSER.render(made).count("<!-- -->") == made.count("<!-- -->")


@given(TEXT)
def test_what_is_read_is_what_was_written(text: str) -> None:
    shown = html.unescape(PARSER.render(inert(text)).replace("<!-- -->", ""))
    wanted = " ".join(visible(text).split())
    assert shown == (f"<p>{wanted}</p>\n" if wanted else "")


@given(TEXT)
def test_a_cell_is_one_cell(text: str) -> None:
    made = table(("a", "b"), [(inert(text), code(text or "x"))])
    tokens = [token.type for token in PARSER.parse(made)]
    assert tokens.count("td_open") == 2
    assert tokens.count("tr_open") == 2


@given(TEXT)
def test_a_block_of_code_cannot_be_ended_from_within(text: str) -> None:
    tokens = PARSER.parse(fenced(text))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == f"{visible(text)}\n"


def test_names_and_issues_are_parted_from_their_signs() -> None:
    assert inert("@someone") == "@<!-- -->someone"
    assert inert("#12 GH-7") == "\\#<!-- -->12 GH-<!-- -->7"


def test_addresses_are_no_links() -> None:
    assert inert("https://a.test www.a.test") == "https\\://a.test www\\.a.test"


def test_a_fold_has_its_summary() -> None:
    assert folded("more", "x").startswith("<details><summary>more</summary>\n\nx")
