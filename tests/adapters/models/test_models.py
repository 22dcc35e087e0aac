from __future__ import annotations

import asyncio
import json
import logging
import warnings
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import CallableModel, LiteLLMModel, ModelSettings, load_litellm
from skillopt.adapters.models.prices import DEFAULT_MAX_TOKENS, prompt_bound
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.proposals.proposal import Draft
from skillopt.errors import CallFailed, ModelError, RunStopped, SettingsError, SpendExhausted
from tests import loopback as says
from tests.loopback import Behaviour, Loopback

HELLO = (Message(role="user", content="Say hello."),)
PRICED = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.01}


class Shape(BaseModel):
    answer: str
    kind: Literal["a", "b"] = "a"


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Opened:
    """Builds models and closes them."""

    def __init__(self) -> None:
        self.models: list[LiteLLMModel] = []
        self.waits = Waits()

    def __call__(
        self, loopback: Loopback, *, meter: SpendMeter | None = None, **settings: Any
    ) -> LiteLLMModel:
        given = {"model": "openai/m", "api_base": loopback.base, "max_attempts": 3, **settings}
        model = LiteLLMModel(
            ModelSettings(**given), meter=meter, pause=self.waits, chance=lambda: 0.0
        )
        self.models.append(model)
        return model


@pytest.fixture
async def opened() -> Any:
    builder = Opened()
    yield builder
    for model in builder.models:
        await model.aclose()


# What a call sends and brings back


async def test_a_reply_with_what_it_used(loopback: Loopback, opened: Opened) -> None:
    reply = await opened(loopback).complete(HELLO)
    used = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=None)
    assert reply == Reply(text="hello", usage=used)
    assert loopback.requests == [
        {"model": "m", "messages": [{"role": "user", "content": "Say hello."}]}
    ]


async def test_parameters_and_seed_are_sent_and_prices_are_not(
    loopback: Loopback, opened: Opened
) -> None:
    model = opened(loopback, params={"temperature": 0.2, "max_tokens": 50, **PRICED})
    reply = await model.complete(HELLO, seed=7)
    sent = loopback.requests[0]
    assert (sent["temperature"], sent["max_tokens"], sent["seed"]) == (0.2, 50, 7)
    assert not set(PRICED) & set(sent)
    assert reply.usage.cost == pytest.approx(10 * 0.001 + 3 * 0.01)


async def test_a_listed_price_is_found(loopback: Loopback, opened: Opened) -> None:
    reply = await opened(loopback, model="openai/gpt-4o").complete(HELLO)
    assert reply.usage.cost is not None
    assert reply.usage.cost > 0


async def test_tokens_are_counted_where_the_endpoint_does_not(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text("one two three", usage=None))
    used = (await opened(loopback).complete(HELLO)).usage
    assert used.prompt_tokens > 0
    assert used.completion_tokens == 3


async def test_an_own_endpoint_needs_no_key_and_a_given_one_is_sent(
    loopback: Loopback, opened: Opened
) -> None:
    await opened(loopback).complete(HELLO)
    await opened(loopback, api_key="very-secret").complete(HELLO)
    sent = [headers["Authorization"] for headers in loopback.headers]
    assert sent == ["Bearer no-key-needed", "Bearer very-secret"]


async def test_litellm_variables_name_the_endpoint(
    loopback: Loopback, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", loopback.base)
    monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
    await opened(loopback, api_base=None).complete(HELLO)
    assert loopback.headers[0]["Authorization"] == "Bearer from-environment"


async def test_lone_surrogates_can_be_sent(loopback: Loopback, opened: Opened) -> None:
    await opened(loopback).complete([Message(role="user", content="a\ud800b é")])
    assert loopback.requests[0]["messages"][0]["content"] == "a?b é"


async def test_many_calls_run_at_once(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.together(32, says.text("hello")))
    model = opened(loopback)
    await asyncio.gather(*(model.complete(HELLO) for _ in range(64)))
    assert loopback.most_in_flight >= 32


# Structured output


async def test_the_shape_is_asked_for_strictly(loopback: Loopback, opened: Opened) -> None:
    await opened(loopback).reply(HELLO, shape=Shape)
    schema = loopback.requests[0]["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["answer", "kind"]
    assert schema["schema"]["additionalProperties"] is False


async def test_a_union_is_asked_for_in_words_strict_modes_know(
    loopback: Loopback, opened: Opened
) -> None:
    await opened(loopback).reply(HELLO, shape=Draft)
    sent = json.dumps(loopback.requests[0]["response_format"])
    assert "anyOf" in sent
    for unknown in ('"oneOf"', '"discriminator"', '"default"'):
        assert unknown not in sent


@pytest.mark.parametrize("code", [400, 422])
async def test_an_endpoint_without_structured_output_is_asked_once_without(
    loopback: Loopback, opened: Opened, code: int
) -> None:
    refusal = says.status(code, "response_format is not supported")
    loopback.script(says.unless("response_format", refusal, says.text("{}")))
    model = opened(loopback)
    first = await model.reply(HELLO, shape=Shape)
    second = await model.reply(HELLO, shape=Shape)
    assert (first.text, first.usage.calls) == ("{}", 2)
    assert (second.text, second.usage.calls) == ("{}", 1)
    assert ["response_format" in sent for sent in loopback.requests] == [True, False, False]


async def test_another_bad_request_does_not_turn_structured_output_off(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.status(400, "no"), says.status(400, "no"), says.text("{}"))
    model = opened(loopback)
    with pytest.raises(CallFailed):
        await model.reply(HELLO, shape=Shape)
    await model.reply(HELLO, shape=Shape)
    assert ["response_format" in sent for sent in loopback.requests] == [True, False, True]


# Failures


@pytest.mark.parametrize(
    ("first", "calls"),
    [
        (says.status(429), 2),
        (says.status(408), 2),
        (says.status(500), 2),
        (says.status(503), 2),
        (says.status(529), 2),
        (says.html(), 2),
        (says.cut(), 2),
        (says.dropped(), 2),
        (says.raw('{"choices": [{"index'), 2),
        (says.body([1, 2]), 2),
        (says.body({"hello": 1}), 2),
        (says.body({**says.completion("x"), "choices": []}), 2),
        (says.body({"error": {"message": "inner trouble", "code": 500}}), 2),
        (says.text(None), 2),
    ],
    ids=lambda value: getattr(value, "__qualname__", str(value)).split(".")[0],
)
async def test_passing_trouble_is_tried_again(
    loopback: Loopback, opened: Opened, first: Behaviour, calls: int
) -> None:
    loopback.script(first, says.text("well"))
    reply = await opened(loopback).complete(HELLO)
    assert (reply.text, reply.usage.calls) == ("well", calls)
    assert len(loopback.requests) == calls


async def test_a_request_without_an_answer_is_tried_again(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.hang(), says.text("well"))
    reply = await opened(loopback, timeout=0.2).complete(HELLO)
    assert (reply.text, reply.usage.calls) == ("well", 2)


async def test_what_does_not_pass_is_given_up_after_the_last_attempt(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.status(503, "overloaded"))
    with pytest.raises(CallFailed, match=r"overloaded .*status 503.*after 3 requests"):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 3
    assert opened.waits == [0.25, 0.5]


async def test_the_provider_says_how_long_to_wait(loopback: Loopback, opened: Opened) -> None:
    loopback.script(
        says.status(429, headers={"Retry-After": "7"}),
        says.status(503, headers={"Retry-After": "86400"}),
        says.text("well"),
    )
    await opened(loopback).complete(HELLO)
    assert opened.waits == [7.0, 60.0]


@pytest.mark.parametrize("code", [400, 413, 422])
async def test_a_request_that_is_not_understood_is_given_up_at_once(
    loopback: Loopback, opened: Opened, code: int
) -> None:
    loopback.script(says.status(code))
    with pytest.raises(CallFailed):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 1


@pytest.mark.parametrize("code", [401, 402, 403, 404])
async def test_what_no_call_can_pass_stops_the_run(
    loopback: Loopback, opened: Opened, code: int
) -> None:
    loopback.script(says.status(code))
    with pytest.raises(RunStopped, match=str(code)):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 1


async def test_a_used_up_quota_is_not_waited_for(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.status(429, "You exceeded your current quota", kind="insufficient_quota"))
    with pytest.raises(RunStopped):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 1


async def test_an_address_where_nothing_ever_answered_stops_the_run(opened: Opened) -> None:
    async with says.serving() as gone:
        pass
    with pytest.raises(RunStopped, match="connection failed"):
        await opened(gone).complete(HELLO)


@pytest.mark.parametrize(
    "reply",
    [
        says.text("", finish="content_filter"),
        says.text(None, message={"refusal": "I cannot help with that."}),
    ],
    ids=["filter", "refusal"],
)
async def test_a_withheld_reply_is_given_up(
    loopback: Loopback, opened: Opened, reply: Behaviour
) -> None:
    loopback.script(reply)
    with pytest.raises(CallFailed):
        await opened(loopback).complete(HELLO)
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (says.text(""), ""),
        (says.text("half a sen", finish="length"), "half a sen"),
        (says.text(None, finish="length"), ""),
        (says.text("~~~ not JSON {{{"), "~~~ not JSON {{{"),
    ],
    ids=["empty", "cut off", "all reasoning", "nonsense"],
)
async def test_what_the_model_said_is_an_answer_whatever_it_is(
    loopback: Loopback, opened: Opened, reply: Behaviour, text: str
) -> None:
    loopback.script(reply)
    assert (await opened(loopback).complete(HELLO)).text == text


async def test_no_message_holds_a_key(
    loopback: Loopback, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "other-hidden-thing")
    loopback.script(says.status(401, "Wrong key: my-own-secret, sk-abcdef123, other-hidden-thing"))
    model = opened(loopback, api_key="my-own-secret")
    with pytest.raises(RunStopped) as caught:
        await model.complete(HELLO)
    for secret in ("my-own-secret", "sk-abcdef", "other-hidden-thing"):
        assert secret not in str(caught.value)
        assert secret not in repr(model.settings)
    assert "api_key" not in model.settings.model_dump()


# Limits


@pytest.mark.parametrize("limit", [1, 7, 40])
async def test_calls_are_never_exceeded_at_concurrency_32(
    loopback: Loopback, opened: Opened, limit: int
) -> None:
    loopback.script(*[says.status(500), says.text("x")] * 20, otherwise=says.text("x"))
    meter = SpendMeter(SpendLimits(max_calls=limit))
    model = opened(loopback, meter=meter)

    async def work() -> None:
        while True:
            await model.complete(HELLO)

    done = await asyncio.gather(*(work() for _ in range(32)), return_exceptions=True)
    assert all(isinstance(outcome, SpendExhausted) for outcome in done)
    assert len(loopback.requests) == meter.used.calls == limit


async def test_tokens_and_money_are_never_exceeded_at_concurrency_32(
    loopback: Loopback, opened: Opened
) -> None:
    def rambling(request: says.Body) -> str:
        return "word " * int(request["max_tokens"])

    loopback.script(says.said(rambling))
    limits = SpendLimits(max_tokens=3000, max_cost=5.0)
    meter = SpendMeter(limits)
    model = opened(loopback, meter=meter, params={"max_tokens": 20, **PRICED})

    async def work() -> None:
        while True:
            await model.complete(HELLO)

    done = await asyncio.gather(*(work() for _ in range(32)), return_exceptions=True)
    assert all(isinstance(outcome, SpendExhausted) for outcome in done)
    assert meter.used.tokens <= 3000
    assert meter.used.cost is not None
    assert meter.used.cost <= 5.0
    assert meter.used.calls > 50


async def test_a_limit_of_tokens_bounds_the_reply(loopback: Loopback, opened: Opened) -> None:
    meter = SpendMeter(SpendLimits(max_tokens=100_000))
    await opened(loopback, meter=meter).complete(HELLO)
    assert loopback.requests[0]["max_tokens"] == DEFAULT_MAX_TOKENS
    assert meter.used.tokens == 13


async def test_a_lost_answer_counts_with_its_bound(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.hang(), says.status(500), says.dropped())
    meter = SpendMeter(SpendLimits(max_tokens=100_000))
    with pytest.raises(CallFailed):
        await opened(loopback, meter=meter, timeout=0.2, params={"max_tokens": 50}).complete(HELLO)
    assert meter.used.calls == 3
    assert meter.used.completion_tokens == 100


async def test_a_limit_of_money_without_a_price_is_refused_before_any_call(
    loopback: Loopback, opened: Opened
) -> None:
    meter = SpendMeter(SpendLimits(max_cost=1.0))
    with pytest.raises(SettingsError, match="input_cost_per_token"):
        opened(loopback, meter=meter).check()
    with pytest.raises(SettingsError, match="input_cost_per_token"):
        await opened(loopback, meter=meter).complete(HELLO)
    opened(loopback, meter=meter, params=PRICED).check()
    opened(loopback, meter=meter, model="openai/gpt-4o").check()
    assert loopback.requests == []


async def test_a_cancelled_call_counts(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.hang())
    meter = SpendMeter(SpendLimits(max_calls=10))
    call = asyncio.create_task(opened(loopback, meter=meter).complete(HELLO))
    await loopback.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert meter.used.calls == 1


# What is known before the first call


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"model": "nonsense"}, "unknown LiteLLM provider"),
        ({"model": "openai/gpt-5-mini"}, "OPENAI_API_KEY"),
    ],
)
def test_a_model_that_cannot_be_called_is_refused(settings: Any, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        LiteLLMModel(ModelSettings(**settings)).check()


@pytest.mark.parametrize(
    "params",
    [
        {"api_key": "x"},
        {"aws_secret_access_key": "x"},
        {"n": 2},
        {"stream": True},
        {"timeout": 3},
        {"input_cost_per_token": 1.0},
        {"input_cost_per_token": -1.0, "output_cost_per_token": 1.0},
    ],
    ids=str,
)
def test_params_that_have_another_place_are_refused(params: Any) -> None:
    with pytest.raises(SettingsError):
        ModelSettings(model="openai/m", params=params)


def test_identity_follows_what_shapes_the_reply_and_nothing_else() -> None:
    def identity(meter: SpendMeter | None = None, **settings: Any) -> str:
        return LiteLLMModel(
            ModelSettings(**{"model": "openai/m", **settings}), meter=meter
        ).identity

    same = identity()
    assert same == identity(api_key="k") == identity(timeout=3.0) == identity(params=PRICED)
    limited = SpendMeter(SpendLimits(max_tokens=10))
    others = [
        identity(model="openai/n"),
        identity(api_base="http://127.0.0.1:1/v1"),
        identity(params={"temperature": 0.1}),
        identity(limited),
    ]
    assert len({same, *others}) == 5
    own = {"max_tokens": 5}
    assert identity(limited, params=own) == identity(params=own)


@pytest.mark.parametrize(
    "text", ["plain words", '{"a": [1,2,3]}', "日本語 🜁 é", "\u0000\u200b" * 9]
)
def test_no_tokenizer_counts_more_than_the_bound(text: str) -> None:
    messages = [{"role": "system", "content": text}, {"role": "user", "content": text * 20}]
    counted = load_litellm().token_counter(model="gpt-4o", messages=messages)
    assert counted <= prompt_bound(messages)


async def test_nothing_is_left_open_or_said(
    loopback: Loopback, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loopback.script(says.text("x"), says.status(400), says.status(404))
    settings = ModelSettings(model="openai/m", api_base=loopback.base, max_attempts=1)
    model = LiteLLMModel(settings)
    await model.complete(HELLO)
    for _ in range(2):
        with pytest.raises(ModelError):
            await model.complete(HELLO)
    cache = load_litellm().in_memory_llm_clients_cache.cache_dict
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        await model.aclose()
    mark = f"-{id(asyncio.get_running_loop())}"
    assert not [key for key in cache if key.endswith(mark)]
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("LiteLLM")]


# The caller's own function


@pytest.mark.parametrize("kind", ["async", "sync", "reply"])
async def test_a_function_is_a_model(kind: str) -> None:
    used = Usage(calls=3, prompt_tokens=7)

    async def later(messages: list[dict[str, str]]) -> str:
        return messages[0]["content"]

    def now(messages: list[dict[str, str]]) -> str:
        return messages[0]["content"]

    async def counted(messages: list[dict[str, str]]) -> Reply:
        return Reply(text=messages[0]["content"], usage=used)

    meter = SpendMeter(SpendLimits())
    function: Any = {"async": later, "sync": now, "reply": counted}[kind]
    reply = await CallableModel(function, meter=meter).reply(HELLO, shape=Shape)
    assert reply.text == "Say hello."
    assert meter.used == (used if kind == "reply" else Usage(calls=1))


async def test_a_function_that_fails_is_a_failed_call() -> None:
    def broken(_: list[dict[str, str]]) -> str:
        raise ValueError("no idea")

    def wrong(_: list[dict[str, str]]) -> Any:
        return 7

    async def slow(_: list[dict[str, str]]) -> str:
        await asyncio.Event().wait()
        return "never"

    cases = [(broken, "no idea"), (wrong, "returned int"), (slow, "took over")]
    for function, complaint in cases:
        with pytest.raises(CallFailed, match=complaint):
            await CallableModel(function, timeout=0.05).reply(HELLO, shape=Shape)
