from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.trigger_file import LONGEST_QUERY, MOST_QUERIES, read_triggers
from skillopt.core.evaluation.triggers import TriggerQuery
from skillopt.errors import ValidationSetError

GOOD = [{"query": "Sort this", "should_trigger": True}, {"query": "Cook", "should_trigger": False}]


def file(folder: Path, content: Any, name: str = "s.triggers.json") -> Path:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (GOOD, "a.json"),
        ({"skill_name": "s", "queries": GOOD}, "a.json"),
        ("\ufeff" + json.dumps(GOOD), "a.json"),
        ("\n".join(map(json.dumps, GOOD)) + "\n\n", "a.jsonl"),
        ("- query: Sort this\n  should_trigger: true\n- {query: Cook, should_trigger: false}\n", "a.yaml"),
        ([{**GOOD[0], "note": "more"}, GOOD[1]], "a.json"),
    ],
)  # fmt: skip
def test_the_formats(tmp_path: Path, content: Any, name: str) -> None:
    expected = tuple(TriggerQuery.model_validate(one) for one in GOOD)
    assert read_triggers(file(tmp_path, content, name)) == expected


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not JSON"),
        ('[{"query": "a"', "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "not JSON"),
        ([], "there are no queries"),
        ("7", "got int; a trigger set is a list of"),
        ([7], "query 1 is of type int"),
        ([{"should_trigger": True}], "query 1: `query` must be a text that is not empty, got None"),
        ([{"query": "  ", "should_trigger": True}], "`query` must be a text that is not empty"),
        ([{"query": "a", "should_trigger": "yes"}], "must be true or false, got 'yes'"),
        ([{"query": "a"}], "query 1: `should_trigger` must be true or false, got None"),
        ([GOOD[0], GOOD[1], {**GOOD[0]}], "query 3 repeats query 1: 'Sort this'; remove one"),
        ('[{"query": "a\\u0000", "should_trigger": true}]', "query 1: "),
        ('[{"query": "a\\ud800", "should_trigger": true}]', "query 1: "),
        ([{"query": "x" * (LONGEST_QUERY + 1), "should_trigger": True}], "has at most 100,000"),
        ([{"query": str(n), "should_trigger": True} for n in range(MOST_QUERIES + 1)], "has at most 10,000"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule(tmp_path: Path, content: Any, says: str) -> None:
    path = file(tmp_path, content)
    with pytest.raises(ValidationSetError, match=str(path)) as caught:
        read_triggers(path)
    assert says in str(caught.value)


def test_other_files(tmp_path: Path) -> None:
    with pytest.raises(ValidationSetError, match=r"\.txt is not a trigger set's format"):
        read_triggers(file(tmp_path, GOOD, "a.txt"))
    (tmp_path / "b.json").write_bytes(b'[{"query": "\xff"}]')
    with pytest.raises(ValidationSetError, match=r"byte 12 \(0xff\) is not UTF-8"):
        read_triggers(tmp_path / "b.json")
    with pytest.raises(ValidationSetError, match="no such file"):
        read_triggers(tmp_path / "c.json")


@given(st.data())
def test_a_torn_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = json.dumps(GOOD)
    cut = data.draw(st.integers(0, len(text)))
    path = file(tmp_path_factory.getbasetemp(), text[:cut], "torn.json")
    try:
        assert len(read_triggers(path)) == 2
    except ValidationSetError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - one of its cuts is whole
