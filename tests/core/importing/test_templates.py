"""`{{name}}` in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.templates import has_marks, names_in, rendered, rendered_content


def test_names_and_paths_are_filled_in_once() -> None:
    values = {"a": "{{b}}", "b": 2, "c": {"d": [1]}}
    assert rendered("{{a}} {{ b }} {{- c.d -}}", values) == "{{b}} 2 [1]"
    assert rendered_content([{"x": "{{b}}"}, 3, "{"], values) == [{"x": "2"}, 3, "{"]


@pytest.mark.parametrize("text", ["{{ a | dump }}", "{% if a %}x{% endif %}", "{{ a", "{{ no }}"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="template"):
        rendered(text, {"a": "1"})


@given(st.text())
def test_a_text_without_marks_stays(text: str) -> None:
    if not has_marks(text):
        assert rendered(text, {}) == text


def test_the_names_in_a_text_or_in_messages() -> None:
    turns = [{"role": "user", "content": "{{ a.b }} and {{c}}"}, 3]
    assert names_in(turns) == {"a", "c"}
