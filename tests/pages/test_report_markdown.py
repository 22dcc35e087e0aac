"""A report for an issue: the same facts, and no more than fits."""

from __future__ import annotations

from markdown_it import MarkdownIt

from skillopt.core.report.making import report_of
from skillopt.pages.report_markdown import MOST_CHARS, report_markdown
from tests.core.report.records import SEALED, facts, long_run, record
from tests.pages.hostile import HOSTILE

PARSER = MarkdownIt("gfm-like", {"linkify": False})


def test_it_has_the_facts_of_the_page() -> None:
    found = report_of(long_run(6, 9))
    text = report_markdown(found)
    for said in (
        "+25.0 points", "+10.0 to +40.0 points", "0.0100", "rule 5 for the tickets", "as it was said",
        "- **tone**: nothing says how (missing)", "`train-1`", "```diff", "20 of 1,000 calls",
        "### What this set can detect", "### What is not known", "which is no failure",
    ):  # fmt: skip
        assert said in text, said
    assert all(f"**{one.topic}**" in text for one in found.unknown)


def test_foreign_text_makes_no_link_and_no_element() -> None:
    tokens = PARSER.parse(report_markdown(report_of(long_run(6, 9, hostile=HOSTILE))))
    inline = [child for token in tokens for child in token.children or ()]
    assert {
        child.type for child in inline if "link" in child.type or child.type == "image"
    } == set()
    made = {child.content for child in inline if child.type == "html_inline"}
    assert made <= {"<!-- -->", "<code>", "</code>", "<sub>", "</sub>"}
    own = ("<details>", "</details>", "<!-- skillopt report -->")
    for token in tokens:
        if token.type == "html_block":
            assert token.content.startswith(own)
            assert "script" not in token.content


def test_a_long_run_fits_into_an_issue_and_says_what_is_left_out() -> None:
    text = report_markdown(report_of(long_run(100, 60)))
    assert len(text) <= MOST_CHARS
    assert "would not fit into an issue" in text
    assert "Round 5: accepted" in text


def test_without_anything_it_says_so() -> None:
    text = report_markdown(report_of(facts(record())))
    assert "No proposal has been decided" in text
    assert "There is no result of a sealed test" in text
    again = report_markdown(report_of(facts(record(sealed=SEALED))))
    assert "| certified | yes |" in again
