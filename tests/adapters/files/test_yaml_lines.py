"""YAML as plain content, with the line on which everything stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.yaml_lines import DEEPEST_NESTING, read_yaml
from skillopt.errors import ValidationSetError


def content(text: str) -> Any:
    return read_yaml(text, "t.yaml")[0]


def complaint(text: str) -> str:
    with pytest.raises(ValidationSetError) as error:
        read_yaml(text, "t.yaml")
    return str(error.value)


def test_everything_has_its_line() -> None:
    found, lines = read_yaml("# head\na: 1\nb:\n  - x\n  - {c: y,\n     d: z}\n", "t.yaml")
    assert found == {"a": 1, "b": ["x", {"c": "y", "d": "z"}]}
    assert lines["a",] == 2
    assert lines["b",] == 3
    assert lines["b", 0] == 4
    assert lines["b", 1, "c"] == 5
    assert lines["b", 1, "d"] == 6


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("12", 12),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("plain text", "plain text"),
        ("1.2.3", "1.2.3"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalars_are_read_as_yaml_1_2_has_them(text: str, value: object) -> None:
    found = content(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no", "a boolean"),
        ("On", "a boolean"),
        ("12:30", "a number"),
        ("0x1F", "a number"),
        ("017", "a number"),
        ("1_000", "a number"),
        ("2026-01-05", "a date"),
    ],
)
def test_what_older_yaml_reads_otherwise_is_refused(text: str, kind: str) -> None:
    assert complaint(text).startswith(f"t.yaml:1: {text!r} would be {kind} in some YAML and text")
    assert content(f"'{text}'") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: .inf", "'.inf' is not a finite number"),
        ("a: 1e999", "'1e999' is too large a number"),
        ("a: !!binary aGk=", "is not supported; remove it"),
        ("a: 1\na: 2", "t.yaml:2: the key 'a' occurs twice (first on line 1)"),
        ("5: a", "the key '5' is not text: quote it"),
        ("? [a]\n: b", "a key must be text"),
        ("a: *b", "*b is not defined above"),
        ("a: 1\n---\nb: 2", "t.yaml:2: a second document starts here"),
        ("a: [\n", "t.yaml:2: not YAML: "),
        ("a: \x01", "t.yaml:1: the character U+0001 is not allowed in YAML"),
        ("<<: 5", "`<<` merges mappings"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, said: str) -> None:
    assert said in complaint(text)


def test_own_keys_win_over_merged_ones_and_earlier_merges_over_later_ones() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], y: 3}\n"
    assert content(text)["c"] == {"x": 1, "y": 3, "z": 2}
    assert content("{'<<': 1}") == {"<<": 1}, "quoted it is a key"


@pytest.mark.parametrize(
    ("start", "end"), [("[", "]"), ("{a: ", "}"), ("{<<: ", "}"), ("{<<: [", "]}")]
)
def test_nesting_is_bounded_whatever_it_is_made_of(start: str, end: str) -> None:
    levels = 3000
    assert complaint(start * levels + "{}" + end * levels) == (
        f"t.yaml:1: nested deeper than {DEEPEST_NESTING} levels"
    )


plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]))
contents = st.recursive(
    st.none() | st.booleans() | st.integers() | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=15,
)


@given(contents)
def test_json_is_yaml(made: Any) -> None:
    assert content(json.dumps(made, ensure_ascii=False)) == made


@pytest.mark.parametrize("text", ["yes", "12:30", "2026-01-05", "0o7", "1_000"])
def test_for_another_program_it_is_text(text: str) -> None:
    assert read_yaml(f"a: {text}\n1: b\n", "a.yaml", foreign=True)[0] == {"a": text, "1": "b"}
