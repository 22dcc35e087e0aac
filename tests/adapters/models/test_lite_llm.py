"""LiteLLM's models: calls, failures and limits, at the provider's end of the wire.

Requests are made in this process, and in another one.
"""

from __future__ import annotations

import asyncio

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import Callers
from skillopt.adapters.models.prices import DEFAULT_MAX_TOKENS
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, RunStopped, SpendExhausted
from tests import loopback as says
from tests.adapters.models.opening import HELLO, PRICED, Opened, Shape
from tests.forked_callers import Forks
from tests.loopback import Behaviour, Loopback


@pytest.fixture(params=["this process", "another process"])
async def callers(request: pytest.FixtureRequest, forks: Forks) -> Callers:
    if request.param == "this process":
        return Callers(0)
    made = Callers(1, start=forks.start)
    await made.start(1)
    return made


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


async def test_lone_surrogates_can_be_sent(loopback: Loopback, opened: Opened) -> None:
    await opened(loopback).complete([Message(role="user", content="a\ud800b é")])
    assert loopback.requests[0]["messages"][0]["content"] == "a?b é"


async def test_many_calls_run_at_once(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.text("hello"), otherwise=says.together(32, says.text("hello")))
    model = opened(loopback)
    await asyncio.gather(*(model.complete(HELLO) for _ in range(65)))
    assert loopback.most_in_flight >= 32


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
    reply = await opened(loopback, timeout=2.0).complete(HELLO)
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
        says.status(503, headers={"Retry-After": "120"}),
        says.text("well"),
    )
    await opened(loopback).complete(HELLO)
    assert opened.waits == [7.0, 120.0]
    assert [(wait.seconds, wait.asked) for wait in opened.told] == [(7.0, True), (120.0, True)]
    assert "boom" in opened.told[0].reason


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (says.status(429, "You exceeded your current quota. Please retry in 1.4s."), 1.4),
        (says.status(429, "Quota; see billing", headers={"Retry-After": "3"}), 3.0),
        (says.status(429, "insufficient_quota, try again in 1m2s"), 62.0),
        (says.status(429, "exceeded your current quota: 5 requests per minute"), 0.25),
        (says.status(403, "secondary limit", headers={"Retry-After": "5"}), 5.0),
        (says.status(402, "try again in 6s"), 6.0),
        (
            says.body({"error": {"message": "free-models-per-min, retry in 2s", "code": 429}}),
            2.0,
        ),
        (says.problem(429, [{"error": {"message": "quota", "x": [{"retryDelay": "8s"}]}}]), 8.0),
    ],
)
async def test_a_limit_that_passes_by_waiting_is_waited_for_whatever_it_is_called(
    loopback: Loopback, opened: Opened, refusal: Behaviour, seconds: float
) -> None:
    loopback.script(refusal, says.text("well"))
    reply = await opened(loopback).complete(HELLO)
    assert reply.text == "well"
    assert opened.waits == [pytest.approx(seconds)]


async def test_a_wait_of_hours_stops_the_run(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.status(429, "daily limit", headers={"Retry-After": "7200"}))
    with pytest.raises(RunStopped, match="asks to wait 2 h"):
        await opened(loopback).complete(HELLO)
    assert opened.waits == []


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


@pytest.mark.parametrize("limit", [1, 7, 40])
async def test_calls_are_never_exceeded_at_concurrency_32(
    loopback: Loopback, opened: Opened, limit: int
) -> None:
    loopback.script(*[says.status(500), says.text("x")] * 20, otherwise=says.text("x"))
    meter = SpendMeter(SpendLimits(max_calls=limit))
    model = opened(loopback, meter=meter, max_attempts=21)

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
        await opened(loopback, meter=meter, timeout=2.0, params={"max_tokens": 50}).complete(HELLO)
    assert meter.used.calls == 3
    assert meter.used.completion_tokens == 100


async def test_a_cancelled_call_counts(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.hang())
    meter = SpendMeter(SpendLimits(max_calls=10))
    call = asyncio.create_task(opened(loopback, meter=meter).complete(HELLO))
    await loopback.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert meter.used.calls == 1


async def test_an_endpoint_that_dies_in_mid_run_stops_the_run(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.text("well"), otherwise=says.dropped())
    model = opened(loopback, max_attempts=5)
    await model.complete(HELLO)
    for _ in range(2):
        with pytest.raises(CallFailed):
            await model.complete(HELLO)
    with pytest.raises(RunStopped, match=r"15 requests in a row failed.*resume when it answers"):
        await model.complete(HELLO)


async def test_an_endpoint_that_refuses_all_from_the_start_stops_the_run(
    loopback: Loopback, opened: Opened
) -> None:
    loopback.script(says.status(400, "no"))
    model = opened(loopback)
    for _ in range(7):
        with pytest.raises(CallFailed):
            await model.complete(HELLO)
    with pytest.raises(RunStopped, match="the first 8 calls were all refused") as caught:
        await model.complete(HELLO)
    assert "same command" not in str(caught.value)


async def test_a_failure_is_not_taken_for_the_one_before_it(
    loopback: Loopback, opened: Opened
) -> None:
    limit = says.status(429, headers={"Retry-After": "7"})
    loopback.script(limit, says.status(500), says.text("well"))
    await opened(loopback).complete(HELLO)
    assert opened.waits[0] == 7
    assert opened.waits[1] < 7


async def test_an_endpoint_that_hangs_is_asked_twice(loopback: Loopback, opened: Opened) -> None:
    loopback.script(says.hang())
    with pytest.raises(RunStopped, match=r"had no answer within 0.5 s: is the server up"):
        await opened(loopback, timeout=0.5).complete(HELLO)
    assert len(loopback.requests) == 2
