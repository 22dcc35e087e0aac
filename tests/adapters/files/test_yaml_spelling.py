from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.adapters.files.yaml_spelling import in_line, spelled

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "ab \n\t:#-'\"{}[],&*!|>%@`\\~.\r\x85\u2028"
)
CONTENT = st.recursive(
    TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.map(lambda t: t[:50]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(CONTENT)
def test_content_is_read_back_as_it_was(value: Any) -> None:
    assert read_yaml(f"key: {spelled(value, indent=2)}\nnext: 1\n", "")[0]["key"] == value
    assert read_yaml(f"{{key: {in_line(value)}, next: 1}}", "")[0]["key"] == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("billing", "billing"),
        ("no", '"no"'),
        ("12", '"12"'),
        ("2026-01-05", '"2026-01-05"'),
        ("Is it so?", '"Is it so?"'),
        ("two\nlines: # of text", "|-\n    two\n    lines: # of text"),
        (" indented\nline", '" indented\\nline"'),
        ({"a": ["é", None]}, '{"a": ["é", null]}'),
    ],
)
def test_what_a_person_reads(value: Any, said: str) -> None:
    assert spelled(value, indent=4) == said
