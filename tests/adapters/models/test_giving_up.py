"""What a call that fails is raised as."""

from __future__ import annotations

import pytest

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.calls import ONE_CALL, Call
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.giving_up import forced_refused, given_up, unsteady
from skillopt.adapters.models.outage import Outage
from skillopt.errors import CallFailed, RunStopped

HERE = ModelSettings(
    model="openai/m", api_base="http://h:1/v1", params={"top_p": 1}, api_key="secret-0123456789"
)
CALL = Call([], {}, None, spent=ONE_CALL + ONE_CALL)


@pytest.mark.parametrize(
    ("failed", "kind", "says"),
    [
        (
            AttemptFailed("no such key secret-0123456789", Remedy.STOP, status=401),
            RunStopped,
            "Check the key",
        ),
        (AttemptFailed("refused", Remedy.RETRY, unreachable=True), RunStopped, "server running"),
        (AttemptFailed("overloaded", Remedy.RETRY, status=503), CallFailed, "after 2 requests"),
        (AttemptFailed("too long", Remedy.GIVE_UP, status=400), CallFailed, "too long"),
    ],
    ids=["stop", "unreachable", "again", "given up"],
)
def test_each_names_model_and_address_and_no_key(
    failed: AttemptFailed, kind: type[Exception], says: str
) -> None:
    error = given_up(failed, CALL, settings=HERE, outage=Outage())
    assert type(error) is kind
    assert error.used == CALL.spent
    assert str(error).startswith("openai/m at http://h:1/v1: ")
    assert says in str(error)
    assert "secret-0123456789" not in str(error)


def test_a_refused_parameter_says_who_set_it_and_the_way_out() -> None:
    failed = AttemptFailed("not supported", Remedy.GIVE_UP, status=400)
    for name, added in (("top_p", "the role's parameters set it"), ("seed", "skillopt adds it")):
        said = str(forced_refused(failed, name, CALL, settings=HERE))
        assert f"{name!r} is refused ({added})" in said
        assert f"--force-param {name}" in said
    assert "--drop-param seed" in str(unsteady("seed", CALL, settings=HERE))
