"""What workers are built from, and what may not differ."""

from __future__ import annotations

from functools import partial

import pytest

from skillopt.adapters.cluster.plan import Facts, difference, packed
from skillopt.adapters.targets import CallableTarget
from skillopt.errors import SettingsError

HERE = Facts(skillopt="1.0", target="t", checks={"a:f": "1", "b:g": "2"})


def test_a_function_that_cannot_be_imported_is_refused_with_its_name() -> None:
    def inner(_skill: str, given: str) -> str:
        return given

    for function in (inner, lambda _skill, given: given):
        with pytest.raises(
            SettingsError, match=r"cannot import the target .*top level of a module"
        ):
            packed(partial(CallableTarget, function))


def test_a_function_of_the_main_module_is_refused() -> None:
    def main(_skill: str, given: str) -> str:
        return given

    main.__module__ = "__main__"
    with pytest.raises(SettingsError, match="main module"):
        packed(partial(CallableTarget, main))


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (HERE, None),
        (Facts("1.1", "t", HERE.checks), "skillopt is 1.1 there, 1.0 here"),
        (
            Facts("1.0", "u", HERE.checks),
            "the target's program or files are missing there, or differ",
        ),
        (Facts("1.0", "t", {"a:f": "1"}), "the module of the check b:g is another one"),
    ],
)
def test_what_differs_is_named(there: Facts, says: str | None) -> None:
    found = difference(HERE, there)
    assert found == says if says is None else says in str(found)
