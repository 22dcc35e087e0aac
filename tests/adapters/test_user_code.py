"""Functions of the user's own: how they are named."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.targets import CallableTarget
from skillopt.adapters.user_code import identity_of, is_async


async def later(skill: str, given: Any) -> str:
    return f"{skill}|{given}"


def now(skill: str, given: Any) -> str:
    return f"{skill}|{given}"


def test_a_function_is_named_by_itself_or_by_its_user() -> None:
    assert CallableTarget(later).identity == CallableTarget(later).identity
    assert CallableTarget(later).identity != CallableTarget(now).identity
    assert CallableTarget(later, name="agent v2").identity != CallableTarget(later).identity
    assert CallableTarget(later, name="v").identity == CallableTarget(now, name="v").identity


def test_an_identity_belongs_to_the_adapter_and_to_the_name() -> None:
    assert identity_of("target", now, None) != identity_of("optimizer", now, None)
    assert identity_of("target", now, "v1") == identity_of("target", later, "v1")
    assert identity_of("target", Mixed(), None) == identity_of("target", Mixed(), None)
    assert identity_of("target", Mixed(), None) != identity_of("target", now, None)


class Mixed:
    """An object that is called like an async function."""

    async def __call__(self, skill: str, given: Any) -> str:
        return ""


def test_what_makes_a_coroutine_is_async() -> None:
    assert is_async(later)
    assert is_async(Mixed())
    assert not is_async(now)
    assert not is_async(7)
