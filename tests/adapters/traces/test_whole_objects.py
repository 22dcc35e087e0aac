from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.traces.whole_objects import json_fault, whole_objects

OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=3),
    min_size=1,
    max_size=5,
)


@given(OBJECTS, st.sampled_from(["", " ", "\n", ",", " , "]))
def test_all_objects_are_read_whatever_stands_between(objects: list[Any], between: str) -> None:
    assert whole_objects(between.join(map(json.dumps, objects))) == (objects, None)


@given(OBJECTS, st.data())
def test_of_a_list_that_breaks_off_the_whole_elements_are_read(
    objects: list[Any], data: Any
) -> None:
    text = json.dumps(objects)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    listed, fault = whole_objects(cut)
    assert listed == objects[: len(listed)]
    assert len(json.dumps(objects[: len(listed) + 1])) - 1 > len(cut) or len(listed) == len(objects)
    assert fault is not None


@pytest.mark.parametrize(
    ("text", "count", "fault"),
    [
        ('{"a": 1} 7', 1, "a lone value at character 10"),
        ('{"a": 1} {"b": ', 1, "Expecting value, at character 16"),
        ("7 8", 0, "a lone value at character 1"),
        ("[" * 100_000, 0, "nested too deeply"),
        ('{"a": 1}' + "[" * 100_000, 1, "nested too deeply"),
        ('{"a": 1}{"b": ' + "9" * 5_000 + "}", 1, "not JSON"),
    ],
)
def test_why_no_more_is_read(text: str, count: int, fault: str) -> None:
    found = whole_objects(text)
    assert len(found.listed) == count
    assert fault in str(found.fault)


def test_a_fault_names_its_place() -> None:
    assert json_fault(json.JSONDecodeError("Expecting value", "", 3)).endswith("at character 4")
