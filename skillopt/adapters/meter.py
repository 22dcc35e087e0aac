"""The meter: counts what a run spends and holds it under its limits, to the last call.

Every request reserves its upper bound before it is sent and is settled with what it really used.
So the sum of what is spent and what may still come never passes a limit, whatever runs at once.
Money is counted in whole picodollars (1e-12 US dollars), bounds rounded up: no sum drifts.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from functools import reduce
from types import TracebackType
from typing import NamedTuple, Self

from skillopt.adapters.pace import Pace
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError, SpendExhausted

_PICO = 1_000_000_000_000


class _Amount(NamedTuple):
    """An amount in whole units."""

    calls: int = 0
    tokens: int = 0
    pico: int = 0

    def plus(self, other: _Amount) -> _Amount:
        return _Amount(self.calls + other.calls, self.tokens + other.tokens, self.pico + other.pico)

    def widened(self, other: _Amount) -> _Amount:
        """Tokens and money of the greater one; of calls there is never more than one."""
        return _Amount(0, max(self.tokens, other.tokens), max(self.pico, other.pico))

    def minus(self, other: _Amount) -> _Amount:
        return _Amount(self.calls - other.calls, self.tokens - other.tokens, self.pico - other.pico)


class Reservation:
    """Room for one request. Settle it with what the request used.

    As a context manager it settles with the whole bound where nobody settled it: what happened to
    the request is not known then (it was cancelled, say), and the provider may bill all of it.
    """

    __slots__ = ("_meter", "_open", "_outer", "_upper", "upper")

    def __init__(
        self, meter: SpendMeter, upper: Usage, amount: _Amount, outer: Reservation | None
    ) -> None:
        self.upper = upper
        self._meter = meter
        self._upper = amount
        self._outer = outer
        self._open = True

    def settle(self, actual: Usage) -> None:
        """Count what the request used; a request that was sent and failed is a call too.

        Under a limit of money a price that ``actual`` does not know counts with the bound's.
        Settling again changes nothing.
        """
        if self._open:
            self._open = False
            self._meter._settle(self._upper, actual, self.upper)  # noqa: SLF001 - one thing in two
            if self._outer is not None:
                self._outer.settle(actual)

    def give_back(self) -> None:
        """The request was never sent: nothing is counted."""
        self.settle(Usage())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.settle(self.upper)


class SpendMeter:
    """Hard limits of spend. One meter serves one run, in one event loop.

    Args:
        limits: what may not be passed; a limit that is None is no limit.
        used: what is spent already.
        pace: the rate at which requests may begin; None for no limit of it.
        within: the meter of several runs, whose limits hold for all of them together.

    Raises:
        SettingsError: there is a limit of money, and the price of ``used`` is unknown.
    """

    def __init__(
        self,
        limits: SpendLimits,
        *,
        used: Usage = Usage(),  # noqa: B008 - frozen
        pace: Pace | None = None,
        within: SpendMeter | None = None,
    ) -> None:
        self.limits = limits
        self._pace = pace
        self._within = within
        self._most_pico = None if limits.max_cost is None else math.floor(limits.max_cost * _PICO)
        self._held = _Amount()
        self._aside = _Amount()
        self._reserves: dict[SpendMeter, _Amount] = {}
        self._widest = _Amount()
        self._waiting: deque[tuple[asyncio.Future[None], _Amount]] = deque()
        self._begin(used)

    @property
    def used(self) -> Usage:
        """Spent so far, by this run, in this process and before it; requests under way not yet."""
        return Usage(
            calls=self._spent.calls,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._spent.tokens - self._prompt_tokens,
            cost=self._spent.pico / _PICO if self._priced else None,
        )

    @property
    def limited(self) -> bool:
        """There is a limit at all."""
        return self.limits != SpendLimits() or (self._within is not None and self._within.limited)

    @property
    def prices_needed(self) -> bool:
        """There is a limit of money."""
        within = self._within is not None and self._within.prices_needed
        return self.limits.max_cost is not None or within

    @property
    def bounds_needed(self) -> bool:
        """There is a limit of tokens or money, so that a request needs bounds for both."""
        within = self._within is not None and self._within.bounds_needed
        return self.limits.max_tokens is not None or self.limits.max_cost is not None or within

    @property
    def share_left(self) -> float | None:
        """What is left for requests, as a share of the limit that is nearest; None without any."""
        total = self._spent.plus(self._aside)
        return min((1 - share for share in self._shares(total)), default=None)

    def share_of(self, usage: Usage) -> float:
        """``usage`` as a share of the limit that it takes most of; its calls without any limit."""
        return max(self._shares(_bound(usage)), default=float(usage.calls))

    def resume(self, spent: Usage) -> None:
        """Start from what an interrupted run has spent; call it before the first request.

        The meter that this one is within starts from what all its runs have spent by itself.
        """
        self._begin(spent)

    def set_aside(self, reserve: Usage) -> None:
        """Keep room for ``reserve`` under the limits until it is released.

        What a request reserves is more than it will use, so that the room for the widest request so
        far is kept beside it: the last one of those to come has to fit as well.
        """
        self._keep(self, _bound(reserve))

    def release(self) -> None:
        """Give up what was set aside."""
        self._keep(self, None)

    async def reserve(self, upper: Usage) -> Reservation:
        """Room for one request that uses ``upper`` at most.

        Where the room is held by requests under way that may give some back, it waits for them,
        first come, first served; then for its turn, where there is a rate.

        Raises:
            SpendExhausted: nothing that is under way could make room.
            SettingsError: there is a limit of money, and the request's price is unknown.
        """
        if upper.cost is None and self._most_pico is not None:
            raise SettingsError(
                f"max_cost = {self.limits.max_cost} cannot be held: a call has no known price; "
                f"use max_calls or max_tokens, or name the price in the role's params"
            )
        outer = None if self._within is None else await self._within.reserve(upper)
        try:
            return await self._reserved(upper, outer)
        except BaseException:
            if outer is not None:
                outer.give_back()
            raise

    def charge(self, usage: Usage) -> None:
        """Count ``usage`` that nobody could foresee, such as what a callable says it used."""
        self._count(usage, _bound(usage))
        self._serve()
        if self._within is not None:
            self._within.charge(usage)

    async def _reserved(self, upper: Usage, outer: Reservation | None) -> Reservation:
        amount = _bound(upper)
        self._widest = self._widest.widened(amount)
        if self._never(amount):
            raise self._exhausted(amount)
        if self._waiting or not self._fits(amount):
            await self._turn(amount)
        else:
            self._held = self._held.plus(amount)
        reservation = Reservation(self, upper, amount, outer)
        if self._pace is not None:
            try:
                await self._pace.turn()
            except BaseException:
                reservation.give_back()
                raise
        return reservation

    def _keep(self, owner: SpendMeter, reserve: _Amount | None) -> None:
        """Keep ``reserve`` for the run of ``owner``; None gives up what was kept for it."""
        self._reserves.pop(owner, None)
        if reserve is not None:
            self._reserves[owner] = reserve
        # One test is run at a time: the room for the widest request is kept once.
        kept = self._widest if self._reserves else _Amount()
        self._aside = reduce(_Amount.plus, self._reserves.values(), kept)
        self._serve()
        if self._within is not None:
            self._within._keep(owner, reserve)  # noqa: SLF001 - a meter as well

    def _begin(self, used: Usage) -> None:
        if used.cost is None and self._most_pico is not None:
            raise SettingsError(
                f"max_cost = {self.limits.max_cost} cannot be held: what the run has spent so far "
                f"has no known price; use max_calls or max_tokens"
            )
        self._spent = _Amount()
        self._prompt_tokens = 0
        self._priced = True
        self._count(used, _bound(used))

    def _count(self, usage: Usage, amount: _Amount) -> None:
        self._spent = self._spent.plus(amount)
        self._prompt_tokens += usage.prompt_tokens
        self._priced = self._priced and usage.cost is not None

    def _settle(self, held: _Amount, actual: Usage, upper: Usage) -> None:
        if actual.cost is None and self._most_pico is not None:
            actual = actual.model_copy(update={"cost": upper.cost})
        self._held = self._held.minus(held)
        self._count(actual, _bound(actual))
        self._serve()

    async def _turn(self, amount: _Amount) -> None:
        """Wait in the queue until the room is there."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = (turn, amount)
        self._waiting.append(place)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._held = self._held.minus(amount)
            elif place in self._waiting:
                self._waiting.remove(place)
            self._serve()
            raise

    def _serve(self) -> None:
        """Let the first ones in the queue go on, or tell them that there will be no room."""
        while self._waiting:
            turn, amount = self._waiting[0]
            if turn.done():
                pass
            elif self._never(amount):
                turn.set_exception(self._exhausted(amount))
            elif self._fits(amount):
                self._held = self._held.plus(amount)
                turn.set_result(None)
            else:
                return
            self._waiting.popleft()

    def _fits(self, amount: _Amount) -> bool:
        return not self._over(self._spent.plus(self._held).plus(self._aside).plus(amount))

    def _never(self, amount: _Amount) -> bool:
        """It would not fit even if all that is under way used nothing."""
        return bool(self._over(self._spent.plus(self._aside).plus(amount)))

    def _shares(self, amount: _Amount) -> list[float]:
        """``amount`` as shares of the limits that there are; of a limit of 0 it is all."""
        limits = (self.limits.max_calls, self.limits.max_tokens, self._most_pico)
        pairs = zip(amount, limits, strict=True)
        return [part / most if most else 1.0 for part, most in pairs if most is not None]

    def _over(self, total: _Amount) -> str:
        """The name of a limit that ``total`` passes, or an empty text."""
        limits = self.limits
        if limits.max_calls is not None and total.calls > limits.max_calls:
            return "max_calls"
        if limits.max_tokens is not None and total.tokens > limits.max_tokens:
            return "max_tokens"
        if self._most_pico is not None and total.pico > self._most_pico:
            return "max_cost"
        return ""

    def _exhausted(self, amount: _Amount) -> SpendExhausted:
        name = self._over(self._spent.plus(self._aside).plus(amount))
        limit = getattr(self.limits, name)
        used, aside, needed = (_shown(name, part) for part in (self._spent, self._aside, amount))
        kept = "" if aside == _shown(name, _Amount()) else f", {aside} kept for the sealed test"
        smaller = "" if name == "max_calls" else ", or lower max_tokens in the role's params"
        return SpendExhausted(
            f"{name} = {limit} leaves no room for the next call: {used} used{kept}, the call may "
            f"need {needed}; raise {name} (--{name.replace('_', '-')}){smaller}"
        )


def _bound(usage: Usage) -> _Amount:
    # The tiny step down keeps 0.1 + 0.2 from being rounded up to one picodollar more.
    pico = math.ceil((usage.cost or 0.0) * _PICO - 1e-3)
    return _Amount(usage.calls, usage.tokens, pico)


def _shown(name: str, amount: _Amount) -> str:
    match name:
        case "max_calls":
            return str(amount.calls)
        case "max_tokens":
            return f"{amount.tokens} tokens"
        case _:
            return f"{amount.pico / _PICO:.6f} US dollars"
