"""Parameters that the user names are sent, or it is said that they are not."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models import ModelSettings, load_litellm
from skillopt.adapters.models.wire import Ways, ways_past
from skillopt.core.events import ParameterChanged
from skillopt.errors import RunStopped, SettingsError
from tests import loopback as says
from tests.adapters.models.opening import HELLO, Opened, Shape
from tests.loopback import Loopback

CLAUDE = "anthropic/claude-sonnet-4-5"


@pytest.mark.parametrize(
    ("model", "params", "force", "ways"),
    [
        ("openai/m", {"top_k": 1, "temperature": 0}, (), Ways((), {}, ())),
        (CLAUDE, {"presence_penalty": 1, "top_k": 3}, (), Ways((), {}, ("presence_penalty",))),
        (
            CLAUDE,
            {"presence_penalty": 1},
            ("presence_penalty",),
            Ways(("presence_penalty",), {}, ()),
        ),
        (CLAUDE, {}, ("seed",), Ways(("seed",), {}, ())),
        ("openai/gpt-5", {"temperature": 0}, (), Ways((), {}, ("temperature",))),
        (
            "openai/gpt-5",
            {"temperature": 0},
            ("temperature",),
            Ways(("temperature",), {"temperature": 0}, ()),
        ),
    ],
)
def test_what_litellm_would_leave_out(
    model: str, params: dict[str, Any], force: tuple[str, ...], ways: Ways
) -> None:
    settings = ModelSettings(model=model, params=params, force=force)
    assert ways_past(load_litellm(), settings) == ways


async def test_what_is_left_out_is_said_and_what_is_forced_is_sent(
    loopback: Loopback, opened: Opened
) -> None:
    given = {"model": "openai/gpt-5", "params": {"temperature": 0}}
    await opened(loopback, **given).complete(HELLO)
    (told,) = opened.told
    assert isinstance(told, ParameterChanged)
    assert "--force-param temperature" in told.says
    await opened(loopback, **given, force=("temperature",)).complete(HELLO)
    assert ["temperature" in sent for sent in loopback.requests] == [False, True]
    assert len(opened.told) == 1


@pytest.mark.parametrize("name", ["seed", "temperature", "response_format"])
async def test_a_forced_parameter_that_is_refused_stops_the_run(
    loopback: Loopback, opened: Opened, name: str
) -> None:
    loopback.script(says.unless(name, says.status(400, f"{name} is not supported"), says.text("x")))
    model = opened(loopback, params={"temperature": 0}, force=(name,))
    with pytest.raises(RunStopped, match=f"'{name}' is refused .*--force-param {name}"):
        await model.complete(HELLO, seed=1, shape=Shape)
    assert len(loopback.requests) == 1
    assert model.refused == {}


def test_forcing_shapes_the_identity_and_excludes_dropping() -> None:
    plain, forced = (
        ModelSettings(model="openai/m"),
        ModelSettings(model="openai/m", force=("seed",)),
    )
    assert plain.digest() != forced.digest()
    with pytest.raises(SettingsError, match="'seed' is in drop_params and in force_params"):
        ModelSettings(model="openai/m", drop=("seed",), force=("seed",))
