"""The page on eval sets of other formats: its example, and its table of checks."""

from __future__ import annotations

import re
from pathlib import Path

from skillopt.adapters.files.imported_tasks import import_file
from skillopt.core.importing.promptfoo_asserts import KNOWN, Refused, check_of
from skillopt.core.importing.values import FieldNames
from tests.docs.test_docs import DOCS, fences

PAGE = DOCS / "eval-sets.md"


def test_the_example_is_read_as_the_page_says(tmp_path: Path) -> None:
    blocks = {block.language: block.text for block in fences(PAGE)}
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text(blocks["yaml"], encoding="utf-8")
    report = import_file(path, FieldNames()).report
    assert report is not None
    assert report.lines == blocks["text"].strip().splitlines()


def test_every_type_of_the_table_has_a_check_and_every_check_is_in_it() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Checks")[1].split("Every other")[0]
    named = {
        kind
        for row in table.splitlines()
        for kind in re.findall(r"`([a-z-]+)`", row.split("|")[1] if row.startswith("|") else "")
    } - {"assert-set", "not-"}
    for kind in named:
        value = ["a", "b"] if kind.endswith(("-all", "-any")) else "some text"
        try:
            check_of({"type": kind, "value": None if kind.endswith("json") else value})
        except Refused as error:
            raise AssertionError(kind) from error
    assert set(KNOWN) - named <= {"model-graded-factuality"}
