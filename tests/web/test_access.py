"""Guesses are counted, sessions end."""

from __future__ import annotations

import pytest

from skillopt.web.access import (
    LIFETIME,
    MOST_SESSIONS,
    MOST_WRONG,
    MOST_WRONG_OF_ALL,
    Access,
    TooManyGuesses,
    WrongToken,
    is_session_of,
)
from tests.web.conftest import Clock


def guess(access: Access, address: str = "a") -> None:
    with pytest.raises(WrongToken):
        access.sign_in("wrong", address=address)


def test_one_address_cannot_lock_the_others_out() -> None:
    access = Access(who="ada", clock=Clock())
    for _ in range(MOST_WRONG):
        guess(access)
    with pytest.raises(TooManyGuesses):
        access.sign_in(access.token, address="a")
    assert access.sign_in(access.token, address="b").who == "ada"


def test_many_addresses_together_are_limited() -> None:
    clock = Clock()
    access = Access(who="ada", clock=clock)
    for number in range(MOST_WRONG_OF_ALL):
        guess(access, str(number))
        clock.now += 0.1
    with pytest.raises(TooManyGuesses) as refused:
        access.sign_in(access.token, address="new")
    clock.now += refused.value.seconds
    access.sign_in(access.token, address="new")


def test_a_password_names_who_types_it() -> None:
    access = Access(who="ada", clock=Clock(), password="correct horse")
    assert access.sign_in("correct horse", address="a", name="Grace").who == "Grace"
    for wrong in ("", "correct hors", "Correct horse", "\udcff", "é"):
        with pytest.raises(WrongToken):
            access.sign_in(wrong, address="b")


def test_without_a_password_an_empty_one_is_wrong() -> None:
    with pytest.raises(WrongToken):
        Access(who="ada", clock=Clock()).sign_in("", address="a")


def test_sessions_end_and_are_not_kept_without_end() -> None:
    clock = Clock()
    access = Access(who="ada", clock=clock)
    first = access.sign_in(access.token, address="a")
    assert access.session(first.key) is first
    assert access.session(None) is None
    clock.now += LIFETIME + 1
    assert access.session(first.key) is None
    many = [access.sign_in(access.token, address="a") for _ in range(MOST_SESSIONS + 1)]
    assert access.session(many[0].key) is None
    assert access.session(many[-1].key) is many[-1]
    assert is_session_of(many[-1], many[-1].csrf)
    assert not is_session_of(many[-1], many[-2].csrf)


def test_secrets_are_not_in_what_is_printed() -> None:
    access = Access(who="ada", clock=Clock(), password="correct horse")
    assert access.token not in repr(access)
    assert "horse" not in repr(access)
    assert len({Access(who="a", clock=Clock()).token for _ in range(20)}) == 20
