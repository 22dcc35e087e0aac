"""A report as a page: nothing foreign runs, nothing is loaded, and it stays small."""

from __future__ import annotations

import re

import pytest

from skillopt.core.gate.contest import Outcome
from skillopt.core.report.making import report_of
from skillopt.pages.report_html import MOST_OPEN, report_html
from tests.core.report.records import FIRST, facts, long_run, record, round_, verdict
from tests.pages.hostile import HOSTILE, Page

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "main", "footer", "section",
    "nav", "h1", "h2", "h3", "h4", "p", "code", "strong", "span", "div", "ol", "ul", "li", "dl",
    "dt", "dd", "details", "summary", "table", "thead", "tbody", "tfoot", "tr", "th", "td",
    "colgroup", "col", "figure", "figcaption", "blockquote", "del", "ins", "pre", "label", "meter",
    "svg", "desc", "g", "path", "use", "text", "defs", "clippath", "rect", "caption",
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> str:
    return report_html(report_of(long_run(6, 9, hostile=HOSTILE)))


def test_foreign_text_makes_no_element_and_no_attribute(page: str) -> None:
    found = Page(page)
    assert found.wrong == []
    assert set(found.tags) <= ALLOWED
    names = {name for _, name, _ in found.attributes}
    assert [name for name in names if name.startswith("on") or name in ("style", "src")] == []
    for tag, name, value in found.attributes:
        if name in ("href", "xlink:href"):
            assert value.startswith("#"), (tag, value)
    assert "<script>alert(1)</script>" in "".join(found.text)


def test_hidden_characters_are_seen(page: str) -> None:
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", page)
    assert "&lt;U+202E&gt;gnp.exe&lt;U+2066&gt;&lt;U+200B&gt;" in page


def test_templates_do_not_run_foreign_text(page: str) -> None:
    assert "{{ 7 * 7 }}" in page


def test_the_policy_lets_in_its_own_style_and_nothing_else(page: str) -> None:
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    [sheet] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert not re.search(r"url\(|@import", sheet)


def test_ids_are_unique_and_links_lead_somewhere(page: str) -> None:
    found = Page(page)
    assert sorted(found.ids) == sorted(set(found.ids))
    for _, name, value in found.attributes:
        if name == "href":
            assert value[1:] in found.ids
        if name == "aria-labelledby":
            assert set(value.split()) <= set(found.ids)


def test_every_picture_has_a_name_a_description_and_its_data(page: str) -> None:
    assert page.count("<svg") == 4
    assert page.count('role="img"') == 4
    for name in ("sealed", "path", "heat", "spend"):
        assert f'<title id="{name}-title">' in page
        assert f'<desc id="{name}-desc">' in page
    assert page.count("The data as a table") == 3


def test_the_same_record_gives_the_same_bytes(page: str) -> None:
    assert report_html(report_of(long_run(6, 9, hostile=HOSTILE))) == page


def test_a_long_run_stays_below_five_megabytes() -> None:
    text = report_html(report_of(long_run(100, 1000)))
    assert len(text.encode()) < 5_000_000
    assert text.count('<details class="proposal"') == 100
    assert len(re.findall(r'<details class="proposal" id="round-\d+" open>', text)) == 20
    assert text.count("<td>not passed</td>") + text.count("<td>fixed</td>") > 100


def test_a_short_run_shows_all_proposals_unfolded(page: str) -> None:
    assert len(re.findall(r'id="round-\d+" open', page)) == 6 <= MOST_OPEN


@pytest.mark.parametrize(
    "made",
    [
        facts(record(finished=None, last=None, stopped_by=None, baseline=None)),
        facts(record(), [round_(1, FIRST, None)]),
        facts(record(), [round_(1, FIRST, verdict([1], [None], outcome=Outcome.INCONCLUSIVE))]),
        facts(record(kind="eval"), tasks=(), replies=()),
    ],
    ids=["in progress", "screened", "inconclusive", "evaluation"],
)
def test_a_run_with_little_in_it_has_a_whole_page(made: object) -> None:
    found = Page(report_html(report_of(made)))  # type: ignore[arg-type]
    assert found.wrong == []
    said = " ".join(found.text)
    assert "What is not known" in said
    assert "There is no result of a sealed test" in said
