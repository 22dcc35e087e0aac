"""What models and tasks write is data: no page has an element, attribute or address of theirs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from skillopt.core.history.run import Round, RunRecord
from skillopt.web.pages import live
from tests.adapters.ledger.samples import a_round, a_run
from tests.web import hostile
from tests.web.conftest import Browser, Opening

FIRST = ("/skills", "/runs", "/entries", "/refused", "/verify", "/export", "/compare")
TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "script",
        "body",
        "a",
        "header",
        "nav",
        "ul",
        "ol",
        "li",
        "form",
        "input",
        "span",
        "button",
        "main",
        "h1",
        "h2",
        "h3",
        "p",
        "footer",
        "code",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "time",
        "label",
        "select",
        "option",
        "dl",
        "dt",
        "dd",
        "section",
        "pre",
        "blockquote",
        "details",
        "summary",
        "strong",
        "br",
        "figure",
        "figcaption",
        "ins",
        "del",
        "colgroup",
        "col",
        "textarea",
        "datalist",
    ]
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "data-events"})
ATTRIBUTES = ADDRESSES | frozenset(
    [
        "class",
        "id",
        "lang",
        "charset",
        "name",
        "content",
        "rel",
        "type",
        "value",
        "method",
        "tabindex",
        "role",
        "scope",
        "size",
        "for",
        "placeholder",
        "datetime",
        "aria-label",
        "aria-labelledby",
        "aria-current",
        "aria-hidden",
        "data-label",
        "list",
        "maxlength",
        "required",
        "checked",
        "selected",
        "disabled",
        "autocomplete",
        "open",
        "download",
        "defer",
        "colspan",
        "title",
    ]
)
MOST_PAGES = 150


class Reader(HTMLParser):
    """Reads a page as a browser does, and keeps what should not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"{tag} {name}={value!r}")
            if name in ADDRESSES and not (value or "").startswith(("/", "#")):
                self.wrong.append(f"{tag} {name}={value!r}")
            if name == "href" and tag == "a" and value:
                self.links.append(value.partition("#")[0])
        if tag == "script" and not str(dict(attrs).get("src", "")).startswith("/static/"):
            self.wrong.append("<script> inline")


def crawled(browser: Browser) -> Iterator[tuple[str, str]]:
    """Every kind of page that links lead to, a few of each."""
    waiting, seen = list(FIRST), set[str]()
    kinds: dict[str, int] = {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{12}|run-\d|=[^&]*", "*", path)
        if path in seen or not path.startswith("/") or kinds.get(kind, 0) > 8:
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = browser.get(path)
        assert answer.status_code < 500, (path, answer.text[-500:])
        if "html" in answer.headers.get("content-type", ""):
            yield path, answer.text
            reader = Reader()
            reader.feed(answer.text)
            waiting += [one for one in reader.links if not one.startswith("/export/")]


@pytest.fixture
def browser(browse: Opening, tmp_path: Path) -> Browser:
    where = tmp_path / "ledger.db"
    asyncio.run(hostile.fill(where))
    return browse(where).signed_in()


def test_whatever_a_ledger_holds_is_shown_as_text(browser: Browser) -> None:
    shown = set[str]()
    paths = set[str]()
    for path, text in crawled(browser):
        reader = Reader()
        reader.feed(text)
        assert reader.wrong == [], path
        assert "\u202e" not in text, path
        assert "62710561" not in text, path
        assert not re.search(r"<svg|<script>|onload=alert\(\d+\)>", text), path
        shown |= set(re.findall(r"javascript:alert\((\d+)\)", unescape(text)))
        paths.add(re.sub(r"[0-9a-f]{12}|run-\d|\?.*", "*", path))
    assert len(shown) > 60, "the attacks are to be seen, or nothing is shown by this"
    assert paths >= {*FIRST, "/entries/*", "/entries/*/evidence", "/runs/*", "/runs/*/tree", "/runs/*/known",
                     "/skills/one*", "/skills/lines*"}  # fmt: skip


def test_what_is_asked_for_is_shown_as_text(browser: Browser) -> None:
    attack = hostile.mark()
    for path in (
        *FIRST,
        "/skills/one",
        "/skills/lines",
        "/entries/x",
        "/runs/x",
        "/runs/x/tree",
        "/runs/x/known",
    ):
        names = ("text", "skill", "run", "verdict", "stage", "reason", "criterion", "since", "until",
                 "before", "a", "b", "line", "file", "token")  # fmt: skip
        for given in (dict.fromkeys(names, attack), *({name: attack} for name in names)):
            answer = browser.get(path.replace("x", "%22%3E%3Csvg%20onload=x%3E"), params=given)
            assert answer.status_code < 500, (path, given, answer.text)
            reader = Reader()
            reader.feed(answer.text)
            assert reader.wrong == []
            assert "\u202e" not in answer.text


def test_what_comes_while_a_run_goes_on_is_text(browse: Opening, tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    asyncio.run(hostile.fill(where, ended=True))
    browser = browse(where).signed_in()
    answer = browser.get("/runs/run-1/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    sent = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    reader = Reader()
    reader.feed("\n".join(sent))
    assert reader.wrong == []
    assert "javascript:alert" in answer.text
    assert answer.text.endswith(live.message("over", ""))


@pytest.mark.parametrize("value", [a_run(), a_round()[0]], ids=["run", "round"])
def test_the_attacks_reach_almost_every_field(value: RunRecord | Round) -> None:
    """Fields that could not be filled are of other kinds than text, or must agree with others."""
    made = hostile.hostile(value)
    empty = {name for name in type(made).model_fields if not getattr(made, name)}
    assert empty <= {"rounds", "parts", "self_judged", "settings", "noise", "changes", "prints"}
