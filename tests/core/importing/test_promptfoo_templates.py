"""Assertions that a promptfoo config refers to."""

from __future__ import annotations

from skillopt.core.importing.promptfoo_templates import with_templates


def test_a_reference_is_what_it_names_with_what_stands_beside_it() -> None:
    config = {
        "defaultTest": {"assert": [{"$ref": "#/x/a", "weight": 2}]},
        "tests": [{"assert": [{"$ref": "#/x/b"}]}],
        "x": {"a": {"type": "cost"}, "b": {"$ref": "#/x/a"}},
    }
    made = with_templates(config)
    assert made["defaultTest"] == {"assert": [{"type": "cost", "weight": 2}]}
    assert made["tests"] == [{"assert": [{"type": "cost"}]}]
    assert made["x"] == config["x"]


def test_a_reference_to_nothing_or_to_itself_stays() -> None:
    gone, itself = {"$ref": "#/x/gone"}, {"$ref": "#/x/itself"}
    config = {"tests": [gone, itself, {"$ref": "#/x/text"}], "x": {"itself": itself, "text": "a"}}
    assert with_templates(config)["tests"] == config["tests"]
