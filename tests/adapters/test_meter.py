from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.meter import Reservation, SpendMeter
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError, SpendExhausted

ONE = Usage(calls=1)
CONCURRENCY = 32


def usage(calls: int, tokens: int = 0, cost: float | None = 0.0) -> Usage:
    return Usage(calls=calls, completion_tokens=tokens, cost=cost)


def within(meter: SpendMeter) -> bool:
    used, limits = meter.used, meter.limits
    return (
        (limits.max_calls is None or used.calls <= limits.max_calls)
        and (limits.max_tokens is None or used.tokens <= limits.max_tokens)
        and (limits.max_cost is None or (used.cost or 0.0) <= limits.max_cost)
    )


limits_drawn = st.builds(
    SpendLimits,
    max_calls=st.none() | st.integers(0, 60),
    max_tokens=st.none() | st.integers(0, 3000),
    max_cost=st.none() | st.floats(0, 1, allow_nan=False),
)


@settings(max_examples=60, deadline=None)
@given(limits=limits_drawn, seed=st.integers(0, 2**32))
def test_no_limit_is_ever_passed_and_nobody_waits_for_ever(limits: SpendLimits, seed: int) -> None:
    draw = random.Random(seed)
    meter = SpendMeter(limits)
    settled: list[Usage] = []
    open_now: set[int] = set()

    async def work(number: int) -> None:
        for step in range(4):
            upper = usage(1, draw.randrange(200), draw.random() / 20)
            try:
                reservation = await meter.reserve(upper)
            except SpendExhausted:
                after = meter.used + upper
                assert (
                    (limits.max_calls is not None and after.calls > limits.max_calls)
                    or (limits.max_tokens is not None and after.tokens > limits.max_tokens)
                    or (limits.max_cost is not None and (after.cost or 0) > limits.max_cost - 1e-11)
                )
                return
            open_now.add(number)
            for _ in range(draw.randrange(3)):
                await asyncio.sleep(0)
            actual = usage(1, draw.randint(0, upper.tokens), (upper.cost or 0.0) * draw.random())
            with reservation:
                if step % 3 != 2:
                    reservation.settle(actual)
            settled.append(actual if step % 3 != 2 else upper)
            open_now.discard(number)
            assert within(meter)

    async def all_at_once() -> None:
        async with asyncio.timeout(60):
            await asyncio.gather(*(work(number) for number in range(CONCURRENCY)))

    asyncio.run(all_at_once())
    assert within(meter)
    assert not open_now
    total = sum(settled, Usage())
    assert (meter.used.calls, meter.used.tokens) == (total.calls, total.tokens)
    assert meter.used.cost == pytest.approx(total.cost, abs=1e-9)


async def test_calls_are_used_to_the_last_one_under_concurrency() -> None:
    meter = SpendMeter(SpendLimits(max_calls=100))
    made = 0

    async def work() -> None:
        nonlocal made
        while True:
            with await meter.reserve(ONE) as reservation:
                made += 1
                await asyncio.sleep(0)
                reservation.settle(ONE)

    done = await asyncio.gather(*(work() for _ in range(CONCURRENCY)), return_exceptions=True)
    assert made == meter.used.calls == 100
    assert all(isinstance(outcome, SpendExhausted) for outcome in done)


async def test_who_comes_first_is_served_first_and_nobody_overtakes() -> None:
    meter = SpendMeter(SpendLimits(max_tokens=100))
    held = await meter.reserve(usage(1, 90))
    order: list[str] = []

    async def ask(name: str, tokens: int) -> Reservation:
        reservation = await meter.reserve(usage(1, tokens))
        order.append(name)
        return reservation

    large = asyncio.create_task(ask("large", 60))
    await asyncio.sleep(0)
    small = asyncio.create_task(ask("small", 5))
    await asyncio.sleep(0)
    assert order == []
    held.settle(usage(1, 10))
    await asyncio.gather(large, small)
    assert order == ["large", "small"]


async def test_a_request_that_can_never_fit_is_refused_while_others_wait() -> None:
    meter = SpendMeter(SpendLimits(max_tokens=100))
    held = await meter.reserve(usage(1, 90))
    waiting = asyncio.create_task(meter.reserve(usage(1, 50)))
    await asyncio.sleep(0)
    with pytest.raises(SpendExhausted):
        await meter.reserve(usage(1, 101))
    held.settle(usage(1, 90))
    with pytest.raises(SpendExhausted):
        await waiting


async def test_who_stops_waiting_leaves_the_queue_and_takes_no_room() -> None:
    meter = SpendMeter(SpendLimits(max_calls=2))
    first, second = await meter.reserve(ONE), await meter.reserve(ONE)
    gone = asyncio.create_task(meter.reserve(ONE))
    stays = asyncio.create_task(meter.reserve(ONE))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    first.give_back()
    (await stays).settle(ONE)
    second.settle(ONE)
    assert gone.cancelled()
    assert meter.used.calls == 2


async def test_who_is_cancelled_in_the_moment_of_being_served_gives_the_room_back() -> None:
    meter = SpendMeter(SpendLimits(max_calls=1))
    held = await meter.reserve(ONE)
    waiting = asyncio.create_task(meter.reserve(ONE))
    await asyncio.sleep(0)
    held.give_back()
    waiting.cancel()
    await asyncio.sleep(0)
    assert waiting.cancelled()
    (await meter.reserve(ONE)).settle(ONE)
    assert meter.used.calls == 1


async def test_an_unsettled_reservation_counts_whole() -> None:
    meter = SpendMeter(SpendLimits())
    with pytest.raises(ValueError, match="lost"), await meter.reserve(usage(1, 70, 0.5)):
        raise ValueError("lost")
    assert meter.used == Usage(calls=1, completion_tokens=70, cost=0.5)


async def test_settling_twice_counts_once() -> None:
    meter = SpendMeter(SpendLimits())
    with await meter.reserve(usage(1, 70)) as reservation:
        reservation.settle(usage(1, 7))
        reservation.settle(usage(1, 8))
    assert meter.used.tokens == 7


async def test_what_is_set_aside_is_out_of_reach_until_released() -> None:
    meter = SpendMeter(SpendLimits(max_calls=10), used=usage(4))
    meter.set_aside(usage(5))
    (await meter.reserve(ONE)).settle(ONE)
    with pytest.raises(SpendExhausted, match="5 kept for the sealed test"):
        await meter.reserve(ONE)
    meter.release()
    for _ in range(5):
        (await meter.reserve(ONE)).settle(ONE)
    assert meter.used.calls == 10


async def test_the_refusal_names_limit_use_and_the_way_out() -> None:
    meter = SpendMeter(SpendLimits(max_tokens=1000), used=usage(3, 950))
    with pytest.raises(SpendExhausted) as caught:
        await meter.reserve(usage(1, 51))
    message = str(caught.value)
    for part in ("max_tokens = 1000", "950 tokens used", "51 tokens", "--max-tokens"):
        assert part in message


async def test_money_adds_up_without_drift() -> None:
    meter = SpendMeter(SpendLimits(max_cost=0.3))
    for _ in range(3):
        (await meter.reserve(usage(1, 0, 0.1))).settle(usage(1, 0, 0.1))
    assert meter.used.cost == 0.3
    with pytest.raises(SpendExhausted):
        await meter.reserve(usage(1, 0, 1e-9))


async def test_a_limit_of_money_needs_prices() -> None:
    meter = SpendMeter(SpendLimits(max_cost=1.0))
    with pytest.raises(SettingsError, match="no known price"):
        await meter.reserve(usage(1, 10, None))
    with pytest.raises(SettingsError):
        meter.resume(usage(5, 10, None))


async def test_a_price_that_the_provider_does_not_tell_counts_with_its_bound() -> None:
    meter = SpendMeter(SpendLimits(max_cost=1.0))
    (await meter.reserve(usage(1, 10, 0.25))).settle(usage(1, 10, None))
    assert meter.used.cost == 0.25


def test_resume_starts_from_what_was_spent() -> None:
    meter = SpendMeter(SpendLimits(max_calls=10))
    meter.resume(Usage(calls=7, prompt_tokens=5, completion_tokens=2, cost=None))
    assert meter.used == Usage(calls=7, prompt_tokens=5, completion_tokens=2, cost=None)
    assert meter.limited
    assert not SpendMeter(SpendLimits()).limited


async def test_charge_counts_what_nobody_foresaw() -> None:
    meter = SpendMeter(SpendLimits(max_calls=5))
    meter.charge(usage(5))
    with pytest.raises(SpendExhausted):
        await meter.reserve(ONE)


@settings(max_examples=30, deadline=None)
@given(
    whole=limits_drawn,
    own=st.lists(limits_drawn, min_size=1, max_size=3),
    seed=st.integers(0, 1000),
)
def test_limits_of_several_runs_are_never_passed_by_all_of_them(
    whole: SpendLimits, own: list[SpendLimits], seed: int
) -> None:
    async def spend() -> None:
        outer = SpendMeter(whole)
        meters = [SpendMeter(one, within=outer) for one in own]
        draw = random.Random(seed)

        async def call(meter: SpendMeter) -> None:
            upper = usage(1, draw.randrange(200), draw.random() / 10)
            share = draw.random()
            try:
                with await meter.reserve(upper) as reservation:
                    await asyncio.sleep(0)
                    cost = (upper.cost or 0.0) * share
                    reservation.settle(usage(1, int(upper.tokens * share), cost))
            except SpendExhausted:
                return

        await asyncio.gather(*(call(draw.choice(meters)) for _ in range(60)))
        assert all(map(within, [outer, *meters]))
        assert outer.used.calls == sum(meter.used.calls for meter in meters)
        assert outer.used.tokens == sum(meter.used.tokens for meter in meters)

    asyncio.run(spend())


async def test_what_each_run_sets_aside_is_out_of_reach_of_the_others() -> None:
    outer = SpendMeter(SpendLimits(max_calls=10))
    first, second = (SpendMeter(SpendLimits(), within=outer) for _ in range(2))
    first.set_aside(usage(4))
    second.set_aside(usage(3))
    for _ in range(3):
        (await first.reserve(ONE)).settle(ONE)
    with pytest.raises(SpendExhausted, match="7 kept for the sealed test"):
        await second.reserve(ONE)
    assert outer.share_left == 0
    first.release()
    for _ in range(4):
        (await first.reserve(ONE)).settle(ONE)
    with pytest.raises(SpendExhausted):
        await first.reserve(ONE)
    second.release()
    for _ in range(3):
        (await second.reserve(ONE)).settle(ONE)
    assert outer.used.calls == 10


async def test_a_call_that_its_own_limit_refuses_takes_no_room_from_the_others() -> None:
    outer = SpendMeter(SpendLimits(max_calls=1))
    full, other = (SpendMeter(SpendLimits(max_calls=most), within=outer) for most in (0, 5))
    with pytest.raises(SpendExhausted):
        await full.reserve(ONE)
    (await other.reserve(ONE)).settle(ONE)
    assert outer.used.calls == 1


def test_a_meter_within_another_needs_what_either_needs() -> None:
    outer = SpendMeter(SpendLimits(max_cost=1.0))
    inner = SpendMeter(SpendLimits(), within=outer)
    assert (inner.limited, inner.bounds_needed, inner.prices_needed) == (True, True, True)
    free = SpendMeter(SpendLimits(), within=SpendMeter(SpendLimits()))
    assert (free.limited, free.bounds_needed, free.prices_needed) == (False, False, False)


def test_shares_are_of_the_limit_that_is_nearest() -> None:
    meter = SpendMeter(SpendLimits(max_calls=10, max_tokens=1000), used=usage(1, 500))
    assert meter.share_of(usage(1, 500)) == 0.5
    assert meter.share_left == 0.5
    assert SpendMeter(SpendLimits()).share_left is None
    assert SpendMeter(SpendLimits()).share_of(usage(7, 500)) == 7
    assert SpendMeter(SpendLimits(max_calls=0)).share_left == 0
