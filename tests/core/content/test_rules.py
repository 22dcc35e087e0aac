"""Rules are tried where a text has a word that they need."""

from __future__ import annotations

from skillopt.core.content import commands, grants, overrides
from skillopt.core.content.rules import found_by, line_of, rule


def test_a_rule_finds_with_its_hint_whatever_the_case() -> None:
    one = rule("a word", ("abc",), r"abc\d")
    assert [(says, match[0]) for says, match in found_by([one], "x ABC1 abc2")] == [
        ("a word", "ABC1"),
        ("a word", "abc2"),
    ]
    [(_, match)] = found_by([rule("it", (), "b")], "a\n  x  b y\nc")
    assert line_of("a\n  x  b y\nc", match) == "x b y"


def test_hints_are_in_lower_case() -> None:
    for module in (commands, grants, overrides):
        for name in ("_RULES", "_SETTINGS", "_SENTENCES", "_ROLES"):
            for each in getattr(module, name, ()):
                if isinstance(each, str):
                    continue
                assert all(hint == hint.lower() for hint in each.hints)
