"""What an endpoint takes, found out from its refusals."""

from __future__ import annotations

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.dialect import Change, Dialect
from skillopt.core.events import ParameterChanged
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, RunStopped, SettingsError
from tests import loopback as says
from tests.adapters.models.opening import HELLO, Opened, Shape
from tests.loopback import Behaviour, Loopback

SENT = ("model", "seed", "temperature", "max_tokens", "response_format")


@pytest.mark.parametrize(
    ("said", "status", "change"),
    [
        (
            'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
            400,
            Change("seed"),
        ),
        ("{'type': 'extra_forbidden', 'loc': ['body', 'seed']}", 422, Change("seed")),
        ("Unsupported value: 'temperature' does not support 0", 400, Change("temperature")),
        (
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            400,
            Change("max_tokens", "max_completion_tokens"),
        ),
        ("seed is not a valid field", 400, Change("seed")),
        ("failed to parse grammar", 500, Change("response_format")),
        ("This response_format type is unavailable now", 400, Change("response_format")),
        (
            "This model only support stream mode, please enable the stream",
            400,
            Change("stream", "true"),
        ),
        ("Non-streaming requests are not supported", 400, Change("stream", "true")),
        ("stream must be set to true", 422, Change("stream", "true")),
        ("Only streaming is supported, set stream=true", 400, Change("stream", "true")),
        ("Only stream mode requests are allowed", 400, Change("stream", "true")),
        ("This model must be called with `stream`: true", 400, Change("stream", "true")),
        ("max_tokens is too large: 9000", 400, None),
        ("maximum context length is 4096 tokens", 400, None),
        ("the seeds of a sunflower are not allowed", 400, None),
        ("seed is not supported", 429, None),
        ("the parameter 'top_k' is not supported", 400, None),
    ],
)
def test_what_is_refused(said: str, status: int, change: Change | None) -> None:
    assert Dialect().refusal(said, status, SENT) == change


def test_a_bound_is_renamed_once_and_is_kept_where_a_limit_rests_on_it() -> None:
    for keep, last in (((), Change("max_completion_tokens")), (("max_tokens",), None)):
        dialect = Dialect(keep=keep)
        dialect.learn(Change("max_tokens", "max_completion_tokens"))
        assert dialect.spoken({"max_tokens": 9}) == {"max_completion_tokens": 9}
        said = "max_completion_tokens is not supported"
        assert dialect.refusal(said, 400, ("max_completion_tokens",)) == last
        if last:
            dialect.learn(last)
            assert dialect.spoken({"max_tokens": 9, "seed": 1}) == {"seed": 1}


def test_a_change_says_who_added_the_parameter() -> None:
    assert "added by skillopt" in Change("seed").shown()
    assert "from the role's parameters" in Change("temperature").shown()
    assert (
        "sent as 'max_completion_tokens'" in Change("max_tokens", "max_completion_tokens").shown()
    )
    assert "streamed" in Change("stream", "true").shown()


def refusing(name: str, message: str, code: int = 400) -> Behaviour:
    return says.unless(name, says.status(code, message), says.text("well"))


@pytest.mark.parametrize(
    ("name", "message", "code"),
    [
        ("seed", "Unknown name 'seed'", 400),
        ("temperature", "'temperature' is not supported", 422),
        ("max_tokens", "Unsupported parameter: 'max_tokens'", 400),
        ("top_p", "top_p: Extra inputs are not permitted", 500),
    ],
)
async def test_a_refused_parameter_is_found_out_once_and_told(
    loopback: Loopback, opened: Opened, name: str, message: str, code: int
) -> None:
    loopback.script(refusing(name, message, code))
    params = {"temperature": 0, "max_tokens": 9, "top_p": 0.5}
    model = opened(loopback, params=params)
    before = model.identity
    first = await model.complete(HELLO, seed=3)
    second = await model.complete(HELLO, seed=4)
    assert (first.text, first.usage.calls, second.usage.calls) == ("well", 2, 1)
    assert [name in sent for sent in loopback.requests] == [True, False, False]
    (told,) = opened.told
    assert isinstance(told, ParameterChanged)
    assert told.parameter == name
    assert list(model.refused) == [name]
    assert model.identity == before
    if name == "max_tokens":
        assert loopback.requests[-1]["max_completion_tokens"] == 9


async def test_several_refusals_are_found_out_one_after_the_other(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(
        says.status(400, "'seed' is not supported"),
        says.status(400, "'temperature' is not supported"),
        says.status(500, "failed to parse grammar"),
        says.text("{}"),
    )
    model = opened(loopback, params={"temperature": 0})
    await model.complete(HELLO, seed=1, shape=Shape)
    assert set(loopback.requests[-1]) == {"model", "messages"}
    assert opened.waits == []


async def test_a_plain_500_may_be_the_format_until_one_was_taken(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.unless("response_format", says.status(500), says.text("{}")))
    model = opened(loopback)
    assert (await model.reply(HELLO, shape=Shape)).text == "{}"
    assert (await model.reply(HELLO, shape=Shape)).usage.calls == 1
    loopback.script(says.text("{}"), otherwise=says.status(500))
    taken = opened(loopback)
    await taken.reply(HELLO, shape=Shape)
    with pytest.raises(CallFailed):
        await taken.reply(HELLO, shape=Shape)
    assert taken.refused == {}


async def test_a_model_that_only_streams_is_streamed(loopback: Loopback, opened: Opened) -> None:
    loopback.script(
        says.unless(
            "stream",
            says.streamed("a streamed", " answer"),
            says.status(400, "This model only support stream mode, please enable the stream"),
        )
    )
    model = opened(loopback)
    first, second = await model.complete(HELLO), await model.complete(HELLO)
    assert first.text == second.text == "a streamed answer"
    assert (second.usage.calls, second.usage.prompt_tokens) == (1, 10)
    assert [bool(sent.get("stream")) for sent in loopback.requests] == [False, True, True]


async def test_what_is_dropped_is_never_sent_and_shapes_the_identity(
    loopback: Loopback, opened: Opened
) -> None:
    model = opened(
        loopback, drop=("seed", "temperature", "response_format"), params={"temperature": 0}
    )
    await model.complete(HELLO, seed=1, shape=Shape)
    assert set(loopback.requests[0]) == {"model", "messages"}
    assert model.identity != opened(loopback, params={"temperature": 0}).identity


async def test_a_refusal_that_stays_is_raised(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.status(400, "'seed' is not supported"))
    with pytest.raises((CallFailed, RunStopped), match="seed"):
        await opened(loopback).complete(HELLO, seed=1)
    assert len(loopback.requests) == 2


def test_a_bound_that_a_limit_rests_on_cannot_be_dropped(
    opened: Opened, loopback: Loopback
) -> None:
    meter = SpendMeter(SpendLimits(max_tokens=1000))
    with pytest.raises(SettingsError, match="drop_params"):
        opened(loopback, meter=meter, drop=("max_tokens",)).check()
