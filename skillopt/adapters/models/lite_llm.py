"""A model behind LiteLLM, with retries by tenacity, and every request held under the limits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from time import perf_counter
from typing import Any

from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from skillopt.adapters.meter import Reservation, SpendMeter
from skillopt.adapters.models.access import access
from skillopt.adapters.models.callers import Callers
from skillopt.adapters.models.calls import (
    NOTHING,
    ONE_CALL,
    Call,
    Wire,
    request_of,
    worth_another_try,
)
from skillopt.adapters.models.dialect import FORMAT, STREAMING, Change, Dialect
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.first_call import FirstCall
from skillopt.adapters.models.giving_up import forced_refused, given_up, unsteady
from skillopt.adapters.models.library import load_litellm
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.models.prices import (
    DEFAULT_MAX_TOKENS,
    Prices,
    completion_bound,
    listed_prices,
    named_prices,
    prompt_bound,
)
from skillopt.adapters.models.replies import Said
from skillopt.adapters.models.schemas import reply_format
from skillopt.adapters.models.sending import sendable
from skillopt.adapters.models.settings import ModelSettings
from skillopt.adapters.models.waits import waiting_time
from skillopt.adapters.models.watched import OnEvent, ignored, watched
from skillopt.adapters.models.wire import UNSENT, built_wire
from skillopt.adapters.secrets import redacted
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.events import ParameterChanged, WaitStarted
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, RunStopped, SettingsError, SpendExhausted

Pause = Callable[[float], Awaitable[None]]
"""Waits that many seconds."""

_BOUNDS = frozenset({"max_tokens", "max_completion_tokens"})
"""Parameters that a limit of spend rests on."""


class LiteLLMModel:
    """A model by its LiteLLM string: a target's, an optimizer's or a judge's.

    Args:
        settings: the model and its parameters.
        meter: counts its requests; by default one without limits.
        pause: waits between two requests for one reply.
        chance: numbers in [0, 1) that spread the waits.
        on_event: called as a request ends, as a wait begins, and as a parameter is refused.
        callers: make its requests; the caller closes them. By default this process does.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        meter: SpendMeter | None = None,
        pause: Pause = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        on_event: OnEvent | None = None,
        callers: Callers | None = None,
    ) -> None:
        self.settings = settings
        self._callers = callers or Callers(0)
        self._meter = meter or SpendMeter(SpendLimits())
        self._pause = pause
        self._chance = chance
        self._on_event = on_event or ignored
        self._takes_formats: bool | None = None
        self._format_taken = False
        self._dialect = Dialect()
        self._outage = Outage()
        self._first = FirstCall()
        self._taken: set[str] = set()
        self._max_tokens = completion_bound(settings)
        if self._max_tokens is None and self._meter.bounds_needed:
            self._max_tokens = DEFAULT_MAX_TOKENS
        if self._meter.bounds_needed:
            self._dialect.keep = _BOUNDS

    @cached_property
    def identity(self) -> str:
        """Digest of what shapes the replies: model, parameters, address; never a key."""
        if self._max_tokens is None or completion_bound(self.settings) is not None:
            return self.settings.digest()
        return self.settings.digest(max_tokens=self._max_tokens)

    @property
    def refused(self) -> dict[str, str | None]:
        """The parameters the endpoint was found to refuse, and what is sent instead of each."""
        return dict(self._dialect.changes)

    @property
    def left_out(self) -> dict[str, str | None]:
        """Those of them that may shape a reply: that it is streamed does not."""
        return {name: now for name, now in self.refused.items() if name not in STREAMING}

    def recall(self, refused: Mapping[str, str | None]) -> None:
        """Start from what was found out before; see :class:`skillopt.ports.Endpoint`."""
        self._dialect.changes = {**refused, **self._dialect.changes}

    @property
    def deterministic(self) -> bool:
        """No provider promises that it replies alike every time."""
        return False

    def check(self) -> None:
        """Find out before the first call what would stop every one of them. Loads LiteLLM.

        Raises:
            SettingsError: no such provider, no key, or a limit of money without a known price.
        """
        settings, litellm = self.settings, load_litellm()
        access(litellm, settings)
        if self._meter.bounds_needed and not _BOUNDS.isdisjoint(settings.drop):
            raise SettingsError(
                "drop_params has the bound on the reply's length, which a limit of tokens or "
                "money rests on; use max_calls instead"
            )
        if self._meter.prices_needed and self._highest(litellm) is None:
            raise SettingsError(
                f"max_cost needs a price, and LiteLLM has none for {settings.model!r}; set "
                f"input_cost_per_token and output_cost_per_token (US dollars) in the role's "
                f"params, or use max_calls or max_tokens"
            )

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        """One reply, asked for in ``shape``'s JSON schema; see :class:`skillopt.ports.Model`."""
        return await self.complete(messages, shape=shape)

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        shape: type[BaseModel] | None = None,
        seed: int | None = None,
    ) -> Reply:
        """One reply; its usage is that of all the requests it took.

        Args:
            messages: the conversation.
            shape: asked for as structured output, where the endpoint takes that.
            seed: sent along, where the provider takes one.

        Raises:
            CallFailed: the provider failed, retries included.
            RunStopped: no call can succeed.
            SpendExhausted: a limit leaves no room for the call.
            SettingsError: see :meth:`check`.
        """
        sends_seed = seed is not None and "seed" not in self.settings.drop
        options = {**self._wire.options, "seed": seed} if sends_seed else self._wire.options
        wanted = reply_format(shape) if shape and self._asks_for_formats() else None
        sent = sendable(messages, plain=self.settings.plain)
        call = Call(sent, options, wanted, compared=shape is None)
        async with self._first.turn():
            return await self._completed(call)

    async def _completed(self, call: Call) -> Reply:
        """The reply, without the format where that is what may be disliked."""
        try:
            return await self._adapted(call)
        except AttemptFailed as failed:
            if failed.filtered:
                return self._filtered(failed, call)
            forced = FORMAT in self.settings.force
            if forced or not (call.format and failed.format_suspected):
                raise self._raised(failed, call) from None
        call = replace(call, format=None)
        try:
            reply = await self._adapted(call)
        except AttemptFailed as failed:
            raise self._raised(failed, call) from None
        self._changed(Change(FORMAT))
        return reply

    async def _adapted(self, call: Call) -> Reply:
        """The reply, once what the endpoint refuses is left out or renamed."""
        while True:
            try:
                return await self._tried(call)
            except AttemptFailed as failed:
                if call.refused is None:
                    raise
                if call.refused.parameter in self.settings.force:
                    parameter = call.refused.parameter
                    raise forced_refused(failed, parameter, call, settings=self.settings) from None
                if call.compared and call.refused.parameter in self._taken:
                    raise unsteady(call.refused.parameter, call, settings=self.settings) from None
                self._changed(call.refused)
                call.refused = None

    def _changed(self, change: Change) -> None:
        """Remember a change; another call may have found it out just before."""
        before = dict(self._dialect.changes)
        self._dialect.learn(change)
        if self._dialect.changes == before:
            return
        self._tell(change, change.shown())

    def _tell(self, change: Change, says: str) -> None:
        model, (parameter, instead) = self.settings.model, change
        self._on_event(
            ParameterChanged(model=model, parameter=parameter, instead=instead, says=says)
        )

    async def aclose(self) -> None:
        """Close the connections that were opened for this model in the running event loop."""
        wire = self.__dict__.pop("_wire", None)
        if wire is not None:
            await wire.connections.close()
            if wire.plain is not None:
                await wire.plain.close()

    @cached_property
    def _wire(self) -> Wire:
        self.check()
        highest = self._highest(load_litellm()) if self._meter.bounds_needed else None
        wire = built_wire(self.settings, max_tokens=self._max_tokens, highest=highest)
        for name in wire.unsent:
            self._tell(Change(name), UNSENT.format(name=name))
        return wire

    def _highest(self, litellm: Any) -> Prices | None:
        return named_prices(self.settings) or listed_prices(litellm, self.settings)

    def _asks_for_formats(self) -> bool:
        """LiteLLM knows that the model takes them, or does not know the model at all."""
        if FORMAT in self._dialect.changes or FORMAT in self.settings.drop:
            return False
        if FORMAT in self.settings.force:
            return True
        if self._takes_formats is None:
            litellm, model = self._wire.litellm, self.settings.model
            known = listed_prices(litellm, self.settings) is not None
            self._takes_formats = not known or litellm.supports_response_schema(model)
        return self._takes_formats

    async def _tried(self, call: Call) -> Reply:
        """The first request is sent bare: most calls end with it, and tenacity has its price."""
        try:
            said = await self._watched(call)
        except AttemptFailed as first:
            call.failed = first
        else:
            return said.reply(call.spent)
        # Not in the handler: the next error would come from this one.
        return (await self._tried_again(call)).reply(call.spent)

    async def _tried_again(self, call: Call) -> Said:
        """What tenacity makes of a failed request: the first attempt it knows of."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self.settings.max_attempts),
            retry=retry_if_exception(lambda error: worth_another_try(error, call)),
            wait=self._wait,
            before_sleep=self._tell_wait,
            sleep=self._pause,
            reraise=True,
        )

        async def attempt() -> Said:
            if call.failed is None:
                return await self._watched(call)
            failed, call.failed = call.failed, None
            raise failed

        said: Said = await retrying(attempt)
        return said

    async def _watched(self, call: Call) -> Said:
        return await watched(self._attempt, call, model=self.settings.model, tell=self._on_event)

    async def _attempt(self, call: Call) -> Said:
        """One request, reserved before it is sent and settled whatever becomes of it."""
        with await self._reserved(call) as reservation:
            sent = self._sent(call)
            call.sent_at = perf_counter()
            try:
                answer = await self._callers.send(
                    request_of(call, sent, wire=self._wire, settings=self.settings)
                )
            except AttemptFailed as failed:
                used = reservation.upper if failed.lost else ONE_CALL
                reservation.settle(used)
                call.charge(used)
                self._learn(failed, call, sent)
                raise
            reservation.settle(answer.used)
        call.charge(answer.used)
        self._outage.answer()
        self._first.end()
        if call.compared:
            self._take(sent, call)
        self._format_taken = self._format_taken or FORMAT in sent
        if call.format and FORMAT not in sent and FORMAT not in self._dialect.changes:
            self._changed(Change(FORMAT))
        if isinstance(answer.said, AttemptFailed):
            raise answer.said
        if answer.said.lacking and not call.asked_again and self.settings.max_attempts > 1:
            raise AttemptFailed(answer.said.lacking, Remedy.RETRY_ONCE)
        return answer.said

    def _learn(self, failed: AttemptFailed, call: Call, sent: dict[str, Any]) -> None:
        """What a request that failed teaches: of its parameters, and of the endpoint."""
        call.broken = failed.status == 500 and not (failed.lost or failed.unreachable)  # noqa: PLR2004
        call.refused = self._dialect.refusal(failed.said, failed.status, sent)
        if failed.timed_out:
            call.timeouts += 1
            if self._outage.timeout(of_call=call.timeouts):
                failed.remedy = Remedy.STOP
        if call.refused is None:
            self._first.end()
        else:
            failed.remedy = Remedy.GIVE_UP  # as it stands

    async def _reserved(self, call: Call) -> Reservation:
        try:
            return await self._meter.reserve(self._upper(call))
        except SpendExhausted as error:
            if call.spent is not NOTHING:
                error.charge(call.spent)
            raise

    def _sent(self, call: Call) -> dict[str, Any]:
        """The parameters of one request, as the endpoint takes them."""
        asks = call.format is not None and not self._goes_without(call)
        more = {FORMAT: call.format.content} if call.format and asks else {}
        return self._dialect.spoken({**call.options, **more})

    def _goes_without(self, call: Call) -> bool:
        """The last attempt finds out whether a plain 500 is a schema the server cannot compile."""
        last = call.spent.calls + 1 >= self.settings.max_attempts
        return call.broken and last and not (self._format_taken or FORMAT in self.settings.force)

    def _upper(self, call: Call) -> Usage:
        """A bound on what the request may use; without a limit that needs it, only the call."""
        if not self._meter.bounds_needed:
            return ONE_CALL
        size = self.settings.shape_size + (call.format.size if call.format else 0)
        prompt = prompt_bound(call.messages, format_size=size)
        completion = self._max_tokens or 0
        highest = self._wire.highest
        cost = highest.of(prompt, completion) if highest else None
        return Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion, cost=cost)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, AttemptFailed) else None
        return waiting_time(state.attempt_number, asked=asked, chance=self._chance())

    def _tell_wait(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, AttemptFailed):
            return
        waiting = WaitStarted(
            model=self.settings.model,
            seconds=state.upcoming_sleep,
            asked=error.wait is not None,
            reason=redacted(str(error), [self.settings.api_key]),
        )
        self._on_event(waiting)

    def _take(self, sent: dict[str, Any], call: Call) -> None:
        """Remember what answers are made with; another call may have had it refused meanwhile."""
        self._taken.update(sent)
        refused = next((name for name in sent if name in self.left_out), None)
        if refused is not None:
            raise unsteady(refused, call, settings=self.settings)

    def _filtered(self, failed: AttemptFailed, call: Call) -> Reply:
        """What came in place of a reply that was withheld."""
        said = redacted(str(failed), [self.settings.api_key])
        return Reply(text=said, usage=call.spent, ending=Ending.FILTERED)

    def _raised(self, failed: AttemptFailed, call: Call) -> CallFailed | RunStopped:
        return given_up(failed, call, settings=self.settings, outage=self._outage)
