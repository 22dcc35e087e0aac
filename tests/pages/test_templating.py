"""What templates escape, and what they refuse."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from skillopt.pages import environment


def filled(template: str, **values: object) -> str:
    return environment().from_string(template).render(**values)


def test_foreign_text_is_escaped_in_elements_and_attributes() -> None:
    hostile = "\"'><script>alert(1)</script>"
    found = filled('<p title="{{ it }}">{{ it }}</p>', it=hostile)
    assert "<script" not in found
    assert found.count("&#34;&#39;&gt;&lt;script&gt;") == 2


def test_hidden_characters_are_spelled() -> None:
    assert (
        filled("{{ it }}", it="a\u202eb\u200bc\x00")
        == "a&lt;U+202E&gt;b&lt;U+200B&gt;c&lt;U+0000&gt;"
    )
    assert filled("{{ it }}", it="👩\u200d👧 é\n") == "👩\u200d👧 é\n"


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        filled("{{ nothing }}")
